"""`judge`: what policies bring in simulators, on recorded sessions, or from lists that were shown.

With `--listeners` each policy is played to simulated listeners, the same ones for all. With
`--as-the-seed` an agent learns from four fifths of a log of sessions and is judged by the skips
and the diversity of the rest. With `--impressions` other policies are valued from lists that a
player showed: by how the rows that they put on agree with what came next.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from recommender.agents.errors import AgentError
from recommender.commands import CommandError
from recommender.commands.words import positive, tell
from recommender.evaluation.judging import words
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.logged import MEANING, LoggedChoices, read_choices
from recommender.evaluation.judging.off_policy import (
    Target,
    by_plays,
    calibration,
    estimate,
    greedy,
    uniform,
)
from recommender.evaluation.judging.offline import Offline
from recommender.evaluation.judging.recorded_trial import run_trial
from recommender.evaluation.judging.simulators import (
    ANCHORS,
    Simulated,
    Terms,
    agents_for,
    agreements,
    anchors_for,
    judge,
    known_anchors,
)
from recommender.simulation.crowd import Crowd
from recommender.simulation.fitted import crowds_from
from recommender.simulation.logs import FORMATS
from recommender.simulation.written import WrittenCrowd
from recommender.skips.base import SkipError

LISTENERS = ("written", "fitted")
SONGS = 10_000
STEPS = 2_000
SIZE = 128
"""Listeners side by side."""

JUDGES = 1_000
"""Who judges is drawn with another seed than who is practised on."""

USUAL_ANCHORS = "random,popularity,nearest,pipeline"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    add = parser.add_argument
    add("--listeners", action="append", choices=LISTENERS,
        help="who listens; may be given twice (fitted ones want --data)")  # fmt: skip
    add("--data", type=Path, metavar="FILE", help="a log of sessions that tells skips")
    add("--format", choices=FORMATS, default="mssd", help="how the log is written (mssd)")
    add("--agents", type=Path, nargs="+", default=[], metavar="FOLDER",
        help="trained agents to judge beside the anchors")  # fmt: skip
    add("--anchors", default=USUAL_ANCHORS, metavar="NAMES",
        help=f"some of {', '.join(ANCHORS)}, or none ({USUAL_ANCHORS})")  # fmt: skip
    add("--sessions", type=positive, default=512, metavar="N", help="sessions a policy (512)")
    add("--slate", type=positive, default=1, metavar="N", help="songs put on at a time (1)")
    add("--songs", type=positive, default=SONGS, metavar="N",
        help=f"the catalogue, at the most ({SONGS})")  # fmt: skip
    add("--as-the-seed", action="store_true",
        help="judge an agent by skips and diversity on the log's sessions")  # fmt: skip
    add("--steps", type=positive, default=STEPS, metavar="N",
        help=f"of gradient, with --as-the-seed ({STEPS})")  # fmt: skip
    add("--impressions", type=Path, metavar="FILE",
        help="lists that were shown: an export of the player, or its lines")  # fmt: skip
    add("--clip", type=_above_0, metavar="W", help="cut the weights of logged choices at W")
    add("--seed", type=int, default=0)
    add("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> str:
    """The figures as tables or as JSON; raises CommandError and the errors of simulations."""
    if arguments.seed < 0:
        raise CommandError(f"--seed is {arguments.seed}; give 0 or more.")
    torch.set_num_threads(1)
    try:
        if arguments.impressions is not None:
            return _logged(arguments)
        return _recorded(arguments) if arguments.as_the_seed else _simulated(arguments)
    except (AgentError, JudgingError, SkipError) as error:
        raise CommandError(str(error)) from error


def _simulated(arguments: argparse.Namespace) -> str:
    names = arguments.anchors.split(",") if arguments.anchors not in ("", "none") else []
    known_anchors(names)
    if not names and not arguments.agents:
        raise CommandError("There is nobody to judge. Name --anchors or --agents.")
    terms = Terms(arguments.sessions, arguments.slate, arguments.seed)
    found: dict[str, Simulated] = {}
    notes: list[str] = []
    for listeners in dict.fromkeys(arguments.listeners or ["written"]):
        tell(f"{listeners} listeners")
        crowd = _crowd(listeners, arguments)
        agents, strange = agents_for(crowd, arguments.agents)
        notes += [f"Not before the {listeners} listeners: {each}" for each in strange]
        policies = [*anchors_for(crowd, names, tell), *agents]
        if not policies:
            raise CommandError(notes[-1])
        found[listeners] = judge(crowd, policies, terms, tell)
    agreed = agreements(found, arguments.seed)
    if arguments.json:
        return _json({
            "slate": terms.slate, "seed": terms.seed, "rewards": asdict(terms.rewards),
            "listeners": {name: _as_dict(each) for name, each in found.items()},
            "agreement": {pair: asdict(each) for pair, each in agreed.items()}, "notes": notes,
        })  # fmt: skip
    tables = ["\n".join(words.simulated(name, each)) for name, each in found.items()]
    return "\n\n".join([*tables, *("\n".join(each) for each in (words.agreed(agreed), notes))])


def _crowd(listeners: str, arguments: argparse.Namespace) -> Crowd:
    """Listeners whom no agent has practised on."""
    size = min(SIZE, arguments.sessions)
    if listeners == "written":
        return WrittenCrowd(
            size, songs=arguments.songs, seed=arguments.seed,
            listeners_seed=JUDGES + arguments.seed,
        )  # fmt: skip
    if arguments.data is None:
        raise CommandError("Fitted listeners are fitted to a log. Name one with --data FILE.")
    _, judges = crowds_from(
        arguments.data, arguments.format, songs=arguments.songs, size=size, seed=arguments.seed
    )
    return judges


def _as_dict(found: Simulated) -> dict[str, Any]:
    return {
        "songs": found.songs,
        "policies": {name: asdict(each) for name, each in found.figures.items()},
        "differences": [asdict(each) for each in found.differences],
    }


def _recorded(arguments: argparse.Namespace) -> str:
    if arguments.data is None:
        raise CommandError("--as-the-seed wants recorded sessions. Name a log with --data FILE.")
    found = run_trial(arguments.data, tell, way=Offline(steps=arguments.steps), seed=arguments.seed)
    return _json(asdict(found)) if arguments.json else "\n".join(words.recorded(found))


def _logged(arguments: argparse.Namespace) -> str:
    logged = read_choices(arguments.impressions)
    found = {
        name: estimate(logged.choices, target, arguments.clip, arguments.seed)
        for name, target in _targets(logged).items()
    }
    reliable = calibration(logged.choices)
    if arguments.json:
        return _json({
            "policies": {name: asdict(each) for name, each in found.items()},
            "meaning": MEANING, "elsewhere": logged.elsewhere,
            "calibration": [asdict(each) for each in reliable],
        })  # fmt: skip
    lines = words.estimated(found, reliable)
    note = (f"After {logged.elsewhere:,} of {len(logged.choices):,} lists a song from elsewhere "
            "came next; it counts as 0.")  # fmt: skip
    return "\n".join([*lines, note, "", MEANING])


def _targets(logged: LoggedChoices) -> dict[str, Target]:
    return {
        "any shown row": uniform,
        "the top row": greedy,
        "the most played row": by_plays(logged.plays),
    }


def _json(found: dict[str, Any]) -> str:
    return json.dumps(_finite(found), indent=2, ensure_ascii=False)


def _finite(value: Any) -> Any:
    """What is no number, as a rate of nothing is, becomes null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value


def _above_0(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} cannot be; give a number above 0")
    return value
