"""Where the log of sessions with skips lies that some benchmarks measure on.

It is a part of the Music Streaming Sessions Dataset and no part of the project; it is looked for in
the folder that SEGUE_DATA names, or else in `shared/data` beside the project.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.benchmarks.table import NotMeasuredError

DATA = Path(os.environ.get("SEGUE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
LOG = Path("mssd_mini") / "log_mini.csv.gz"


def session_log() -> Path:
    """The log's file; raises NotMeasuredError where there is none."""
    if not (DATA / LOG).exists():
        raise NotMeasuredError(f"there is no {LOG} in {DATA}; name its folder in SEGUE_DATA")
    return DATA / LOG
