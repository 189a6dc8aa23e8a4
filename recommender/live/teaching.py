"""Teaching a sequence model by one listener's own plays, within seconds on one core."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from recommender.data.arrays import IndexArray
from recommender.data.corpus import Corpus, Feedback
from recommender.data.history import History
from recommender.data.vocabulary import Vocabulary
from recommender.experts.sequence import LONGEST_SESSION, reads_feedback
from recommender.models.base import FitContext, SequenceModel, options_from
from recommender.training.settings import TrainSettings

LATEST_PLAYS = 100_000
PLAYS_READ = 200_000
LONGEST_LESSON_S = 45.0
MOST_EPOCHS = 30
LISTS_A_STEP = 20
MANY_SONGS = 2_000

_FOR_MANY_SONGS: dict[str, Any] = {"softmax": "sampled", "negatives": 512}
_FOR_MEMBERS: dict[str, Any] = {"most": 500}


def corpus_from(history: History, liked: IndexArray, with_skips: bool) -> Corpus:
    """The latest plays as sessions over the songs in them; `liked` are dense songs.

    Keys of the vocabulary are song ids. Without skips, skipped plays are left out.
    """
    turns = np.arange(max(0, history.size - LATEST_PLAYS), history.size)
    if not with_skips:
        turns = turns[~history.skipped[turns]]
    played = history.song[turns]
    heard, codes, counts = np.unique(played, return_inverse=True, return_counts=True)
    songs = [history.catalogue.songs[song] for song in heard.tolist()]
    vocabulary = Vocabulary(
        [str(song.song_id) for song in songs],
        [song.artist for song in songs],
        [song.title for song in songs],
        counts.astype(np.int32),
    )
    feedback = np.full(len(turns), Feedback.PLAYED, np.uint8)
    feedback[np.isin(played, liked)] = Feedback.LIKED
    feedback[history.skipped[turns]] = Feedback.SKIPPED
    starts = _starts(history.session[turns])
    at_s = history.at_s[turns[starts[:-1]]].astype(np.int64)
    return Corpus(vocabulary, codes.astype(np.int32), starts, feedback, at_s=at_s)


def _starts(sessions: np.ndarray[Any, Any]) -> IndexArray:
    """Where each session begins, and the end; long ones begin anew every `LONGEST_SESSION`."""
    opens = np.flatnonzero(np.diff(sessions, prepend=-1))
    ends = np.append(opens[1:], len(sessions))
    pieces = [np.arange(*each, LONGEST_SESSION) for each in zip(opens, ends, strict=True)]
    return np.concatenate([*pieces, [len(sessions)]]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model is to learn: it holds all it needs, so that another thread can do it.

    `plays` is how many plays the log had when the lesson was made.
    """

    kind: type[SequenceModel[Any]]
    options: Any
    corpus: Corpus
    plays: int

    def learn(self) -> SequenceModel[Any]:
        """A new model, taught; raises TrainingError in words."""
        model = self.kind(self.options)
        settings = settings_for(self.kind.defaults, self.corpus)
        model.fit(self.corpus, None, settings, FitContext(hooks=[InTime(LONGEST_LESSON_S)]))
        return model


class InTime:
    """A training hook that ends a training before the epoch that would take too long."""

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._began_s = 0.0

    def on_start(self, run: Any) -> None:
        """The time begins."""
        self._began_s = time.monotonic()

    def on_batch(self, run: Any) -> None:
        """An epoch is never cut off."""

    def on_epoch(self, run: Any) -> None:
        """Stop when one more epoch like those before would end too late."""
        epochs = len(run.history)
        took_s = time.monotonic() - self._began_s
        run.enough |= took_s * (epochs + 1) / epochs > self._most_s

    def on_end(self, run: Any) -> None:
        """Nothing is left to do."""


def lesson_of(kind: type[SequenceModel[Any]], history: History, liked: IndexArray) -> Lesson:
    """All that the plays so far teach; `liked` are dense songs."""
    options = _options(kind, int(np.count_nonzero(history.plays)))
    with_skips = reads_feedback(options)
    return Lesson(kind, options, corpus_from(history, liked, with_skips), history.size)


def _options(kind: type[SequenceModel[Any]], songs: int) -> Any:
    """The options that suit one listener, of those that the model has."""
    wanted = {"feedback": True, **(_FOR_MANY_SONGS if songs > MANY_SONGS else {})}
    known = {each.name for each in fields(kind.Options)}
    if "members" in known:
        wanted |= _FOR_MEMBERS
    return options_from(kind.Options, {name: wanted[name] for name in wanted.keys() & known})


def settings_for(usual: TrainSettings, corpus: Corpus) -> TrainSettings:
    """The training cut to the plays: more rounds and smaller batches over few of them."""
    epochs = max(1, min(MOST_EPOCHS, PLAYS_READ // max(1, corpus.plays)))
    batch = max(1, min(usual.batch, len(corpus) // LISTS_A_STEP))
    return replace(usual, epochs=epochs, batch=batch, warmup=10, device="cpu", precision="full")
