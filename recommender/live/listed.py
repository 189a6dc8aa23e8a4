"""The list that every live recommender makes: its rules hold whatever model gives the scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

import numpy as np

from recommender.api import (
    Event,
    Explanation,
    Recommendation,
    Retracted,
    Song,
    Started,
    Tuning,
)
from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.data.pool import Pool
from recommender.experts.base import Moment
from recommender.live.events import EventState
from recommender.pipeline.linear import softmax
from recommender.pipeline.reasons import Part
from recommender.pipeline.reranking import (
    Habit,
    allowed_songs,
    best_first,
    habit_of,
    spaced,
    varied,
    why_empty,
    window_of,
)

POOL = 600
NOTE_COLD = "No plays yet: chosen from your tags, varied by artist."


class Ranking(Protocol):
    """The candidates scored at one moment."""

    @property
    def moment(self) -> Moment:
        """The listener's situation."""

    @property
    def pool(self) -> Pool:
        """The candidates."""

    @property
    def scores(self) -> FloatArray:
        """A score a candidate, shape (pool,): the log of its chance to come next, up to a
        constant."""


class Speaker(Protocol):
    """Says why songs stand where they do."""

    def parts(self, song: int) -> list[Part]:
        """What speaks for a song, at least one part, largest share first."""


class ListedRecommender(ABC):
    """The verbs that do not depend on the model: taking events, keeping songs, making the list."""

    def __init__(self, state: EventState, seed: int = 0) -> None:
        self._events = state
        self._seed = seed
        self._tuning = Tuning()
        self._started: Started | None = None
        self._note = ""
        self._jitter: FloatArray = np.zeros(0, np.float32)

    @abstractmethod
    def _ranking(self, also: Collection[int] = ()) -> Ranking:
        """The candidates, with those in `also`, scored for what comes next."""

    @abstractmethod
    def _speaker(self, ranking: Ranking) -> Speaker:
        """Who gives the reasons for a ranking."""

    @abstractmethod
    def _usual_note(self) -> str:
        """What to say of a list that has songs, once there are plays."""

    @property
    def note(self) -> str:
        """What the listener should know of the latest list, or an empty string."""
        return self._note

    @property
    def last_event_id(self) -> int:
        """The highest event number taken in, 0 before the first: resume after this one."""
        return self._events.last_event_id

    @property
    def songs(self) -> int:
        """How many songs can be predicted."""
        return int(self._events.catalogue.active.sum())

    def observe(self, event: Event) -> None:
        """Take one event into the state without reading the past again."""
        if isinstance(event, Started):
            self._started = event
        elif isinstance(event, Retracted):
            self._events.retract(event.event_id)
        else:
            self._events.observe(event)

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on; a checkpoint does not keep it."""
        self._tuning = tuning

    def set_catalogue(self, songs: Sequence[Song]) -> None:
        """Make `songs` the whole catalogue; what was learnt of songs that stay is kept."""
        self._events.catalogue.replace(songs)
        self._events.grow()

    def update_songs(self, songs: Sequence[Song]) -> None:
        """Add songs, or take over the new tags of known ones."""
        self._events.catalogue.update(songs)
        self._events.grow()

    def remove_songs(self, song_ids: Sequence[int]) -> None:
        """Songs that are no longer there are never predicted; what was learnt is kept."""
        self._events.catalogue.remove(song_ids)
        self._events.grow()

    def scores(self) -> FloatArray:
        """What comes next, as a score per song in the order of the catalogue, repeats allowed.

        This is the pure scoring path that replay measures; a song that is no candidate has minus
        infinity.
        """
        ranking = self._ranking()
        scores = np.full(len(self._events.catalogue), -np.inf, np.float32)
        scores[ranking.pool.songs] = ranking.scores
        return scores

    def index_of(self, song_id: int) -> int:
        """The song's place in `scores()`; raises KeyError for a song not in the catalogue."""
        return self._events.catalogue.index_of[song_id]

    def recommend(self, n: int, exclude: AbstractSet[int] = frozenset()) -> list[Recommendation]:
        """The `n` best songs, best first, none of them in `exclude`, each with its reason."""
        state = self._events
        catalogue = state.catalogue
        ranking = self._ranking()
        recent = self._recent(window_of(int(catalogue.active.sum()), n))
        outside = [catalogue.index_of[song] for song in exclude if song in catalogue.index_of]
        allowed = allowed_songs(catalogue.active, state.disliked, outside, recent)
        chosen = self._choose(ranking, allowed, n) if n > 0 else []
        self._note = self._note_for(chosen)
        if not chosen:
            return []
        speaker = self._speaker(ranking)
        chances = softmax(ranking.scores)
        rows = []
        for song in chosen:
            best, slot = speaker.parts(song)[0], ranking.pool.slot[song]
            rows.append(Recommendation(catalogue.songs[song].song_id, float(ranking.scores[slot]),
                                       best.sentence, best.expert,
                                       float(chances[slot])))  # fmt: skip
        return rows

    def explain(self, song_id: int) -> Explanation:
        """Why this song stands where it does now; raises KeyError for an unknown song."""
        song = self.index_of(song_id)
        parts = self._speaker(self._ranking(also=(song,))).parts(song)
        lines = tuple((part.expert, part.share, part.sentence) for part in parts)
        return Explanation(song_id, parts[0].sentence, lines)

    def _context(self) -> tuple[int | None, float]:
        """The song that sounds now, if one does, and the time."""
        state, started = self._events, self._started
        if started is None or started.at_s < state.log_end_s():
            return None, state.now_s
        now_s = max(state.now_s, started.at_s)
        return state.catalogue.index_of.get(started.song_id), now_s

    def _recent(self, window: int) -> list[int]:
        history = self._events.history
        recent: list[int] = history.song[max(0, history.size - window) : history.size].tolist()
        started, _ = self._context()
        return recent if started is None else [*recent, started]

    def _choose(self, ranking: Ranking, allowed: BoolArray, n: int) -> list[int]:
        state, catalogue = self._events, self._events.catalogue
        jitter = self._jitters()
        heard = catalogue.artist[ranking.moment.session]
        before = heard[:10].tolist()
        if state.history.size == 0 and not state.reactions and not len(heard):
            order: IndexArray = np.flatnonzero(allowed)
            order = order[np.argsort(-jitter[order], kind="stable")]
            order = varied(order, catalogue.artist, catalogue.genre)[: 4 * n]
            return spaced(order, catalogue.artist, Habit(1 / n, 1), n)
        pool = ranking.pool.songs
        order = pool[best_first(ranking.scores, allowed[pool], max(POOL, 4 * n), jitter[pool])]
        lately = catalogue.artist[list(ranking.moment.recent)]
        return spaced(order, catalogue.artist, habit_of(heard if len(heard) >= 5 else lately), n,
                      before)  # fmt: skip

    def _jitters(self) -> FloatArray:
        """A number from 0 to 1 per song that never changes, to break ties and to vary."""
        songs = self._events.catalogue.songs
        if len(self._jitter) != len(songs):
            ids = np.array([song.song_id for song in songs], np.int64).astype(np.uint64)
            mixed = (ids + np.uint64(self._seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            self._jitter = (mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)
        return self._jitter

    def _note_for(self, chosen: list[int]) -> str:
        state = self._events
        if not chosen:
            catalogue = state.catalogue
            return why_empty(len(catalogue), catalogue.active, state.disliked)
        return NOTE_COLD if state.history.size == 0 else self._usual_note()
