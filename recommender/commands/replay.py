"""`replay`: predict each play of a listening history from the plays before it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recommender.commands import CommandError
from recommender.evaluation.readers import FORMATS, UserHistory, read_histories
from recommender.evaluation.replay import Options, replay
from recommender.evaluation.report import summary, table
from recommender.evaluation.sounding.library import library_in
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
    parser.add_argument("--each-off", action="store_true",
                        help="replay again without each expert, one at a time")  # fmt: skip
    parser.add_argument("--no-feedback", action="store_true",
                        help="do not tell the model what was skipped")  # fmt: skip
    parser.add_argument("--baselines", action="store_true", help="rank the plain baselines as well")
    parser.add_argument("--train-after", type=float, default=0.2, metavar="SHARE",
                        help="train vectors anew when the plays have grown by this share, as the "
                        "player does; 0 for never")  # fmt: skip
    parser.add_argument("--net", action="store_true", help="train a net each time too: slow")
    parser.add_argument("--sounds", type=Path, metavar="FILE",
                        help="how the songs sound, from `simulate --sounds`: every user has all "
                        "songs in it; compare with `--without sound`")  # fmt: skip
    parser.add_argument("--learn-sound", action="store_true",
                        help="with --sounds, learn from the plays so far how songs sound each time "
                        "vectors are trained: slow")  # fmt: skip
    parser.add_argument("--shown-every", type=int, default=0, metavar="PLAYS",
                        help="look at a list of ten after so many plays: coverage, artists, "
                        "popularity")  # fmt: skip
    parser.add_argument("--least", type=int, default=1, help="leave out users with fewer plays")
    parser.add_argument("--most", type=int, help="replay only so many first plays of each user")
    parser.add_argument("--jobs", type=int, default=1, help="users replayed at a time")
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> str:
    """The figures as a table or as JSON; raises ReadError or CommandError."""
    unplayed = _unplayed(arguments)
    histories = read_histories(arguments.files, arguments.format, unplayed)
    histories = [
        replace(each, plays=each.plays[: arguments.most])
        for each in histories
        if len(each.plays) >= arguments.least
    ]
    if not histories:
        raise CommandError(f"No user has {arguments.least} plays or more.")
    options = Options(
        warmup=arguments.warmup,
        without=tuple(arguments.without),
        baselines=arguments.baselines,
        seed=arguments.seed,
        feedback=not arguments.no_feedback,
        shown_every=arguments.shown_every,
        train_after=arguments.train_after,
        net=arguments.net,
        sounds=arguments.sounds,
        learn_sound=arguments.learn_sound,
    )
    report = summary(replay(histories, options, arguments.jobs))
    if arguments.each_off:
        report["each_off"] = each_off(histories, options, arguments.jobs)
    return json.dumps(report, indent=2) if arguments.json else table(report)


def _unplayed(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    """Artist and title of the songs that sounds are told of."""
    if arguments.sounds is None:
        if arguments.learn_sound:
            raise CommandError("--learn-sound has nothing to learn from; give --sounds as well.")
        return []
    if arguments.format != "plays-csv":
        raise CommandError("--sounds goes with a history of `simulate`, which is plays-csv.")
    return library_in(arguments.sounds)


def each_off(
    histories: Sequence[UserHistory], options: Options, jobs: int
) -> dict[str, dict[str, Any]]:
    """The mean figures without each expert in turn, by its name."""
    plain = replace(options, baselines=False, shown_every=0)
    found = {}
    for name in NAMES:
        less = replace(plain, without=(*options.without, name))
        found[name] = summary(replay(histories, less, jobs))["mean"]["after_warmup"]
    return found
