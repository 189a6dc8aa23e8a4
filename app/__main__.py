"""`python -m app`: reads the command line and opens the player, or its tour."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

NO_DISPLAY = (
    "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so Segue shows the "
    "same window offscreen:\n"
    "a tour on the demo music. On a desktop the same command opens the player.\n"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the player; the exit status is 0 unless it could not start."""
    options = _options(argv)
    if options.tour or not _has_display():
        if not options.tour:
            sys.stdout.write(NO_DISPLAY)
            sys.stdout.flush()
        return _tour(options.out)
    from app.desktop.single_instance import NotAnsweringError, claim
    from app.paths import Paths

    paths = Paths.default()
    files = [_absolute(text) for text in options.files]
    try:
        instance = claim(paths, files)
    except (NotAnsweringError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if instance is None:
        return 0
    from app.main import run

    return run(paths, instance, files, silent=options.silent, report_start=options.report_start)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="segue", description="A music player whose queue learns from you."
    )
    parser.add_argument("files", nargs="*", help="audio files, playlists or URLs to play")
    parser.add_argument(
        "--tour", action="store_true", help="play, like, skip and dislike by itself for a while"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("tour"), help="where the tour leaves its screenshots"
    )
    parser.add_argument("--silent", action="store_true", help="play without sound")
    parser.add_argument(
        "--report-start",
        action="store_true",
        help="write the moment the first rows were painted, and quit",
    )
    return parser.parse_args(argv)


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def _absolute(text: str) -> str:
    """A file's path must mean the same in the instance that is running already."""
    return text if "://" in text else str(Path(text).absolute())


def _tour(out: Path) -> int:
    if not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.tour import run_tour

    return run_tour(out)


if __name__ == "__main__":
    sys.exit(main())
