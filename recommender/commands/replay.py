"""`replay`: predict each play of a listening history from the plays before it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from recommender.commands import CommandError
from recommender.evaluation.readers import FORMATS, read_histories
from recommender.evaluation.replay import Options, replay, summary, table
from recommender.pipeline.board import EXPERTS

NAMES = tuple(expert.name for expert in EXPERTS)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("the warm-up is a share from 0 to below 1")
    return value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--format", choices=FORMATS, default="plays-csv")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--warmup", type=_share, default=0.2, help="share learnt, not scored")
    parser.add_argument("--without", choices=NAMES, action="append", default=[], metavar="EXPERT",
                        help=f"leave an expert out: {', '.join(NAMES)}")  # fmt: skip
    parser.add_argument("--baselines", action="store_true", help="rank the plain baselines as well")
    parser.add_argument("--least", type=int, default=1, help="leave out users with fewer plays")
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> str:
    """The figures as a table or as JSON; raises ReadError or CommandError."""
    histories = read_histories(arguments.files, arguments.format)
    histories = [each for each in histories if len(each.plays) >= arguments.least]
    if not histories:
        raise CommandError(f"No user has {arguments.least} plays or more.")
    options = Options(arguments.warmup, arguments.without, arguments.baselines, arguments.seed)
    report = summary(replay(histories, options))
    return json.dumps(report, indent=2) if arguments.json else table(report)
