"""`simulate`: write a year of invented plays, if asked with invented music behind them."""

from __future__ import annotations

import argparse
from pathlib import Path

from recommender.commands import CommandError
from recommender.evaluation.simulate import write_plays

SONGS = 1_500
LEAST_SONGS = 20
PLAYS = 3_000
"""Plays per user, about, where they choose by ear."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("--users", type=int, default=5)
    parser.add_argument("--plays", type=int, default=None, help="plays per user, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sounds", type=Path, metavar="FILE",
                        help="let the listeners choose by ear, and write how the songs sound into "
                        "a file for `replay --sounds`")  # fmt: skip
    parser.add_argument("--songs", type=int, default=SONGS,
                        help=f"songs that can be heard, with --sounds ({SONGS})")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="songs made at a time, with --sounds")


def run(arguments: argparse.Namespace) -> str:
    """What was written, in a sentence; raises OSError or CommandError."""
    out, users = arguments.out, arguments.users
    if arguments.sounds is None:
        rows = write_plays(out, users, arguments.seed, arguments.plays)
        return f"{rows} plays of {users} users in {out}"
    if arguments.songs < LEAST_SONGS:
        raise CommandError(f"--songs is {arguments.songs}; give {LEAST_SONGS} or more.")
    from recommender.evaluation.sounding.history import write_heard
    from recommender.evaluation.sounding.make import keep_sounds
    from recommender.evaluation.sounding.world import make_world

    world = make_world(arguments.songs, arguments.seed)
    rows = write_heard(out, world, users, arguments.plays or PLAYS)
    keep_sounds(arguments.sounds, world, arguments.jobs)
    return (f"{rows} plays of {users} users in {out}, and the sounds of {len(world)} songs in "
            f"{arguments.sounds}. Both are invented.")  # fmt: skip
