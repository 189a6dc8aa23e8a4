"""Run as a program: a player without a window that starts the recommender and waits."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable
from pathlib import Path

from app.autoplay.client import AutoplayClient
from app.autoplay.prediction import PredictedList

if __name__ == "__main__":
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    client = AutoplayClient(
        Path(sys.argv[1]), posted.put, model="tests.app.autoplay.stand_in:StandIn"
    )

    def show(shown: PredictedList) -> None:
        if not shown.is_fallback:
            sys.stdout.write(f"{client.pid}\n")
            sys.stdout.flush()

    client.list_changed.connect(show)
    client.start()
    client.request(5)
    while True:
        posted.get()()
