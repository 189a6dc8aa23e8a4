"""Plain ways to choose songs, against which agents are held."""

from __future__ import annotations

import numpy as np

from recommender.agents.errors import AgentError
from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.simulation.crowd import Crowd, Heard
from recommender.simulation.sessions import SEEN, Sessions, not_heard

FADE = 0.85
"""What a song counts beside the one after it."""
AWAY = 0.8
"""How strongly skipped songs push away, where finished ones pull with 1."""
KNOWN = 0.3
"""What ten times the plays are worth, as a cosine."""


class RandomPolicy:
    """Any song that was not heard yet, each as likely as the other."""

    name = "random"

    def __init__(self, songs: int) -> None:
        self._songs = songs

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """Songs drawn without repeats, shape (listeners, slate)."""
        size = enough(self._songs, slate)
        drawn = [rng.choice(self._songs, size, replace=False) for _ in range(len(sessions))]
        return first_fresh(sessions, np.array(drawn, np.int64).reshape(len(sessions), size), slate)


class PopularityPolicy:
    """The songs that others played most; every listener gets the same ones."""

    name = "popularity"

    def __init__(self, crowd: Crowd) -> None:
        self._order = np.argsort(-crowd.plays, kind="stable").astype(np.int64)

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The most played songs that are not in the session, shape (listeners, slate)."""
        best = self._order[: enough(len(self._order), slate)]
        return first_fresh(sessions, np.tile(best, (len(sessions), 1)), slate)


class NearestPolicy:
    """The songs nearest to what was finished and far from what was skipped, newer songs counting
    more, the more played ones of equals.

    `away`, `known` and `fade` default to what the constants of this module say.
    """

    name = "nearest"

    def __init__(
        self, crowd: Crowd, *, away: float = AWAY, known: float = KNOWN, fade: float = FADE
    ) -> None:
        self._vectors, self._away, self._fade = crowd.vectors, away, fade
        self._known = (known * np.log10(crowd.plays + 1.0)).astype(np.float32)

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The nearest songs that are not in the session, shape (listeners, slate)."""
        scores = taste(sessions, self._vectors, self._fade, self._away) @ self._vectors.T
        scores += self._known
        return first_fresh(sessions, best_of(scores, enough(scores.shape[1], slate)), slate)


def taste(sessions: Sessions, vectors: FloatArray, fade: float, away: float) -> FloatArray:
    """Where each session's finished songs lie, away from its skipped ones, of length 1 or zeros,
    shape (listeners, dim)."""
    songs, heard = sessions.songs, sessions.heard
    weights: DoubleArray = fade ** np.arange(songs.shape[1] - 1, -1, -1)
    worth = weights * ((heard >= Heard.FINISHED) - away * (heard == Heard.SKIPPED)) * (songs >= 0)
    result = np.einsum("ns,nsd->nd", worth.astype(np.float32), vectors[songs])
    length = np.linalg.norm(result, axis=1, keepdims=True)
    unit: FloatArray = result / np.where(length > 0, length, 1).astype(np.float32)
    return unit


def enough(songs: int, slate: int) -> int:
    """So many candidates that a slate is left of them whatever a session holds.

    Raises AgentError where the catalogue is smaller than the slate.
    """
    if not 1 <= slate <= songs:
        raise AgentError(
            f"A slate of {slate} cannot be chosen among {songs} songs; ask for 1 to {songs}."
        )
    return min(songs, slate + SEEN)


def best_of(scores: FloatArray, n: int) -> IndexArray:
    """The `n` best columns of each row, best first and equals in their order, shape (rows, n)."""
    if n < scores.shape[1]:
        some = np.sort(np.argpartition(-scores, n - 1, axis=1)[:, :n], axis=1)
    else:
        some = np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1, kind="stable")
    result: IndexArray = np.take_along_axis(some, order, axis=1).astype(np.int64)
    return result


def first_fresh(sessions: Sessions, candidates: IndexArray, slate: int) -> IndexArray:
    """The first `slate` candidates that were not heard in the session, those that were only where
    there are no others; `candidates` (listeners, n) are the best first, without repeats."""
    order = np.argsort(~not_heard(sessions, candidates), axis=1, kind="stable")[:, :slate]
    return np.take_along_axis(candidates, order, axis=1)
