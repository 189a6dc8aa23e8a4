"""What an environment asks of simulated listeners, and what it pays for what they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray


class SimulationError(Exception):
    """Something that cannot be simulated; the message says why and what to do."""


class Heard(IntEnum):
    """What became of a song that was put on; a liked song was finished too."""

    NOTHING = 0
    SKIPPED = 1
    FINISHED = 2
    LIKED = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What each listener did with a song; bool arrays of shape (listeners,).

    A song that was not finished was skipped. `left` says that the session ended with this song.
    """

    finished: BoolArray
    liked: BoolArray
    left: BoolArray

    @classmethod
    def of(cls, heard: NDArray[Any], left: BoolArray) -> Outcome:
        """From what became of the songs as `Heard`, (listeners,)."""
        return cls(heard >= Heard.FINISHED, heard == Heard.LIKED, left)


@dataclass(frozen=True, slots=True)
class Rewards:
    """What a finished, a skipped and a liked song bring, and what a listener who leaves costs.

    A liked song brings `finish` and `like`. Raises SimulationError for what is not a number.
    """

    finish: float = 1.0
    skip: float = -0.5
    like: float = 1.0
    leave: float = -1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not math.isfinite(getattr(self, field.name)):
                raise SimulationError(
                    f"The reward “{field.name}” is not a number; give a finite one, such as 1."
                )

    def of(self, outcome: Outcome) -> DoubleArray:
        """The reward of each listener's song, shape (listeners,)."""
        result: DoubleArray = np.where(outcome.finished, self.finish, self.skip)
        result += self.like * outcome.liked + self.leave * outcome.left
        return result


@dataclass(frozen=True, slots=True)
class LoggedSession:
    """One session that somebody else had: dense songs, and what became of each as `Heard`; both
    of shape (plays,), the oldest first."""

    songs: IndexArray
    heard: NDArray[np.int8]


class Crowd(Protocol):
    """`size` listeners side by side, each in a session of their own, over one catalogue.

    Songs are dense indexes. What is said of them is what a recommender may know: it comes from
    other listeners' sessions, never from the rules by which these decide.
    """

    @property
    def size(self) -> int:
        """How many listeners there are at once."""

    @property
    def vectors(self) -> FloatArray:
        """Where co-listening puts the songs, of length 1, shape (songs, dim)."""

    @property
    def plays(self) -> IndexArray:
        """How often each song was played by others, shape (songs,)."""

    @property
    def artists(self) -> IndexArray:
        """Each song's artist, shape (songs,); one artist a song where none is known."""

    @property
    def log(self) -> Sequence[LoggedSession]:
        """The others' sessions from which `vectors` and `plays` were made, in order of time."""

    def begin(self, which: BoolArray, rng: np.random.Generator) -> IndexArray:
        """Another listener begins a session at each place in `which`, of shape (size,).

        Returns the songs that they put on themselves and finished, shape (which.sum(),).
        """

    def hear(self, songs: IndexArray, active: BoolArray, rng: np.random.Generator) -> Outcome:
        """Each active listener is given a song, shape (size,), and does something with it.

        Those who are not active hear nothing and stay as they are; their outcome is all False.
        """
