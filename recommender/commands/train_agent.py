"""`train-agent`: let an agent practise on simulated listeners, and keep it in a folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.commands import CommandError
from recommender.commands.words import positive, tell

if TYPE_CHECKING:
    from recommender.agents.dqn import DQN
    from recommender.agents.policy import Policy
    from recommender.agents.practice import Look, Plan, Practised
    from recommender.agents.wolpertinger_learner import WolpertingerLearner
    from recommender.simulation.crowd import Crowd

LISTENERS, KINDS, DEVICES = ("written", "fitted"), ("ddpg", "dqn"), ("cpu", "cuda", "mps", "auto")
SONGS, STEPS, LOOKS = 10_000, 400, 5
LEARN, LEARNING_RATE, DISCOUNT = 2, 1e-3, 0.7
PRACTISING, LOOKED_AT, JUDGING, SESSIONS = 64, 256, 256, 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to keep the agent in")
    parser.add_argument("--listeners", choices=LISTENERS, required=True,
                        help="written down by rules, or fitted to the log in --data")  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="FILE", help="a log with skips, for fitted")
    parser.add_argument("--format", choices=("mssd", "30music", "plays-csv"), default="mssd")
    parser.add_argument("--kind", choices=KINDS, default="ddpg", help="what learns (ddpg)")
    parser.add_argument("--slate", type=positive, default=1, metavar="N",
                        help="songs chosen at a time (1)")  # fmt: skip
    parser.add_argument("--songs", type=positive, default=SONGS, metavar="N",
                        help=f"size of the catalogue ({SONGS})")  # fmt: skip
    parser.add_argument("--steps", type=positive, default=STEPS, metavar="N",
                        help=f"slates for each of {PRACTISING} listeners ({STEPS})")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="what chance follows from")
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="where it is computed")


def run(arguments: argparse.Namespace) -> str:
    """Practise and save; the returns of others' sessions as a table.

    Raises AgentError, SimulationError, ReadError or CommandError in words.
    """
    from recommender.agents.anchors import NearestPolicy, PopularityPolicy, RandomPolicy
    from recommender.agents.saved import save_agent

    agent, plan, done, judging = taught(arguments)
    told = {"listeners": arguments.listeners, "steps": plan.steps, "slate": plan.slate,
            "seed": plan.seed, "best_step": done.best.step}  # fmt: skip
    save_agent(arguments.out, agent, told)
    policies: list[Policy] = [
        agent, RandomPolicy(len(judging.vectors)), PopularityPolicy(judging),
        NearestPolicy(judging),
    ]  # fmt: skip
    return _table(arguments, plan, done, judging, policies)


def taught(
    arguments: argparse.Namespace,
) -> tuple[WolpertingerLearner | DQN, Plan, Practised, Crowd]:
    """An agent after its practice, how it practised and what came of it, and who is to judge it."""
    from recommender.agents.anchors import NearestPolicy, PopularityPolicy
    from recommender.agents.practice import Plan, practise

    if arguments.seed < 0:
        raise CommandError(f"--seed is {arguments.seed}; give 0 or more.")
    practising, looked_at, judging = crowds(arguments)
    agent = learner(arguments, practising)
    plan = Plan(
        steps=arguments.steps, slate=arguments.slate, seed=arguments.seed, learn=LEARN,
        look=max(arguments.steps // LOOKS, 1), sessions=SESSIONS,
    )  # fmt: skip
    guides: list[Policy] = [PopularityPolicy(practising), NearestPolicy(practising)]
    done = practise(agent, practising, looked_at, plan, tell=_progress(plan), guides=guides)
    return agent, plan, done, judging


def crowds(arguments: argparse.Namespace) -> tuple[Crowd, Crowd, Crowd]:
    """Listeners to practise on, to be looked at meanwhile, and to be judged by at the end."""
    if arguments.listeners == "written":
        from recommender.simulation.written import WrittenCrowd

        first = WrittenCrowd(
            PRACTISING, songs=arguments.songs, seed=arguments.seed, listeners_seed=1
        )
        return first, first.others(LOOKED_AT, 2), first.others(JUDGING, 3)
    if arguments.data is None:
        raise CommandError("Fitted listeners need a log; give --data FILE, or --listeners written.")
    from recommender.simulation.fitted import crowds_from, fit_crowd

    mine, theirs = crowds_from(
        arguments.data, arguments.format, songs=arguments.songs, size=PRACTISING,
        seed=arguments.seed,
    )  # fmt: skip
    # Chance has its part in what was fitted to a few sessions, so those looked at are fitted to
    # others: else the agent would be kept that knows most of that part.
    looked_at = fit_crowd(
        mine.log, mine.log, mine.artists, LOOKED_AT, arguments.seed, shown=mine.shown
    )
    return mine, looked_at, theirs.of_size(JUDGING)


def learner(arguments: argparse.Namespace, crowd: Crowd) -> WolpertingerLearner | DQN:
    """A new agent for the crowd's songs, which tries less and less over half of its steps.

    Of where a song lies it is told only how that is to the session: in a log of few plays what a
    song brings is mostly chance, and an agent that knows songs again learns that by heart.
    """
    import numpy as np

    from recommender.agents.ddpg import DDPG
    from recommender.agents.dqn import DQN, DQNSettings
    from recommender.agents.noise import Schedule
    from recommender.agents.practice import agent_vectors
    from recommender.agents.wolpertinger import songs_of
    from recommender.agents.wolpertinger_learner import (
        Practice,
        WolpertingerLearner,
        song_settings,
    )

    tried = max(arguments.steps * arguments.slate * crowd.size // 2, 1)
    seed, device = arguments.seed, arguments.device
    seen, blind = agent_vectors(crowd), crowd.vectors.shape[1]
    if arguments.kind == "dqn":
        chosen = DQNSettings(
            blind=blind, lr=LEARNING_RATE, discount=DISCOUNT, epsilon_steps=tried, seed=seed,
            device=device,
        )  # fmt: skip
        return DQN(chosen, seen, crowd.plays)
    songs, known = songs_of(seen), np.argsort(-crowd.plays, kind="stable")
    practice = Practice(noise=Schedule(1.0, 0.1, tried), anything=Schedule(0.5, 0.05, tried))
    settings = song_settings(
        songs, blind=blind, critic_lr=LEARNING_RATE, discount=DISCOUNT, seed=seed, device=device
    )
    return WolpertingerLearner(DDPG(settings), songs, practice=practice, known=known)


def _progress(plan: Plan) -> Callable[[Look], None]:
    def told(look: Look) -> None:
        tell(f"step {look.step} of {plan.steps}: {look.mean:.2f} a session, loss {look.loss:.3f}")

    return told


def _table(
    arguments: argparse.Namespace, plan: Plan, done: Practised, crowd: Crowd,
    policies: Sequence[Policy],
) -> str:  # fmt: skip
    """Each policy's return a session with listeners it has not met, and where the agent lies."""
    from recommender.agents.practice import session_returns
    from recommender.evaluation.judging.intervals import mean_interval

    count = crowd.size * SESSIONS
    lines = [
        f"{arguments.kind} in {arguments.out}: the weights after step {done.best.step} of "
        f"{plan.steps}.",
        f"Return a session over {count} sessions of listeners it has not met, slates of "
        f"{plan.slate}:",
        "",
        "| who chooses | return | 95 % |",
        "|---|---:|---|",
    ]
    for policy in policies:
        found = session_returns(policy, crowd, SESSIONS, slate=plan.slate, seed=plan.seed)
        mean = mean_interval(found, plan.seed)
        lines.append(f"| {policy.name} | {mean.value:.2f} | {mean.low:.2f} to {mean.high:.2f} |")
    return "\n".join(lines)
