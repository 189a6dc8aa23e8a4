"""Command line: `python -m recommender replay FILE...` and `python -m recommender simulate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command on one thread; 0 when it worked, 2 with a sentence on stderr if not."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from recommender.evaluation.command import CommandError, run

    try:
        print(run(argv))
    except CommandError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
