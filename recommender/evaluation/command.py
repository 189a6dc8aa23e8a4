"""The commands behind `python -m recommender`, as functions that return their text."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from recommender.evaluation.readers import FORMATS, ReadError, read_histories
from recommender.evaluation.replay import Options, replay, summary, table
from recommender.evaluation.simulate import write_plays
from recommender.pipeline.board import EXPERTS

NAMES = tuple(expert.name for expert in EXPERTS)


class CommandError(Exception):
    """A command that could not be done; the message says why in a sentence."""


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("the warm-up is a share from 0 to below 1")
    return value


def parser() -> argparse.ArgumentParser:
    """The command line's words."""
    words = argparse.ArgumentParser(
        prog="python -m recommender", description="Measure the recommender on listening histories."
    )
    verbs = words.add_subparsers(dest="verb", required=True)
    play = verbs.add_parser("replay", help="predict each play from the plays before it")
    play.add_argument("files", nargs="+", type=Path, metavar="FILE")
    play.add_argument("--format", choices=FORMATS, default="plays-csv")
    play.add_argument("--json", action="store_true", help="print all figures as JSON")
    play.add_argument("--warmup", type=_share, default=0.2, help="share learnt, not scored")
    play.add_argument("--without", choices=NAMES, action="append", default=[], metavar="EXPERT",
                      help=f"leave an expert out: {', '.join(NAMES)}")  # fmt: skip
    play.add_argument("--baselines", action="store_true", help="rank the plain baselines as well")
    play.add_argument("--least", type=int, default=1, help="leave out users with fewer plays")
    play.add_argument("--seed", type=int, default=0)
    make = verbs.add_parser("simulate", help="write a year of simulated plays")
    make.add_argument("--users", type=int, default=5)
    make.add_argument("--plays", type=int, default=None, help="plays per user, about")
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--out", type=Path, required=True)
    return words


def _replay(arguments: argparse.Namespace) -> str:
    histories = read_histories(arguments.files, arguments.format)
    histories = [each for each in histories if len(each.plays) >= arguments.least]
    if not histories:
        raise CommandError(f"No user has {arguments.least} plays or more.")
    options = Options(arguments.warmup, arguments.without, arguments.baselines, arguments.seed)
    report = summary(replay(histories, options))
    return json.dumps(report, indent=2) if arguments.json else table(report)


def run(argv: Sequence[str] | None) -> str:
    """Do what the arguments ask and return what to print; raises CommandError."""
    arguments = parser().parse_args(argv)
    try:
        if arguments.verb == "replay":
            return _replay(arguments)
        rows = write_plays(arguments.out, arguments.users, arguments.seed, arguments.plays)
    except (ReadError, OSError) as error:
        raise CommandError(str(error)) from error
    return f"{rows} plays of {arguments.users} users in {arguments.out}"
