"""Command line: `python -m recommender COMMAND ...`; `--help` lists the commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
SERVING = ("replay", "simulate", "recommend", "similar")
COMMANDS = {
    "train": ("recommender.training.command", "train a model on lists of songs"),
    "evaluate": ("recommender.commands.evaluate", "rank the next songs of lists with a model"),
    "compare": ("recommender.commands.compare", "train many models and put them into one table"),
    "recommend": ("recommender.commands.recommend", "name what would come after a few songs"),
    "similar": ("recommender.commands.similar", "name the songs nearest to a song"),
    "replay": ("recommender.commands.replay", "predict each play from the plays before it"),
    "simulate": ("recommender.commands.simulate", "write a year of simulated plays"),
    "train-audio": ("recommender.commands.train_audio", "learn by ear where listening puts songs"),
    "evaluate-audio": (
        "recommender.commands.evaluate_audio",
        "tell the songs in a folder by their sound",
    ),
    "sound-trial": ("recommender.commands.sound_trial", "tell unseen artists by their sound"),
    "skips": ("recommender.commands.skips", "predict the skips in the second half of sessions"),
    "judge": ("recommender.commands.judge", "judge who chooses songs, in simulators and from logs"),
    "train-agent": ("recommender.commands.train_agent", "let an agent practise on listeners"),
    "listeners": ("recommender.commands.listeners", "hold simulated listeners against a log"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 with a sentence on stderr if not, 130 if stopped."""
    from recommender.commands import mendable

    words = list(sys.argv[1:] if argv is None else argv)
    parser, command = _parser(words[0] if words else "")
    arguments = parser.parse_args(words)
    try:
        if text := import_module(command).run(arguments):
            print(text)
    except mendable() as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


def _parser(chosen: str) -> tuple[argparse.ArgumentParser, str]:
    """The words of all commands, and the chosen one's module, the only one that is imported.

    A command that serves or replays works on one thread, which is set before numpy is there.
    """
    if chosen in SERVING:
        for name in THREADS:
            os.environ.setdefault(name, "1")
    parser = argparse.ArgumentParser(
        prog="python -m recommender", description="Train, measure and ask the recommender."
    )
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    module = ""
    for name, (place, what) in COMMANDS.items():
        words = verbs.add_parser(name, help=what, description=f"{what.capitalize()}.")
        if name == chosen:
            module = place
            import_module(place).add_arguments(words)
    return parser, module


if __name__ == "__main__":
    sys.exit(main())
