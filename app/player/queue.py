"""The user's queue as a value: every change gives a new queue, so undo is keeping the old one."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.listening.events import QueueEntry


class Repeat(StrEnum):
    """What happens when a queued track has been played."""

    OFF = "off"
    ONE = "one"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Queue:
    """What the user wants to hear next, first entry first.

    `next_id` is the id the next entry gets; ids are never used twice, so an entry can be named
    however often the queue has changed since.
    """

    entries: tuple[QueueEntry, ...] = ()
    next_id: int = 1
    repeat: Repeat = Repeat.OFF
    shuffled: bool = False

    @classmethod
    def restored(
        cls, entries: Iterable[QueueEntry], repeat: str = "off", *, shuffled: bool = False
    ) -> Queue:
        """The queue of a saved session; entries with an id seen before are dropped."""
        kept: dict[int, QueueEntry] = {}
        for entry in entries:
            kept.setdefault(entry.entry_id, entry)
        known = repeat if repeat in tuple(Repeat) else Repeat.OFF
        next_id = max(kept, default=0) + 1
        return cls(tuple(kept.values()), max(1, next_id), Repeat(known), shuffled)

    def __len__(self) -> int:
        return len(self.entries)

    def __bool__(self) -> bool:
        return bool(self.entries)

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The tracks in order."""
        return tuple(entry.track_id for entry in self.entries)

    def index_of(self, entry_id: int) -> int | None:
        """The 0-based row of an entry, None when it is gone."""
        for index, entry in enumerate(self.entries):
            if entry.entry_id == entry_id:
                return index
        return None

    def add(self, track_ids: Iterable[int]) -> Queue:
        """Put tracks at the end."""
        return self.insert(len(self.entries), track_ids)

    def add_next(self, track_ids: Iterable[int]) -> Queue:
        """Put tracks in front, in the order given."""
        return self.insert(0, track_ids)

    def insert(self, index: int, track_ids: Iterable[int]) -> Queue:
        """Put tracks before the row `index`, clamped to the queue."""
        at = min(max(index, 0), len(self.entries))
        new = tuple(
            QueueEntry(self.next_id + number, track_id) for number, track_id in enumerate(track_ids)
        )
        entries = self.entries[:at] + new + self.entries[at:]
        return replace(self, entries=entries, next_id=self.next_id + len(new))

    def remove(self, entry_ids: Iterable[int]) -> Queue:
        """Take entries out; ids that are gone already are ignored."""
        gone = set(entry_ids)
        return self._with(entry for entry in self.entries if entry.entry_id not in gone)

    def remove_tracks(self, track_ids: Iterable[int]) -> Queue:
        """Take out every entry of some tracks."""
        gone = set(track_ids)
        return self._with(entry for entry in self.entries if entry.track_id not in gone)

    def move(self, entry_ids: Sequence[int], before_id: int | None) -> Queue:
        """Move entries, in their present order, before another entry; None moves to the end.

        When the other entry is itself moved, they land before the next one that is not.
        """
        moving = set(entry_ids)
        at = len(self.entries) if before_id is None else self.index_of(before_id)
        if at is None:
            return self
        taken = [entry for entry in self.entries if entry.entry_id in moving]
        before = [entry for entry in self.entries[:at] if entry.entry_id not in moving]
        after = [entry for entry in self.entries[at:] if entry.entry_id not in moving]
        return self._with([*before, *taken, *after])

    def clear(self) -> Queue:
        """No entries; ids go on counting."""
        return self._with(())

    def shuffle(self, rng: random.Random) -> Queue:
        """The same entries in another order."""
        entries = list(self.entries)
        rng.shuffle(entries)
        return self._with(entries)

    def set_shuffled(self, shuffled: bool) -> Queue:
        """Whether `take_next` picks any entry instead of the first."""
        return replace(self, shuffled=shuffled)

    def set_repeat(self, repeat: Repeat) -> Queue:
        """What happens when a queued track has been played."""
        return replace(self, repeat=repeat)

    def take_next(self, rng: random.Random | None = None) -> tuple[QueueEntry | None, Queue]:
        """The entry to play now and the queue that is left.

        With `Repeat.ALL` the entry goes to the end under a new id instead of leaving. With
        `shuffled` any entry may be the one, but under `Repeat.ALL` not the one just played
        (the last) while there are others. `Repeat.ONE` is about the track that plays: whoever
        ends it by itself plays it again and does not ask here.
        """
        if not self.entries:
            return None, self
        index = self._pick(rng or random.Random()) if self.shuffled else 0
        entry = self.entries[index]
        left = self._with(self.entries[:index] + self.entries[index + 1 :])
        if self.repeat is Repeat.ALL:
            left = left.add([entry.track_id])
        return entry, left

    def _pick(self, rng: random.Random) -> int:
        choices = len(self.entries)
        if self.repeat is Repeat.ALL and choices > 1:
            choices -= 1
        return rng.randrange(choices)

    def take(self, entry_id: int) -> tuple[QueueEntry | None, Queue]:
        """One entry, to be played now, and the queue without it."""
        index = self.index_of(entry_id)
        if index is None:
            return None, self
        return self.entries[index], self.remove([entry_id])

    def _with(self, entries: Iterable[QueueEntry]) -> Queue:
        return replace(self, entries=tuple(entries))
