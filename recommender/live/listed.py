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
    Play,
    Recommendation,
    Retracted,
    Song,
    Started,
    Tuning,
)
from recommender.audio.hearing import Hearing
from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.pool import Pool
from recommender.experts.base import Moment
from recommender.live.events import EventState, counts
from recommender.live.shown import Shown
from recommender.pipeline.linear import softmax
from recommender.pipeline.reasons import Part
from recommender.pipeline.reranking import leanings, order
from recommender.pipeline.reranking.rules import (
    Habit,
    allowed_in,
    best_first,
    habit_of,
    most_rows,
    why_empty,
    window_of,
)

POOL = 600
MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
NOTE_COLD = "No plays yet: chosen from your tags, varied by artist."
NOTE_MOOD = "Three quick skips: a new mood."


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
        self._jittered: object = None
        self._shown = Shown()
        self._hearing: Hearing | None = None

    @abstractmethod
    def _ranking(self, also: Collection[int] = ()) -> Ranking:
        """The candidates, with those in `also`, scored for what comes next."""

    @abstractmethod
    def _speaker(self, ranking: Ranking) -> Speaker:
        """Who gives the reasons for a ranking."""

    @abstractmethod
    def _usual_note(self) -> str:
        """What to say of a list that has songs, once there are plays."""

    def _last_word(self, ranking: Ranking) -> FloatArray | None:
        """What whoever has the last word adds to the candidates' scores, in nats, (pool,); None
        when nobody has."""
        return None

    def _directions(self, songs: IndexArray) -> FloatArray | None:
        """Vectors of length 1, zeros for a song without, shape (songs, dim); None without any."""
        return None

    def _finishes(self, ranking: Ranking, songs: Sequence[int]) -> list[float | None]:
        """The chance of each dense song, put on now, to be played to the end; None for unknown."""
        return [None] * len(songs)

    def _finish_reason(self, ranking: Ranking, song: int) -> str:
        """What speaks for that chance or against it, in a short sentence; empty for nothing."""
        return ""

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
        return self._events.catalogue.present

    def observe(self, event: Event) -> None:
        """Take one event into the state without reading the past again."""
        if isinstance(event, Started):
            self._started = event
        elif isinstance(event, Retracted):
            self._events.retract(event.event_id)
            self._shown.take_back(event.event_id)
        else:
            self._events.observe(event)
            if isinstance(event, Play) and counts(event):
                self._shown.play(event.event_id, event.at_s)

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on; a checkpoint does not keep it."""
        self._tuning = tuning

    @property
    def hearing(self) -> Hearing | None:
        """How the songs sound, as far as `hear` told."""
        return self._hearing

    def hear(self, hearing: Hearing | None) -> None:
        """Know how the songs sound from now on, None for nothing; a checkpoint keeps none of it."""
        self._hearing = hearing

    def near(self, song_id: int, n: int) -> list[int]:
        """The `n` songs that sound most like this one, the nearest first; none that is away or
        disliked. Raises KeyError for a song that was not listened to."""
        if self._hearing is None:
            raise KeyError(song_id)
        catalogue, disliked = self._events.catalogue, self._events.disliked
        allowed = {
            catalogue.songs[song].song_id for song in np.flatnonzero(catalogue.active & ~disliked)
        }
        songs = self._hearing.songs
        left_out = [key for key in songs.keys.tolist() if key not in allowed]
        found, scores = songs.nearest(song_id, n, exclude=left_out)
        return [int(key) for key, score in zip(found, scores, strict=True) if score > 0]

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
        catalogue = self._events.catalogue
        ranking = self._ranking()
        chosen = self._choose(ranking, n, exclude) if n > 0 else []
        self._shown.show(chosen)
        self._note = self._note_for(chosen)
        if not chosen:
            return []
        speaker = self._speaker(ranking)
        chances = softmax(ranking.scores)
        rows = []
        for song, finish in zip(chosen, self._finishes(ranking, chosen), strict=True):
            best, slot = speaker.parts(song)[0], ranking.pool.slot[song]
            rows.append(Recommendation(catalogue.songs[song].song_id, float(ranking.scores[slot]),
                                       best.sentence, best.expert,
                                       float(chances[slot]), finish))  # fmt: skip
        return rows

    def explain(self, song_id: int) -> Explanation:
        """Why this song stands where it does now; raises KeyError for an unknown song."""
        song = self.index_of(song_id)
        ranking = self._ranking(also=(song,))
        parts = self._speaker(ranking).parts(song)
        lines = tuple((part.expert, part.share, part.sentence) for part in parts)
        (finish,) = self._finishes(ranking, [song])
        why = "" if finish is None else self._finish_reason(ranking, song)
        return Explanation(song_id, parts[0].sentence, lines, finish, why)

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

    def _choose(self, ranking: Ranking, n: int, exclude: AbstractSet[int]) -> list[int]:
        """The songs of the list in their order, dense indexes."""
        state, catalogue, pool = self._events, self._events.catalogue, ranking.pool
        window = window_of(catalogue.present, n)
        outside = [catalogue.index_of[song] for song in exclude if song in catalogue.index_of]
        outside += state.refused(self._context()[1])
        recent = self._recent(window)
        allowed = allowed_in(pool, catalogue.active, state.disliked, outside, recent)
        jitter = self._jitters()[pool.songs]
        session = ranking.moment.session
        if state.history.size == 0 and not state.reactions and not len(session):
            return self._varied(pool.songs[best_first(jitter, allowed, len(pool), jitter)], n)
        scores = ranking.scores + self._leanings(ranking, window)
        moved = self._last_word(ranking)
        scores = scores if moved is None else scores + moved
        best = best_first(scores, allowed, max(POOL, 4 * n), jitter)
        lately = session if len(session) >= 5 else np.array(ranking.moment.recent, np.int32)
        habit = habit_of(catalogue.artist[lately])
        artists = catalogue.artist[pool.songs]
        most_each, most = 2 * most_rows(habit, n), max(order.SHORTLIST, 4 * n)
        places = order.shortlist(best, artists, most_each, most)
        songs = pool.songs[places]
        alike = order.likeness(catalogue, songs, self._directions(songs))
        follows = order.following(state.history, songs)
        before = catalogue.artist[session[:10]]
        rows = order.in_order(scores[places], alike, follows, artists[places], habit, n, before)
        return [int(songs[row]) for row in rows]

    def _leanings(self, ranking: Ranking, window: int) -> FloatArray:
        """What the soft rules add to the candidates' scores, in nats, shape (pool,)."""
        history, pool, moment = self._events.history, ranking.pool, ranking.moment
        patience = leanings.patience_of(history, window)
        lost = leanings.cool_down(history, pool.songs, moment.turn, window, patience)
        lost += leanings.passed_over(pool, self._shown.times(moment.now_s))
        reach = leanings.reach_of(ranking.scores)
        gained = leanings.lean(history, pool.songs, moment.now_s, self._tuning.discover, reach)
        result: FloatArray = gained - lost
        return result

    def _varied(self, mixed: IndexArray, n: int) -> list[int]:
        """A list for somebody of whom nothing is known: every artist and genre has its turn."""
        catalogue = self._events.catalogue
        songs = order.varied(mixed, catalogue.artist, catalogue.genre)[: 4 * n]
        none = np.zeros((len(songs), len(songs)), np.float32)
        by_place = -np.arange(len(songs), dtype=np.float32)
        artists = catalogue.artist[songs]
        rows = order.in_order(by_place, none, none, artists, Habit(1 / n, 1), n, artists[:0])
        return [int(songs[row]) for row in rows]

    def _jitters(self) -> FloatArray:
        """A number from 0 to 1 per song that never changes, to break ties and to vary."""
        catalogue, known = self._events.catalogue, len(self._jitter)
        if self._jittered is not catalogue:
            self._jittered, known = catalogue, 0
        if known < len(catalogue):
            ids = np.array([song.song_id for song in catalogue.songs[known:]], np.int64)
            mixed = (ids.astype(np.uint64) + np.uint64(self._seed + 1)) * MIX[0]
            mixed ^= mixed >> np.uint64(29)
            mixed *= MIX[1]
            fresh = (mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)
            self._jitter = np.concatenate([self._jitter[:known], fresh])
        return self._jitter

    def _note_for(self, chosen: list[int]) -> str:
        state = self._events
        if not chosen:
            catalogue = state.catalogue
            return why_empty(catalogue.active, state.disliked)
        if state.history.size == 0:
            return NOTE_COLD
        return NOTE_MOOD if self._ranking().moment.new_mood else self._usual_note()
