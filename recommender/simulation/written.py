"""A crowd of listeners that is written down: tastes, moods, fatigue, repetition, impatience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.simulation.crowd import LoggedSession, Outcome, SimulationError
from recommender.simulation.world import World, made_world
from recommender.simulation.written_listeners import WrittenListeners
from recommender.simulation.written_people import Rules, made_people
from recommender.simulation.written_radio import (
    BATCH,
    blurred_places,
    colistening_vectors,
    plays_of,
    radio_log,
)

DIM = 32
PEOPLE = 2_000
LOGGED = 12_000
MOST_COLISTENED = 50_000
"""The largest catalogue whose vectors come from the log."""
_OTHERS, _ANSWERING = 2, 3


@dataclass(frozen=True, slots=True)
class Known:
    """A world and what may be known of it, from people who never answer."""

    world: World
    vectors: FloatArray
    plays: IndexArray
    log: Sequence[LoggedSession]
    rules: Rules
    seed: int


class WrittenCrowd:
    """Listeners who follow the formulas of `WrittenListeners`, in a world made by `seed`.

    Whoever answers is drawn from PEOPLE people made by `listeners_seed`. What may be known comes
    from as many others: `sessions` sessions of theirs with a radio that mixes what is known, their
    taste and chance. `vectors` (songs, 32) are made of which songs were finished together; above
    MOST_COLISTENED songs, where a log leaves most songs without a play, they show the hidden
    places through noise instead. Two crowds of one seed share all of it but the listeners.
    """

    def __init__(
        self, size: int, *, songs: int = 10_000, seed: int = 0, listeners_seed: int = 1,
        sessions: int = LOGGED, rules: Rules | None = None, known: Known | None = None,
    ) -> None:  # fmt: skip
        if size < 1:
            raise SimulationError(f"A crowd of {size} listeners is nobody; ask for 1 or more.")
        self.known = known or _made(songs, seed, sessions, rules or Rules())
        world, rules = self.known.world, self.known.rules
        chance = np.random.default_rng([self.known.seed, _ANSWERING, listeners_seed])
        people = made_people(world, PEOPLE, rules, chance)
        self._listeners = WrittenListeners(world, people, size, rules)

    def others(self, size: int, listeners_seed: int) -> WrittenCrowd:
        """Other listeners, as many as `size` at once, in the same world; takes no time to speak
        of."""
        return WrittenCrowd(size, listeners_seed=listeners_seed, known=self.known)

    @property
    def size(self) -> int:
        """How many listeners there are at once."""
        return self._listeners.size

    @property
    def vectors(self) -> FloatArray:
        """Where co-listening puts the songs, of length 1, shape (songs, 32)."""
        return self.known.vectors

    @property
    def plays(self) -> IndexArray:
        """How often each song was on in the log, shape (songs,)."""
        return self.known.plays

    @property
    def artists(self) -> IndexArray:
        """Each song's artist, shape (songs,)."""
        return self.known.world.artists

    @property
    def log(self) -> Sequence[LoggedSession]:
        """The others' sessions with the radio."""
        return self.known.log

    def begin(self, which: BoolArray, rng: np.random.Generator) -> IndexArray:
        """Another listener begins at each place in `which`; their first songs, (which.sum(),)."""
        return self._listeners.begin(which, rng)

    def hear(self, songs: IndexArray, active: BoolArray, rng: np.random.Generator) -> Outcome:
        """What each active listener does with a song (size,)."""
        return self._listeners.hear(songs, active, rng)

    @property
    def hidden(self) -> WrittenListeners:
        """What is in the listeners' heads; for tests and bounds, never for who recommends."""
        return self._listeners


def _made(songs: int, seed: int, sessions: int, rules: Rules) -> Known:
    """The world and what the others' sessions say of it."""
    if sessions < 1:
        raise SimulationError("Without a session of others nothing is known of the songs; "
                              "ask for 1 or more.")  # fmt: skip
    world = made_world(songs, seed)
    chance = np.random.default_rng([seed, _OTHERS])
    people = made_people(world, PEOPLE, rules, chance)
    log = radio_log(WrittenListeners(world, people, BATCH, rules), sessions, chance)
    if songs > MOST_COLISTENED:
        vectors = blurred_places(world, DIM, seed)
    else:
        vectors = colistening_vectors(log, world.artists, DIM, seed)
    return Known(world, vectors, plays_of(log, songs), log, rules, seed)
