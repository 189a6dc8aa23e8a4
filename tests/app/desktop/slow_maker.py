"""Stands in for the demo music's maker: `python -m tests.app.desktop.slow_maker FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


folder = Path(sys.argv[1])
tell(done=1, total=2, name="First")
if folder.name == "waits":
    sys.stdin.close()
    while True:
        tell(done=1, total=2, name="First")
if folder.name == "fails":
    sys.stdout.write("a line that is no JSON\n")
    tell(failed="The disk is full.")
    sys.exit(1)
if folder.name == "crashes":
    sys.exit(3)
tell(done=2, total=2, name="Second")
tell(finished=str(folder))
