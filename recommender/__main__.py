"""Command line: `python -m recommender replay FILE...` and `python -m recommender simulate`."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from recommender.evaluation.readers import FORMATS, ReadError, read_histories
from recommender.evaluation.replay import Options, UserResult, replay, summary, table
from recommender.evaluation.simulate import write_plays
from recommender.pipeline.board import EXPERTS

NAMES = tuple(expert.name for expert in EXPERTS)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("the warm-up is a share from 0 to below 1")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m recommender", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
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
    return parser


def _replay(arguments: argparse.Namespace) -> int:
    histories = read_histories(arguments.files, arguments.format)
    histories = [each for each in histories if len(each.plays) >= arguments.least]
    if not histories:
        raise ReadError(f"No user has {arguments.least} plays or more.")
    options = Options(arguments.warmup, arguments.without, arguments.baselines, arguments.seed)

    def told(result: UserResult) -> None:
        if sys.stderr.isatty():
            print(f"{result.user}: {result.plays} plays replayed", file=sys.stderr)

    report = summary(replay(histories, options, told))
    print(json.dumps(report, indent=2) if arguments.json else table(report))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 with a sentence on stderr when it could not."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.verb == "replay":
            return _replay(arguments)
        rows = write_plays(arguments.out, arguments.users, arguments.seed, arguments.plays)
        print(f"{rows} plays of {arguments.users} users in {arguments.out}")
    except (ReadError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
