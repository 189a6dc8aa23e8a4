"""The user's queue as a value: every change gives a new queue, so going back is keeping the old."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.listening.events import QueueEntry


@dataclass(frozen=True, slots=True)
class Queue:
    """Entries in playing order. `unshuffled` keeps the order to go back to when shuffle ends.

    Entry ids are unique for the life of a queue and are never given out twice.
    """

    entries: tuple[QueueEntry, ...] = ()
    unshuffled: tuple[QueueEntry, ...] | None = None
    next_id: int = 1

    @classmethod
    def restored(cls, entries: Sequence[QueueEntry], is_shuffled: bool = False) -> Queue:
        """A queue with entries that were saved; an id that appears twice is given anew.

        The order from before a shuffle is not saved: going back keeps the order it has.
        """
        queue = cls(next_id=max((entry.entry_id for entry in entries), default=0) + 1)
        seen: set[int] = set()
        for entry in entries:
            if entry.entry_id in seen:
                queue = queue.add([entry.track_id])
            else:
                queue = replace(queue, entries=(*queue.entries, entry))
            seen.add(entry.entry_id)
        return replace(queue, unshuffled=queue.entries) if is_shuffled else queue

    @property
    def is_shuffled(self) -> bool:
        """Whether the order is a shuffled one."""
        return self.unshuffled is not None

    def add(self, track_ids: Sequence[int], index: int | None = None) -> Queue:
        """Put tracks before the entry at `index`, at the end by default; 0 is play next."""
        new = tuple(QueueEntry(self.next_id + i, track) for i, track in enumerate(track_ids))
        at = len(self.entries) if index is None else max(0, min(index, len(self.entries)))
        return replace(
            self,
            entries=self.entries[:at] + new + self.entries[at:],
            unshuffled=None if self.unshuffled is None else self.unshuffled + new,
            next_id=self.next_id + len(new),
        )

    def move(self, entry_id: int, index: int) -> Queue:
        """Move an entry so that it ends up at `index`; an unknown one changes nothing."""
        entry = self.find(entry_id)
        if entry is None:
            return self
        rest = tuple(other for other in self.entries if other is not entry)
        at = max(0, min(index, len(rest)))
        return replace(self, entries=(*rest[:at], entry, *rest[at:]))

    def remove(self, entry_id: int) -> Queue:
        """Take an entry out; an unknown one changes nothing."""
        return self._keep({entry.entry_id for entry in self.entries} - {entry_id})

    def clear(self) -> Queue:
        """No entries, the same shuffle mode."""
        return self._keep(set())

    def shuffle(self, rng: random.Random) -> Queue:
        """A random order; `unshuffle` brings the present one back."""
        mixed = list(self.entries)
        rng.shuffle(mixed)
        return replace(self, entries=tuple(mixed), unshuffled=self.unshuffled or self.entries)

    def unshuffle(self) -> Queue:
        """The order from before the shuffle, less what has gone, plus what has come."""
        if self.unshuffled is None:
            return self
        return replace(self, entries=self.unshuffled, unshuffled=None)

    def find(self, entry_id: int) -> QueueEntry | None:
        """The entry with this id."""
        return next((entry for entry in self.entries if entry.entry_id == entry_id), None)

    def __len__(self) -> int:
        return len(self.entries)

    def _keep(self, ids: set[int]) -> Queue:
        kept = tuple(entry for entry in self.entries if entry.entry_id in ids)
        order = self.unshuffled
        if order is not None:
            order = tuple(entry for entry in order if entry.entry_id in ids)
        return replace(self, entries=kept, unshuffled=order)
