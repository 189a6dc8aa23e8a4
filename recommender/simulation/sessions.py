"""What whoever chooses songs is shown of a session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import BoolArray, IndexArray
from recommender.simulation.crowd import Heard

SEEN = 50
"""The most songs of a session that a policy is shown; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions so far of listeners side by side, each row the oldest song first, newest last.

    `songs` (listeners, SEEN) are dense songs, -1 before the first; `heard` of the same shape says
    with `Heard` what became of them.
    """

    songs: IndexArray
    heard: NDArray[np.int8]

    @classmethod
    def none_yet(cls, listeners: int) -> Sessions:
        """Sessions before their first song."""
        return cls(
            np.full((listeners, SEEN), -1, np.int64),
            np.full((listeners, SEEN), Heard.NOTHING, np.int8),
        )

    def __len__(self) -> int:
        return len(self.songs)


def not_heard(sessions: Sessions, songs: IndexArray) -> BoolArray:
    """Which candidates are not in their listener's session, both of shape (listeners, n)."""
    result: BoolArray = ~(songs[:, :, None] == sessions.songs[:, None, :]).any(axis=2)
    return result
