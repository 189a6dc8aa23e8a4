"""`sound-trial`: what sound tells of songs by unseen artists, on music with known causes."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from recommender.audio.learn import WAYS
from recommender.commands import CommandError
from recommender.commands.words import add_threads, positive, tell, use_threads
from recommender.evaluation.sounding.trial import (
    LISTENERS,
    NEIGHBOURS,
    SONGS,
    TOLD,
    Trial,
    run_trial,
    summary,
)

LEAST_SONGS, LEAST_LISTENERS = 60, 20
WIDTH = 26
NAMES = {
    "mean": "the mean", "ridge": "ridge, hand-made features", "seed": "network of 2013",
    "sound": "network in use", TOLD: "(told the causes)",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    add = parser.add_argument
    add("--seeds", type=positive, default=3, metavar="N", help="worlds of music, one each (3)")
    add("--first", type=positive, default=1, metavar="SEED", help="the first world's seed (1)")
    add("--songs", type=positive, default=SONGS, help=f"of a world ({SONGS})")
    add("--listeners", type=positive, default=LISTENERS,
        help=f"who give the factors ({LISTENERS})")  # fmt: skip
    add("--models", default=",".join(WAYS), metavar="NAMES", help=f"of {', '.join(WAYS)} (all)")
    add("--sounds", type=Path, metavar="FOLDER", help="keep what was heard here for the next time")
    add("--jobs", type=positive, default=1, help="songs made at a time")
    add("--device", default="cpu", help="where networks learn: cpu, cuda")
    add_threads(parser)
    add("--json", action="store_true", help="print all figures as JSON")


def run(arguments: argparse.Namespace) -> str:
    """The figures as a table or as JSON; raises CommandError."""
    if arguments.songs < LEAST_SONGS or arguments.listeners < LEAST_LISTENERS:
        raise CommandError(
            f"Give --songs {LEAST_SONGS} and --listeners {LEAST_LISTENERS} or more: with fewer "
            "there are no neighbours to be found."
        )
    models = tuple(way for way in WAYS if way in arguments.models.split(","))
    if strange := set(arguments.models.split(",")) - set(WAYS):
        raise CommandError(f"There is no {sorted(strange)[0]!r}; --models takes {', '.join(WAYS)}.")
    use_threads(arguments.threads)
    trial = Trial(
        arguments.songs, arguments.listeners, jobs=arguments.jobs, device=arguments.device,
        models=models,
    )  # fmt: skip
    with ExitStack() as stack:
        folder = arguments.sounds or Path(stack.enter_context(TemporaryDirectory(prefix="segue-")))
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        found = summary({seed: run_trial(trial, seed, folder, tell) for seed in seeds})
    return json.dumps(found, indent=2) if arguments.json else table(found)


def table(found: dict[str, Any]) -> str:
    """The means over the seeds with their deviations."""
    heads = ("cosine", f"recall@{NEIGHBOURS}", "by causes")
    lines = [f"{'':<{WIDTH}}" + "".join(f"{head:>16}" for head in heads)]
    for model, figures in found["mean"].items():
        cells = (f"{each['mean']:.3f} ± {each['sd']:.3f}" for each in figures.values())
        lines.append(f"{NAMES[model]:<{WIDTH}}" + "".join(f"{cell:>16}" for cell in cells))
    lines.append(f"{len(found['seeds'])} seeds; songs by artists that were not learnt from")
    return "\n".join(lines)
