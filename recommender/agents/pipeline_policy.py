"""The project's own ranking as a policy: what a player without an agent would put on."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from recommender.agents.anchors import best_of, enough, first_fresh
from recommender.api import EndReason, Origin, Play, Reaction, ReactionKind, Retracted, Song
from recommender.data.arrays import IndexArray
from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.experts.trained import Trained
from recommender.live.events import JOURNAL
from recommender.live.parts import Choices, Material, taught_factors, taught_text
from recommender.live.recommender import LiveRecommender
from recommender.models.session_knn import SessionKnn
from recommender.simulation.crowd import Crowd, Heard, LoggedSession
from recommender.simulation.sessions import Sessions

APART_S = 3600.0
"""From the end of one session to the next one's start."""
LIST = 10
"""Rows of the list, however few of them are taken."""
SONG_S, SKIPPED_S = 180.0, 15.0


class PipelinePolicy:
    """`LiveRecommender` over the crowd's log as if one listener had heard it, then over a session.

    Each row of the sessions has a copy of the model, which takes a session's songs one by one and
    gives them back at its end, so that a choice depends on the log and the session alone. Making
    it takes seconds; a copy needs 20 MB or so at 10,000 songs. With `trained` the model has the
    factors and texts that a training in the player gives it.
    """

    name = "pipeline"

    def __init__(self, crowd: Crowd, *, trained: bool = True, seed: int = 0) -> None:
        songs = [Song(at, title="", artist=str(artist)) for at, artist in enumerate(crowd.artists)]
        plays = played(crowd.log)
        self._model = LiveRecommender(songs, seed=seed)
        self._model.fit(songs, plays)
        if trained and plays:
            self._model.adopt(_training(songs, plays, seed))
        self._first_s = (plays[-1].at_s if plays else 0.0) + APART_S
        self._songs = len(songs)
        self._branches: list[_Branch] = []

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The first rows of each session's list, shape (listeners, slate)."""
        enough(self._songs, slate)
        while len(self._branches) < len(sessions):
            self._branches.append(_Branch(self._model, self._first_s))
        chosen = np.zeros((len(sessions), slate), np.int64)
        for row, (songs, heard) in enumerate(zip(sessions.songs, sessions.heard, strict=True)):
            there = songs >= 0
            listed = self._branches[row].listed(songs[there].tolist(), heard[there].tolist(), slate)
            chosen[row] = first_fresh(Sessions(songs[None], heard[None]), listed[None], slate)[0]
        return chosen


class _Branch:
    """A copy of the model for one listener at a time."""

    def __init__(self, model: LiveRecommender, first_s: float) -> None:
        self._origin, self._first_s = model, first_s
        self._model = copy.deepcopy(model)
        self._taken: list[tuple[int, int]] = []
        self._forget()

    def listed(self, songs: list[int], heard: list[int], n: int) -> IndexArray:
        """The list after a session that goes on or is another one, shape (n or more,); where the
        model has too few songs to offer, all others follow."""
        session = list(zip(songs, heard, strict=True))
        if session[: len(self._taken)] != self._taken:
            self._start_again()
        for song, what in session[len(self._taken) :]:
            self._take(song, what)
        listed = [row.song_id for row in self._model.recommend(max(n, LIST), frozenset(songs))]
        if len(listed) < n:
            listed += np.setdiff1d(np.arange(self._model.songs), listed).tolist()
        return np.array(listed, np.int64)

    def _start_again(self) -> None:
        """Take the session back; one longer than the model's journal calls for another copy."""
        if self._model.last_event_id - self._origin.last_event_id >= JOURNAL:
            self._model = copy.deepcopy(self._origin)
        else:
            for event_id in range(self._event_id, self._origin.last_event_id, -1):
                self._model.observe(Retracted(event_id))
        self._forget()

    def _forget(self) -> None:
        self._taken = []
        self._event_id, self._at_s = self._origin.last_event_id, self._first_s
        self._model.recommend(0)

    def _take(self, song: int, what: int) -> None:
        skipped = what == Heard.SKIPPED
        heard_s = SKIPPED_S if skipped else SONG_S
        self._at_s += heard_s
        self._event_id += 1
        origin = Origin.PREDICTED if self._taken else Origin.MANUAL
        self._model.observe(_play(self._event_id, song, self._at_s, heard_s, skipped, origin))
        if what == Heard.LIKED:
            self._event_id += 1
            liked = Reaction(self._event_id, song, self._at_s, ReactionKind.LIKE)
            self._model.observe(liked)
        self._taken.append((song, what))


class SessionKnnPolicy:
    """What stands beside the session's finished songs in the crowd's log, by session neighbours.

    Only songs that were finished count, in the log as in the session.
    """

    name = "session knn"

    def __init__(self, crowd: Crowd) -> None:
        lists = [each.songs[each.heard != Heard.SKIPPED] for each in crowd.log]
        vocabulary = Vocabulary([str(song) for song in range(len(crowd.vectors))])
        self._model = SessionKnn()
        self._model.fit(corpus_of(lists, vocabulary))

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The songs with most votes that are not in the session, shape (listeners, slate)."""
        size = enough(len(self._model.vocabulary), slate)
        best = np.zeros((len(sessions), size), np.int64)
        for row, (songs, heard) in enumerate(zip(sessions.songs, sessions.heard, strict=True)):
            state = self._model.start()
            for song in songs[heard >= Heard.FINISHED].tolist():
                state = self._model.observe(state, song)
            best[row] = best_of(self._model.log_probabilities(state)[None], size)[0]
        return first_fresh(sessions, best, slate)


def played(log: Sequence[LoggedSession]) -> list[Play]:
    """A log as one listener's plays, an hour between sessions, numbered from 1."""
    plays: list[Play] = []
    at_s = 0.0
    for session in log:
        at_s += APART_S
        for song, what in zip(session.songs.tolist(), session.heard.tolist(), strict=True):
            skipped = what == Heard.SKIPPED
            heard_s = SKIPPED_S if skipped else SONG_S
            at_s += heard_s
            plays.append(_play(len(plays) + 1, song, at_s, heard_s, skipped, Origin.MANUAL))
    return plays


def _play(
    event_id: int, song: int, at_s: float, heard_s: float, skipped: bool, origin: Origin
) -> Play:
    reason = EndReason.SKIPPED if skipped else EndReason.FINISHED
    return Play(event_id, song, at_s, int(1000 * heard_s), reason, origin)


def _training(songs: list[Song], plays: list[Play], seed: int) -> Trained:
    """The parts that the player trains within a minute from these plays."""
    material, choices = Material(songs, plays), Choices(seed=seed)
    history = material.history()
    text = taught_text(material, history, choices, lambda share: None)
    return Trained("agents", factors=taught_factors(history, choices), text=text)
