"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import sys


def positive(text: str) -> int:
    """A whole number of 1 or more, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is too few; give 1 or more")
    return value


def add_format(parser: argparse.ArgumentParser) -> None:
    """`--format`, of the files with lists."""
    from recommender.data.formats import FORMATS

    parser.add_argument(
        "--format", choices=FORMATS, required=True, help="how the files are written"
    )


def add_sample(parser: argparse.ArgumentParser) -> None:
    """`--lists`, to test on a sample."""
    parser.add_argument("--lists", type=positive, metavar="N",
                        help="test on N lists alone, always the same ones")  # fmt: skip


def add_threads(parser: argparse.ArgumentParser) -> None:
    """`--threads`, for those who share the machine."""
    parser.add_argument("--threads", type=positive, metavar="N", help="processor cores to use")


def use_threads(number: int | None) -> None:
    """Let torch use so many cores, all by default."""
    if number is not None:
        import torch

        torch.set_num_threads(number)


def tell(words: str) -> None:
    """One line of progress, on stderr."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
