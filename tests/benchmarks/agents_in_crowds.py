"""Agents that practised on simulated listeners, before others whom they have never met."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse  # noqa: E402

import torch  # noqa: E402

from recommender.agents.anchors import (  # noqa: E402
    NearestPolicy,
    PopularityPolicy,
    RandomPolicy,
)
from recommender.agents.policy import Policy  # noqa: E402
from recommender.agents.practice import session_returns  # noqa: E402
from recommender.commands.train_agent import add_arguments, taught  # noqa: E402
from recommender.evaluation.judging.intervals import Interval, mean_interval  # noqa: E402
from recommender.simulation.crowd import Crowd  # noqa: E402
from tests.benchmarks.session_log import session_log  # noqa: E402
from tests.benchmarks.table import NotMeasuredError, Row, at_least  # noqa: E402

SESSIONS = 32
"""Of each listener who judges."""


def rows() -> list[Row]:
    """How far DDPG's interval lies above those of chance and of fame, in both simulators."""
    torch.set_num_threads(1)
    found = _judged("written", [])
    try:
        file = session_log()
    except NotMeasuredError as missing:
        return [*found, Row("agents, fitted listeners", None, "", None, None, str(missing))]
    return [*found, *_judged("fitted", ["--data", str(file)])]


def _judged(listeners: str, more: list[str]) -> list[Row]:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    agent, plan, _, judging = taught(
        parser.parse_args(["--listeners", listeners, *more, "nowhere"])
    )
    anchors: list[Policy] = [
        RandomPolicy(len(judging.vectors)), PopularityPolicy(judging), NearestPolicy(judging),
    ]  # fmt: skip
    policies: list[Policy] = [agent, *anchors]
    returns = {each.name: _return(each, judging) for each in policies}
    how = (f"{listeners} listeners not practised on, {returns['random'].sessions:,} sessions, "
           f"{plan.steps} steps of practice, seed {plan.seed}, 95 % intervals")  # fmt: skip
    above = returns[agent.name].low - max(returns[each].high for each in ("random", "popularity"))
    name = f"agents, {listeners} listeners"
    return [
        at_least(f"{name}: {agent.name}'s interval above random's and popularity's", above, "", 0.0,
                 how),
        *(Row(f"{name}: return a session, {each}", found.value, "", None, None,
              f"{found.low:.2f} to {found.high:.2f}") for each, found in returns.items()),
    ]  # fmt: skip


def _return(policy: Policy, judging: Crowd) -> Interval:
    return mean_interval(session_returns(policy, judging, SESSIONS, seed=1))
