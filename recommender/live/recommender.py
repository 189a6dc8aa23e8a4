"""The live recommender: five verbs over one listener's state, answering event by event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Self

import numpy as np

from recommender.api import (
    Event,
    Explanation,
    Play,
    Recommendation,
    Retracted,
    Song,
    Started,
)
from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.catalogue import Catalogue
from recommender.live.checkpoint import read_checkpoint, write_checkpoint
from recommender.live.state import ListenerState, without_retracted
from recommender.pipeline.ranker import Scored
from recommender.pipeline.reasons import Reasons
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

MODEL_VERSION = "live-1"
LESSONS = 300
LESSON_SONGS = 3_000_000
POOL = 600
NOTE_COLD = "No plays yet: chosen from your tags, varied by artist."
NOTE_FEW = "Only a few plays yet: the list is still getting to know you."
FEW_PLAYS = 20


class LiveRecommender:
    """Learns from each event at once; the same events give the same list.

    `without` names experts to leave out; `deep` adds the network to the linear stage.
    """

    model_version = MODEL_VERSION

    def __init__(
        self, songs: Sequence[Song] = (), *, without: Collection[str] = (), seed: int = 0,
        deep: bool = True,
    ) -> None:  # fmt: skip
        self._without, self._seed, self._deep = frozenset(without), seed, deep
        self._state = ListenerState(Catalogue(songs), self._without, seed, deep)
        self._started: Started | None = None
        self._note = ""
        self._jitter: FloatArray = np.zeros(0, np.float32)

    @property
    def note(self) -> str:
        """What the listener should know of the latest list, or an empty string."""
        return self._note

    @property
    def last_event_id(self) -> int:
        """The highest event number taken in, 0 before the first: resume after this one."""
        return self._state.last_event_id

    @property
    def songs(self) -> int:
        """How many songs can be predicted."""
        return int(self._state.catalogue.active.sum())

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        """Learn from a catalogue and its events in order of time, forgetting what was before.

        All plays enter the log; the weights are taught by the latest of them, so that a long
        history is read within seconds.
        """
        self._state = ListenerState(Catalogue(songs), self._without, self._seed, self._deep)
        self._started = None
        standing = without_retracted(events)
        plays = [event for event in standing if isinstance(event, Play)]
        lessons = min(LESSONS, LESSON_SONGS // max(1, len(songs)) + 20)
        cut = plays[-lessons].event_id if len(plays) > lessons else -1
        at = next((n for n, event in enumerate(standing) if event.event_id == cut), 0)
        old, late = standing[:at], standing[at:]
        self._state.load_plays([event for event in old if isinstance(event, Play)])
        self._state.load_reactions([event for event in old if not isinstance(event, Play)])
        self._state.last_event_id = max([0, *(event.event_id for event in old)])
        for event in late:
            self._state.observe(event)

    def observe(self, event: Event) -> None:
        """Take one event into the state without reading the past again."""
        if isinstance(event, Started):
            self._started = event
        elif isinstance(event, Retracted):
            self._state.retract(event.event_id)
        else:
            self._state.observe(event)

    def set_catalogue(self, songs: Sequence[Song]) -> None:
        """Make `songs` the whole catalogue; what was learnt of songs that stay is kept."""
        self._state.catalogue.replace(songs)
        self._state.grow()

    def update_songs(self, songs: Sequence[Song]) -> None:
        """Add songs, or take over the new tags of known ones."""
        self._state.catalogue.update(songs)
        self._state.grow()

    add_songs = update_songs

    def remove_songs(self, song_ids: Sequence[int]) -> None:
        """Songs that are no longer there are never predicted; what was learnt is kept."""
        self._state.catalogue.remove(song_ids)
        self._state.grow()

    def scores(self) -> FloatArray:
        """What comes next, as a score per song in the order of the catalogue, repeats allowed.

        This is the pure scoring path that replay measures. The array is valid until the next call.
        """
        return self._scored().scores

    def columns(self) -> FloatArray:
        """Every expert's columns for what comes next, shape (columns, songs), for comparison."""
        return self._scored().matrix

    def index_of(self, song_id: int) -> int:
        """The song's place in `scores()`; raises KeyError for a song not in the catalogue."""
        return self._state.catalogue.index_of[song_id]

    def recommend(self, n: int, exclude: AbstractSet[int] = frozenset()) -> list[Recommendation]:
        """The `n` best songs, best first, none of them in `exclude`, each with its reason."""
        state = self._state
        catalogue = state.catalogue
        scored = self._scored()
        window = window_of(int(catalogue.active.sum()), n)
        recent = self._recent(window)
        outside = [catalogue.index_of[song] for song in exclude if song in catalogue.index_of]
        allowed = allowed_songs(catalogue.active, state.disliked, outside, recent)
        chosen = self._choose(scored, allowed, n) if n > 0 else []
        self._note = self._note_for(chosen)
        if not chosen:
            return []
        reasons = self._reasons(scored)
        rows = []
        for song in chosen:
            best = reasons.parts(song)[0]
            rows.append(Recommendation(catalogue.songs[song].song_id, float(scored.scores[song]),
                                       best.sentence, best.expert))  # fmt: skip
        return rows

    def explain(self, song_id: int) -> Explanation:
        """Why this song stands where it does now; raises KeyError for an unknown song."""
        song = self.index_of(song_id)
        parts = self._reasons(self._scored()).parts(song)
        lines = tuple((part.expert, part.share, part.sentence) for part in parts)
        return Explanation(song_id, parts[0].sentence, lines)

    def save(self, folder: Path) -> None:
        """Write a checkpoint: `weights.safetensors`, `config.json`, `vocabulary.json`."""
        write_checkpoint(folder, self._state, self.model_version)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a checkpoint; raises CheckpointError in words for one that cannot be read."""
        made = cls()
        made._state = read_checkpoint(folder)
        return made

    def _context(self) -> tuple[int | None, float]:
        """The song that sounds now, if one does, and the time."""
        state, started = self._state, self._started
        if started is None or started.at_s < state.log_end_s():
            return None, state.now_s
        now_s = max(state.now_s, started.at_s)
        return state.catalogue.index_of.get(started.song_id), now_s

    def _scored(self) -> Scored:
        return self._state.scored(*self._context())

    def _recent(self, window: int) -> list[int]:
        history = self._state.history
        recent: list[int] = history.song[max(0, history.size - window) : history.size].tolist()
        started, _ = self._context()
        return recent if started is None else [*recent, started]

    def _choose(self, scored: Scored, allowed: np.ndarray, n: int) -> list[int]:
        state, catalogue = self._state, self._state.catalogue
        jitter = self._jitters()
        heard = catalogue.artist[scored.moment.session]
        before = heard[:10].tolist()
        if state.history.size == 0 and not state.reactions and not len(heard):
            order: IndexArray = np.flatnonzero(allowed)
            order = order[np.argsort(-jitter[order], kind="stable")]
            order = varied(order, catalogue.artist, catalogue.genre)[: 4 * n]
            return spaced(order, catalogue.artist, Habit(1 / n, 1), n)
        order = best_first(scored.scores, allowed, max(POOL, 4 * n), jitter)
        lately = catalogue.artist[list(scored.moment.recent)]
        return spaced(order, catalogue.artist, habit_of(heard if len(heard) >= 5 else lately), n,
                      before)  # fmt: skip

    def _jitters(self) -> FloatArray:
        """A number from 0 to 1 per song that never changes, to break ties and to vary."""
        songs = self._state.catalogue.songs
        if len(self._jitter) != len(songs):
            ids = np.array([song.song_id for song in songs], np.int64).astype(np.uint64)
            mixed = (ids + np.uint64(self._seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            self._jitter = (mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)
        return self._jitter

    def _reasons(self, scored: Scored) -> Reasons:
        weights = self._state.ranker.linear.effective(scored.signals)
        return Reasons(self._state.history, scored, weights, self._state.liked)

    def _note_for(self, chosen: list[int]) -> str:
        state = self._state
        if not chosen:
            catalogue = state.catalogue
            return why_empty(len(catalogue), catalogue.active, state.disliked)
        if state.history.size == 0:
            return NOTE_COLD
        return NOTE_FEW if state.history.size < FEW_PLAYS else ""
