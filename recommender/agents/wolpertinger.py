"""The Wolpertinger policy: an actor proposes where to look, a critic chooses among the songs there.

Dulac-Arnold et al., Deep reinforcement learning in large discrete action spaces (2015). For slates
the actor makes several proposals, as in LIRD (Zhao et al., 2017), each of which becomes a song of
its own; the critic values songs one by one, as if each came first.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.agents.anchors import best_of, enough, first_fresh
from recommender.agents.encoding import encode
from recommender.agents.errors import AgentError
from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.simulation.sessions import SEEN, Sessions, not_heard
from recommender.vectors.near import lengths
from recommender.vectors.song_vectors import SongVectors

NEAR = 40
"""So many songs about each proposal are shown to the critic."""

FAMOUS = 40
"""So many of the songs played most are shown to the critic beside them."""

AT_ONCE = 1 << 24
"""So many songs are compared at a time, to save memory."""

HEARD, TAKEN = 1e6, 1e9
"""What a song loses in value when it is in the session, and when it is in the slate already."""


class Proposer(Protocol):
    """What the policy needs of an agent: DDPG, or the same served without torch."""

    def proto(self, states: FloatArray) -> FloatArray:
        """Where to look for songs, (n, proposals, dim), for states (n, state)."""

    def values(self, states: FloatArray, actions: FloatArray) -> FloatArray:
        """What songs' vectors (n, k, dim) are worth in states (n, state): (n, k)."""


class Nearby:
    """The songs nearest to many vectors at once: all compared in a matrix product, or, in a large
    catalogue, those that the vectors' index names. Raises AgentError where there is no song."""

    def __init__(self, vectors: SongVectors) -> None:
        if not len(vectors):
            raise AgentError("There are no songs to choose from; add some music first.")
        self.vectors = vectors
        self._indexed = len(vectors) > vectors.exact
        sizes = np.maximum(lengths(vectors.matrix), np.float32(1e-12))
        self._inverse: FloatArray = np.reciprocal(sizes)

    def of(self, wanted: FloatArray, n: int) -> IndexArray:
        """The `n` songs nearest to each vector (queries, dim) by cosine, the nearest first."""
        if not self._indexed:
            step = max(1, AT_ONCE // len(self.vectors))
            parts = [wanted[at : at + step] for at in range(0, len(wanted), step)]
            found = [best_of((some @ self.vectors.matrix.T) * self._inverse, n) for some in parts]
            return np.concatenate([np.zeros((0, n), np.int64), *found])
        index = self.vectors.index()
        named = index.candidates_of_each(wanted, n) if len(index) == len(self.vectors) else None
        return self._one_by_one(wanted, n) if named is None else named

    def _one_by_one(self, wanted: FloatArray, n: int) -> IndexArray:
        """The same without the index, for vectors that it does not lead to."""
        none = np.zeros(0, np.int64)
        return np.stack([self.vectors.nearest_rows(each, n, "cosine", none)[0] for each in wanted])


class Wolpertinger:
    """Chooses songs for many listeners at once, without chance.

    Rows of `vectors` are the dense songs. Each song of a slate comes from the proposals that are
    its own: of p proposals and m places the i-th place has i, i + m, ... or, where there are more
    places than proposals, the i-th modulo p. Of `known`, the songs played most, the most played
    first, the critic is always shown the first FAMOUS that were not heard: what many like lies
    about no one proposal.
    """

    name = "ddpg"

    def __init__(
        self, agent: Proposer, vectors: SongVectors, near: int = NEAR,
        known: IndexArray | None = None,
    ) -> None:  # fmt: skip
        if near < 1:
            raise AgentError(f"The critic cannot choose among {near} songs; show it 1 or more.")
        self.agent, self.near = agent, near
        self.known = np.zeros(0, np.int64) if known is None else known[: FAMOUS + SEEN]
        self.nearby = Nearby(vectors)
        self.matrix: NDArray[np.float32] = vectors.matrix

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """Songs for each listener, shape (listeners, slate), as `Policy` says.

        Raises AgentError for songs that are not in the catalogue, and for too few songs.
        """
        states = self.states(sessions)
        songs, values = self.valued(sessions, states, self.agent.proto(states), slate)
        return slates_of(songs, values, slate)

    def states(self, sessions: Sessions) -> FloatArray:
        """What the agent sees of the sessions, (listeners, state)."""
        if sessions.songs.size and sessions.songs.max() >= len(self.matrix):
            raise AgentError(
                f"The session has a song {sessions.songs.max()}, but the catalogue ends at "
                f"{len(self.matrix) - 1}. Make the agent's catalogue anew."
            )
        states = encode(sessions, self.matrix)
        if not np.isfinite(states).all():
            raise AgentError("A song's vector is not all numbers; make the vectors anew.")
        return states

    def valued(
        self, sessions: Sessions, states: FloatArray, protos: FloatArray, slate: int
    ) -> tuple[IndexArray, DoubleArray]:
        """The songs about each proposal and what the critic thinks of them, lower by HEARD for
        those that were heard; both (listeners, proposals, n)."""
        enough(len(self.matrix), slate)
        listeners, proposals, dim = protos.shape
        shown = min(self.near + slate - 1, len(self.matrix))
        found = self.nearby.of(protos.reshape(-1, dim), min(shown + SEEN, len(self.matrix)))
        each = Sessions(
            sessions.songs.repeat(proposals, axis=0), sessions.heard.repeat(proposals, axis=0)
        )
        famous = np.tile(self.known, (len(found), 1))
        parts = [first_fresh(each, found, shown), first_fresh(each, famous, FAMOUS)]
        songs = np.concatenate(parts, axis=1).reshape(listeners, -1)
        values = self.agent.values(states, self.matrix[songs]).astype(np.float64)
        values -= HEARD * ~not_heard(sessions, songs)
        shape = (listeners, proposals, -1)
        return songs.reshape(shape), values.reshape(shape)


def songs_of(matrix: FloatArray) -> SongVectors:
    """The vectors of dense songs, (songs, dim)."""
    return SongVectors(np.arange(len(matrix)), matrix)


def slates_of(songs: IndexArray, values: DoubleArray, slate: int) -> IndexArray:
    """The best song of each place's own proposals, none twice: (listeners, slate)."""
    proposals, rows = songs.shape[1], np.arange(len(songs))
    values = values.copy()
    chosen = np.zeros((len(songs), slate), np.int64)
    for place in range(slate):
        own = slice(place % proposals, None, slate)
        mine = values[:, own].reshape(len(songs), -1)
        best = mine.argmax(axis=1)
        chosen[:, place] = songs[:, own].reshape(len(songs), -1)[rows, best]
        values -= TAKEN * (songs == chosen[:, place, None, None])
    return chosen
