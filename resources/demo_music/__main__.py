"""`python -m resources.demo_music FOLDER`: make the demo music, telling progress as JSON lines."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

NICENESS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the music; 1 when it could not be written, with a sentence that says why."""
    parser = argparse.ArgumentParser(prog="python -m resources.demo_music", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to put the music")
    folder = parser.parse_args(arguments).folder.absolute()
    _step_back()
    from resources.demo_music.build import build

    try:
        build(folder, lambda done, total, name: _tell(done=done, total=total, name=name))
    except BrokenPipeError:
        return 1
    except OSError as error:
        _tell(failed=f"The demo music could not be written to {folder}: {error.strerror or error}.")
        return 1
    _tell(finished=str(folder))
    return 0


def _step_back() -> None:
    """Leave the processor to the music that plays."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
