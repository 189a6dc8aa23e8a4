"""`simulate`: write a year of invented plays."""

from __future__ import annotations

import argparse
from pathlib import Path

from recommender.evaluation.simulate import write_plays


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("--users", type=int, default=5)
    parser.add_argument("--plays", type=int, default=None, help="plays per user, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)


def run(arguments: argparse.Namespace) -> str:
    """What was written, in a sentence; raises OSError."""
    rows = write_plays(arguments.out, arguments.users, arguments.seed, arguments.plays)
    return f"{rows} plays of {arguments.users} users in {arguments.out}"
