"""Weighted matrix factorisation of lists x songs: the session so far is folded in, song by song.

Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008.
"""

from __future__ import annotations

import sys
import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray, IntArray
from recommender.data.corpus import ByteArray, Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import FitContext, Fitted, Options, SequenceModel, refuse_empty
from recommender.models.counting import smoothed
from recommender.models.factors import (
    SIMILARITIES,
    HalfStep,
    confidences,
    gramian,
    similarity,
    wals,
    weight_of,
)
from recommender.models.repeats import Repeats
from recommender.training.settings import TrainSettings

SAMPLED = 512
"""So many songs with what came before them decide how sharp the chances are."""

LEAST_SPREAD = 1e-3
"""Likenesses that differ by less than this share of the largest are taken for equal."""

HELD_BACK = 50
"""One list of so many is not factorised but decides this, where there are enough of them."""

SHARPEST = 2.0 ** np.arange(-3, 6.5, 0.5)

Said = tuple[tuple[int, int], ...]
"""The last songs of a list with their feedback, the latest last."""


@dataclass(frozen=True, slots=True)
class FactorOptions(Options):
    """How lists are factorised, and how a list's songs are folded in and compared.

    A play weighs `alpha` times as much as a song that is not in the list, a liked one `liked`
    times that; a skipped one is left out of the training, and weighs `skipped` times that against
    a session. A song weighs `fade` times as much as the one after it, and `reach` songs count.
    Songs are compared to the session by `similarity`: dot, cosine or euclid; to the log of their
    chance is added `popular` times that of their share of the plays. Of all chances `backoff` is
    left to popularity, and songs heard at most `rest` songs ago are held to the rate of repeats.
    """

    factors: int = 96
    alpha: float = 10.0
    regularisation: float = 50.0
    liked: float = 2.0
    skipped: float = 0.5
    reach: int = 30
    fade: float = 0.95
    similarity: str = "cosine"
    popular: float = 1.0
    backoff: float = 0.02
    rest: int = 12

    def __post_init__(self) -> None:
        for name in ("factors", "reach"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more.")
        for name in ("alpha", "regularisation"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; give a number above 0.")
        if not 0 < self.fade <= 1:
            raise ValueError(f"fade is {self.fade}; give above 0 and at most 1.")
        if not 0 < self.backoff < 1:
            raise ValueError(f"backoff is {self.backoff}; give a share between 0 and 1.")
        if min(self.liked, self.skipped, self.popular, self.rest) < 0:
            raise ValueError("liked, skipped, popular and rest cannot be below 0.")
        if self.similarity not in SIMILARITIES:
            known = ", ".join(SIMILARITIES)
            raise ValueError(f"similarity is {self.similarity!r}; give one of {known}.")


@dataclass(frozen=True, slots=True)
class WalsOptions(FactorOptions):
    """`FactorOptions`, and `rounds`, how often the two sides are solved for in turn."""

    rounds: int = 12

    def __post_init__(self) -> None:
        FactorOptions.__post_init__(self)
        if self.rounds < 1:
            raise ValueError(f"rounds is {self.rounds}; give 1 or more.")


class MatrixFactorisation(SequenceModel[Said]):
    """Song vectors from lists x songs; a list is the vector that fits its songs best."""

    Options: ClassVar[type[Any]] = FactorOptions

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self._keep(np.zeros((0, 1), np.float32), np.zeros((1, 1)), np.zeros((1, 1)))
        self._shares: FloatArray = np.zeros(0, np.float32)
        self._sharp = 1.0
        self._repeats = Repeats(np.zeros(0, np.float32))

    @abstractmethod
    def factorise(
        self, train: Corpus, settings: TrainSettings, context: FitContext
    ) -> tuple[FloatArray, DoubleArray, DoubleArray, Fitted]:
        """The songs' vectors (songs, dim), and how the unobserved songs and lists weigh when the
        other side is solved for: two matrices (dim, dim)."""

    @property
    def base(self) -> float:
        """How much of the weight of what is observed is among the unobserved's already."""
        return 1.0

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        """Factorise `train`; raises TrainingError where it holds no known song."""
        began = time.perf_counter()
        refuse_empty(train)
        self.vocabulary = train.vocabulary
        learnt, judged = _parted(train)
        vectors, gram, row_gram, fitted = self.factorise(
            learnt, settings or self.defaults, context or FitContext()
        )
        self._keep(vectors, gram, row_gram)
        self._shares = smoothed(train.counts()).astype(np.float32)
        self._repeats = Repeats.counted(train, self.options.rest)
        self._sharp = self._sharpness(judged)
        seconds = time.perf_counter() - began
        return Fitted(seconds, fitted.epochs, fitted.train_loss, fitted.valid_loss)

    def _keep(self, vectors: FloatArray, gram: DoubleArray, row_gram: DoubleArray) -> None:
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        self._norms = np.linalg.norm(self.vectors, axis=1).astype(np.float32)
        self._songs_still = HalfStep(gram, self.options.regularisation, self.base)
        self._rows_still = HalfStep(row_gram, self.options.regularisation, self.base)

    def fold_in(self, songs: IntArray | IndexArray, weights: DoubleArray) -> FloatArray:
        """The vector of a list or a listener, (dim,), from known songs, each once, and how much
        each was played, (n,); below 0 for songs that do not belong to it."""
        row = self._songs_still.solve(self.vectors[songs], self.options.alpha * weights)
        return row.astype(np.float32)

    def fold_in_song(self, rows: FloatArray, weights: DoubleArray) -> FloatArray:
        """The vector of a new song, (dim,), from the vectors of the lists that hold it, `rows`
        (n, dim), and how much it was played in each, (n,)."""
        return self._rows_still.solve(rows, self.options.alpha * weights).astype(np.float32)

    def start(self) -> Said:
        """No song."""
        return ()

    def observe(self, state: Said, song: int, feedback: int = Feedback.PLAYED) -> Said:
        """One more song; a code outside the vocabulary is an unknown song."""
        known = song if 0 <= song < len(self.vocabulary) else UNKNOWN
        reach = max(self.options.reach, self.options.rest)
        return (*state, (int(known), int(feedback)))[-reach:]

    def session(self, state: Said) -> FloatArray | None:
        """The vector of the list so far, (dim,), None while it has no known song.

        Distances need a point among the songs, which for them is the middle of the list's songs.
        """
        weights: dict[int, float] = {}
        for back, (song, said) in enumerate(reversed(state[-self.options.reach :])):
            if song != UNKNOWN:
                weights.setdefault(song, self.options.fade**back * self._weights[said])
        if not any(weights.values()):
            return None
        songs, shares = np.array(list(weights)), np.array(list(weights.values()))
        if self.options.similarity == "euclid":
            middle: FloatArray = shares @ self.vectors[songs] / np.abs(shares).sum()
            return middle.astype(np.float32, copy=False)
        return self.fold_in(songs, shares)

    @property
    def _weights(self) -> list[float]:
        every = np.arange(len(Feedback), dtype=np.uint8)
        return list(weight_of(every, self.options.liked, self.options.skipped))

    def log_probabilities(self, state: Said) -> FloatArray:
        """Natural log of each song's chance, by its likeness to the list, shape (songs,)."""
        row: FloatArray = self._logs([state])[0]
        return row

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """`log_probabilities` after each song but the last, shape (length - 1, songs)."""
        said = np.zeros(len(songs), np.uint8) if feedback is None else feedback
        state, states = self.start(), []
        for place in range(len(songs) - 1):
            state = self.observe(state, int(songs[place]), int(said[place]))
            states.append(state)
        return self._logs(states)

    def _logs(self, states: Sequence[Said]) -> FloatArray:
        rows, empty = self._near(states)
        rows *= np.float32(self._sharp)
        self._to_chances(rows, empty)
        np.log(rows, out=rows)
        for row, state in zip(rows, states, strict=True):
            self._repeats.hold(row, [song for song, _ in state])
        return rows

    def _near(self, states: Sequence[Said]) -> tuple[FloatArray, IndexArray]:
        """Every song's likeness to each list, (lists, songs), and which lists have no song yet."""
        queries = [self.session(state) for state in states]
        empty = [place for place, query in enumerate(queries) if query is None]
        none = np.zeros(self.vectors.shape[1], np.float32)
        stacked = np.array([none if each is None else each for each in queries], np.float32)
        stacked = stacked.reshape(len(states), len(none))
        rows = similarity(stacked, self.vectors, self._norms, self.options.similarity)
        return rows, np.array(empty, np.int64)

    def _to_chances(self, rows: FloatArray, empty: IndexArray) -> None:
        """Turn sharpened likenesses (n, songs) into chances, in place."""
        if self.options.popular:
            rows += np.float32(self.options.popular) * np.log(self._shares)
        rows -= rows.max(1, keepdims=True, initial=np.float32(-1e30))
        np.exp(rows, out=rows)
        rows *= np.float32(1 - self.options.backoff) / rows.sum(1, keepdims=True)
        rows += np.float32(self.options.backoff) * self._shares
        rows[empty] = self._shares

    def _sharpness(self, judged: Corpus) -> float:
        """What likenesses are multiplied by, so that the songs of these lists are likeliest."""
        ends = np.cumsum(np.maximum(judged.lengths - 1, 0))
        total = int(ends[-1]) if len(ends) else 0
        chosen = np.unique(np.linspace(0, max(total - 1, 0), SAMPLED).astype(np.int64))[:total]
        states, targets = [], []
        for number, place in zip(chosen, np.searchsorted(ends, chosen, "right"), strict=True):
            songs, said = judged[place], judged.feedback_of(place)
            cut = int(number - ends[place]) + len(songs)
            if songs[cut] != UNKNOWN:
                before = zip(songs[:cut].tolist(), said[:cut].tolist(), strict=True)
                states.append(tuple(before)[-self.options.reach :])
                targets.append(int(songs[cut]))
        if not states:
            return 1.0
        near, empty = self._near(states)
        spread = max(float(near.std()), LEAST_SPREAD * float(np.abs(near).max())) or 1.0
        found = []
        for sharp in SHARPEST / spread:
            rows = near * np.float32(sharp)
            self._to_chances(rows, empty)
            found.append(float(np.log(rows[np.arange(len(targets)), targets]).mean()))
        return float(SHARPEST[int(np.argmax(found))] / spread)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Vectors, Gramians, shares of the plays, sharpness and the rates of repeats."""
        return {
            "vectors": self.vectors,
            "gram": self._songs_still.gram,
            "row_gram": self._rows_still.gram,
            "shares": self._shares,
            "sharp": np.array([self._sharp]),
            "repeats": self._repeats.rates,
        }

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over what was learnt."""
        self._keep(arrays["vectors"], arrays["gram"], arrays["row_gram"])
        self._shares = arrays["shares"]
        self._sharp = float(arrays["sharp"][0])
        self._repeats = Repeats(arrays["repeats"])


class Wals(MatrixFactorisation):
    """Weighted alternating least squares, by the library `implicit`."""

    name = "wals"
    title = "Factors (WALS)"
    Options: ClassVar[type[Any]] = WalsOptions

    def factorise(
        self, train: Corpus, settings: TrainSettings, context: FitContext
    ) -> tuple[FloatArray, DoubleArray, DoubleArray, Fitted]:
        """Solve for lists and songs in turn."""
        own = self.options
        rows, vectors = wals(
            confidences(train, own.alpha, own.liked), own.factors, own.regularisation, own.rounds,
            settings.seed, _threads(),
        )  # fmt: skip
        return vectors, gramian(vectors), gramian(rows), Fitted(0.0, own.rounds)


def _parted(train: Corpus) -> tuple[Corpus, Corpus]:
    """The lists to factorise and those to judge the chances by; all for both if they are few.

    A factorisation is too sure of the very lists that it has seen.
    """
    if len(train) < HELD_BACK * HELD_BACK:
        return train, train
    held = np.arange(len(train)) % HELD_BACK == 0
    return train.select(np.flatnonzero(~held)), train.select(np.flatnonzero(held))


def _threads() -> int:
    """As many as torch was told to use, one where it was not asked."""
    torch = sys.modules.get("torch")
    return 1 if torch is None else int(torch.get_num_threads())
