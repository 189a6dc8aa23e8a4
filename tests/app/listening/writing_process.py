"""Run as a program: records plays, likes and queues, and prints each only once it is saved."""

from __future__ import annotations

import argparse
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.listening.events import (
    EndReason,
    Feedback,
    FeedbackKind,
    Origin,
    PlayEvent,
    QueueEntry,
    SessionState,
)
from app.listening.store import ListeningStore

LIMIT_BYTES = 40_000
"""Less than the log of 200 rounds needs, more than SQLite's shared memory file."""

START = datetime(2026, 1, 1, tzinfo=UTC)


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def record(store: ListeningStore, number: int) -> None:
    """One play, one like and one queue; every tenth like is taken back."""
    track_id = 1 + number % 12
    at = START + timedelta(seconds=number)
    play = PlayEvent(track_id, at, 1_000, 2_000, EndReason.FINISHED, Origin.QUEUE)
    store.record_play(play, lambda item: say(f"play {item.event_id} {track_id} {number}"))

    def liked(event_id: int) -> None:
        say(f"like {event_id} {track_id}")
        if number % 10 == 0:
            store.undo(event_id, lambda undone: say(f"undo {undone.event_id} {event_id}"))

    like = Feedback(track_id, FeedbackKind.LIKE, at)
    store.record_feedback(like, lambda item: liked(item.event_id))
    queued = SessionState(track_id, number, queue=(QueueEntry(number, track_id),))
    store.save_session(queued, lambda: say(f"queue {number}"))


def until_killed(store: ListeningStore, posted: queue.SimpleQueue[Callable[[], None]]) -> None:
    number = 0
    while True:
        record(store, number)
        number += 1
        for _ in range(3):
            posted.get()()


def through_a_full_disk(
    store: ListeningStore, posted: queue.SimpleQueue[Callable[[], None]]
) -> None:
    """Let no file grow, record, see it fail, let files grow again, and see all of it saved."""
    store.failed.connect(lambda text: say(f"failed {text}"))
    store.recovered.connect(lambda: say("recovered"))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, hard))
    for number in range(1, 201):
        record(store, number)
    space = threading.Timer(1.0, resource.setrlimit, (resource.RLIMIT_FSIZE, (hard, hard)))
    store.failed.connect(lambda text: space.start())
    while not store.flush(0) or not posted.empty():
        posted.get()()
    say("done" if store.close() else "not closed")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("database", type=Path)
    parser.add_argument("--full-disk", action="store_true")
    arguments = parser.parse_args()
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    store = ListeningStore(arguments.database, posted.put)
    if arguments.full_disk:
        through_a_full_disk(store, posted)
    else:
        until_killed(store, posted)


if __name__ == "__main__":
    sys.exit(main())
