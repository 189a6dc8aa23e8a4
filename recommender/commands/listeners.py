"""`listeners`: fit simulated listeners to a log, and hold them against people left out of it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recommender.commands.words import positive
from recommender.simulation.calibration import calibrate
from recommender.simulation.calibration_text import table
from recommender.simulation.fitted import FittedCrowd, fit_crowd
from recommender.simulation.logs import FORMATS, SONGS, Log, read_log
from recommender.simulation.written import WrittenCrowd

SIZE = 512
"""Listeners simulated side by side."""
WRITTEN_SESSIONS = 4_000
"""In the log of the listeners that are written down."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("--data", type=Path, metavar="FILE",
                        help="a log that tells skips; without it, the listeners that are written "
                        "down are held against their own log")  # fmt: skip
    parser.add_argument("--format", choices=FORMATS, default="mssd")
    parser.add_argument("--songs", type=positive, default=SONGS, metavar="N",
                        help=f"a catalogue of the N songs played most ({SONGS})")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")


def run(arguments: argparse.Namespace) -> str:
    """The calibration as a table or as JSON; raises ReadError or SimulationError."""
    if arguments.data is None:
        return _written(arguments)
    log = read_log([arguments.data], arguments.format, arguments.songs)
    known, answering, others = log.parts(3, arguments.seed)
    crowd = fit_crowd(answering, known, log.artists, SIZE, arguments.seed)
    found = calibrate(crowd, others, arguments.seed)
    if arguments.json:
        return json.dumps({"fitted": _fitted(crowd, log), **asdict(found)}, indent=2)
    return "\n".join([_about(crowd, log, len(answering), len(others)), "", table(found)])


def _written(arguments: argparse.Namespace) -> str:
    crowd = WrittenCrowd(
        SIZE, songs=arguments.songs, seed=arguments.seed, sessions=WRITTEN_SESSIONS
    )
    found = calibrate(crowd, crowd.log, arguments.seed)
    if arguments.json:
        return json.dumps(asdict(found), indent=2)
    about = (f"Listeners that are written down, over {len(crowd.vectors):,} songs, beside the log "
             "of others who follow the same rules. Those were played what suits them; here, "
             "everybody is given what somebody else was played.")  # fmt: skip
    return f"{about}\n\n{table(found)}"


def _fitted(crowd: FittedCrowd, log: Log) -> dict[str, Any]:
    """The fitted numbers that are few enough to read."""
    habits = crowd.habits
    names = ("constant", "effect", "fame", "like finished", "like skipped")
    leaving = habits.leaving
    return {
        "songs": len(log.keys),
        "sessions": len(log.sessions),
        "sessions_of_one_song": log.left_out,
        "parted_by_user": log.by_user,
        "effect_variance": habits.skips.spread,
        "weights": dict(zip(names, habits.skips.weights.tolist(), strict=True)),
        "leaving_by_position": leaving.by_position.tolist(),
        "leaving_by_skips": leaving.by_skips.tolist(),
    }


def _about(crowd: FittedCrowd, log: Log, answering: int, others: int) -> str:
    whose = "listeners" if log.by_user else "sessions, whose listeners are not told"
    left_out = f", {log.left_out:,} of one song left out" if log.left_out else ""
    weights = _fitted(crowd, log)["weights"]
    told = ", ".join(f"{name} {value:+.3f}" for name, value in weights.items())
    return (
        f"{len(log.sessions):,} sessions over {len(log.keys):,} songs{left_out}, parted by {whose}:"
        f" fitted to {answering:,}, held against {others:,} others. What is “data” are those "
        "others, each session from its first finished song on.\n"
        f"What a song adds to the log-odds of a skip: {told}; effects vary by "
        f"{crowd.habits.skips.spread:g} between songs."
    )
