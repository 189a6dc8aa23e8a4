"""The user's queue: every change is shown, saved and can be undone."""

from __future__ import annotations

import random
from collections.abc import Sequence

from app.conductor.undo import QueueStep, UndoStack
from app.conductor.up_next import Notice, QueueRow
from app.library.library import Library
from app.library.track import Track
from app.player.queue import Queue
from app.signals import Signal


class QueueKeeper:
    """Owns the queue; the model never touches it."""

    def __init__(self, library: Library, undo: UndoStack, rng: random.Random) -> None:
        self.changed: Signal[[tuple[QueueRow, ...]]] = Signal()
        self.noticed: Signal[[Notice]] = Signal()
        self.queue = Queue()
        self.rows: tuple[QueueRow, ...] = ()
        self._library = library
        self._undo = undo
        self._rng = rng

    def set(self, queue: Queue) -> None:
        """Put another queue in place of the present one, without a way back."""
        if queue != self.queue:
            self.queue = queue
            self.show()

    def show(self) -> None:
        """Read the tracks anew and tell the window."""
        tracks = self.tracks()
        self.rows = tuple(
            QueueRow(entry.entry_id, tracks[entry.track_id])
            for entry in self.queue.entries
            if entry.track_id in tracks
        )
        self.changed.emit(self.rows)

    def tracks(self) -> dict[int, Track]:
        """The tracks of the queue by number."""
        ids = [entry.track_id for entry in self.queue.entries]
        return {track.track_id: track for track in self._library.tracks(ids)}

    def enqueue(self, track_ids: Sequence[int], index: int | None = None) -> None:
        """Add tracks before the entry at `index`, at the end by default."""
        tracks = self._library.tracks(track_ids)
        if not tracks:
            return
        what = f"“{tracks[0].title}”" if len(tracks) == 1 else f"{len(tracks)} songs"
        where = "will play next" if index == 0 else "added to the queue"
        ids = [track.track_id for track in tracks]
        self._change(self.queue.add(ids, index), f"{what} {where}.")

    def put_in_front(self, track_ids: Sequence[int]) -> None:
        """Add tracks in front as part of something larger, so without a toast."""
        self._change(self.queue.add(track_ids, 0), "")

    def move(self, entry_id: int, index: int) -> None:
        """Move an entry so that it ends up at `index`."""
        self._change(self.queue.move(entry_id, index), "")

    def remove(self, entry_id: int) -> None:
        """Take an entry out at the user's wish."""
        self._change(self.queue.remove(entry_id), "Removed from the queue.")

    def clear(self) -> None:
        """Empty the queue."""
        self._change(self.queue.clear(), "The queue was emptied.")

    def drop(self, entry_id: int | None) -> None:
        """Take out an entry that plays now or cannot be played."""
        if entry_id is not None:
            self.set(self.queue.remove(entry_id))

    def shuffle(self, on: bool) -> None:
        """Mix the queue, or bring its order back."""
        if on != self.queue.is_shuffled:
            self.set(self.queue.shuffle(self._rng) if on else self.queue.unshuffle())

    def _change(self, queue: Queue, text: str) -> None:
        if queue == self.queue:
            return
        self._undo.push(QueueStep(self.queue, text))
        self.set(queue)
        if text:
            self.noticed.emit(Notice(text, undoable=True))
