"""`skips`: predict the skips in the second half of sessions from their first half."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from recommender.commands import CommandError
from recommender.commands.words import add_threads, tell, use_threads
from recommender.skips.base import SkipError
from recommender.skips.metric import SkipScores
from recommender.skips.trial import MODELS, TrialData, judge, model, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    add = parser.add_argument
    add("--train", type=Path, nargs="+", required=True, metavar="FILE",
        help="session logs to learn from, as in the skip challenge, gzipped or not")  # fmt: skip
    add("--test", type=Path, nargs="+", default=[], metavar="FILE", help="session logs to test on")
    add("--split", type=_share, default=0.8, metavar="SHARE",
        help="without --test: the share of sessions to learn from (0.8)")  # fmt: skip
    add("--features", type=Path, metavar="FILE", help="CSV of track_id and numbers on each song")
    add("--model", choices=(*MODELS, "all"), default="all", help="which model (all)")
    add("--seed", type=_seed, default=0, metavar="N", help="same seed, same figures (0)")
    add_threads(parser)
    add("--json", action="store_true", help="print the figures as JSON")


def run(arguments: argparse.Namespace) -> str:
    """Each model's mean average accuracy and first-skip accuracy, as a table or as JSON."""
    use_threads(arguments.threads)
    seed = arguments.seed
    try:
        data = read(arguments.train, arguments.test, arguments.features, arguments.split, seed)
        tell(f"{len(data.train):,} sessions to learn from, {len(data.test):,} to test on")
        found: dict[str, SkipScores] = {}
        for name in MODELS if arguments.model == "all" else (arguments.model,):
            tell(f"fitting {name} ...")
            try:
                found[name] = judge(model(name, seed, data.extra), data, seed)
            except SkipError as error:
                if arguments.model != "all":
                    raise
                tell(f"{name} is left out: {error}")
    except SkipError as error:
        raise CommandError(str(error)) from error
    return _as_json(found, data, seed) if arguments.json else _as_table(found, data)


def _as_json(found: dict[str, SkipScores], data: TrialData, seed: int) -> str:
    told = {
        "train": {"sessions": len(data.train)},
        "test": {"sessions": len(data.test)},
        "seed": seed,
        "notes": data.notes,
        "models": {name: asdict(each) for name, each in found.items()},
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _as_table(found: dict[str, SkipScores], data: TrialData) -> str:
    lines = [f"{'model':<12}  {'MAA':>5}  {'95 %':>11}  {'first':>5}  {'95 %':>11}"]
    for name, each in found.items():
        lines.append(
            f"{name:<12}  {each.maa:.3f}  {_span(each.maa_interval)}"
            f"  {each.first:.3f}  {_span(each.first_interval)}"
        )
    lines += [
        f"{len(data.test):,} sessions tested, {len(data.train):,} learnt from. MAA: mean average "
        "accuracy of the second half; first: accuracy of its first song.",
        *data.notes,
    ]
    return "\n".join(lines)


def _span(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f}-{interval[1]:.3f}"


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError("the split is a share between 0 and 1")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 1_000_000:
        raise argparse.ArgumentTypeError("a seed is a whole number from 0 to 999999")
    return value
