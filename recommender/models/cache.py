"""A continuous cache: what followed when a net was in a state like this one.

Grave, Joulin and Usunier, "Improving neural language models with a continuous cache", ICLR 2017
(the states of the present list); Grave, Cisse and Joulin, "Unbounded cache model for online
language modeling with open vocabulary", NIPS 2017, and Khandelwal, Levy, Jurafsky, Zettlemoyer and
Lewis, "Generalization through memorization: nearest neighbor language models", ICLR 2020 (the
states of the training's lists).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.corpus import ByteArray, Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN
from recommender.models.base import (
    FitContext,
    Fitted,
    OptionError,
    Options,
    SequenceModel,
    options_dict,
    options_from,
)
from recommender.models.net import NetState
from recommender.models.net_model import NetModel
from recommender.models.registry import UnknownModelError, model_class
from recommender.training.settings import TrainSettings

LISTS_AT_ONCE = 256
ROWS_AT_ONCE = 256
LAST = 200
"""So many of the present list's own states are kept."""


@dataclass(frozen=True, slots=True)
class CacheOptions(Options):
    """Whose states are kept, and how they are asked.

    `net` is the model that is trained, `given` its own options as words with a blank between them,
    such as "hidden=64 softmax=sampled". At most `most` of the training's states are kept, evenly
    chosen. Of these the `neighbours` nearest, and the list's own, vote for the song that followed
    each, with the exponential of `sharp` times the cosine between the two states; one of the
    list's own votes counts `own` as much. The net keeps 1 - `weight` of the chances.
    """

    net: str = "gru"
    given: str = ""
    most: int = 100_000
    neighbours: int = 1000
    sharp: float = 25.0
    own: float = 0.1
    weight: float = 0.6

    def __post_init__(self) -> None:
        for name in ("most", "neighbours"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more.")
        if not 0 < self.weight < 1:
            raise ValueError(f"weight is {self.weight}; give a share between 0 and 1.")
        if self.own < 0 or self.sharp < 0:
            raise ValueError("own and sharp cannot be below 0.")


@dataclass(frozen=True, slots=True)
class CacheState:
    """The net's state, and this list's own: `keys` (n, size) and the `songs` (n,) that followed."""

    net: NetState
    keys: Tensor
    songs: Tensor


class Cache(SequenceModel[CacheState]):
    """A net beside the states that it was in while it read the training's lists."""

    name = "cache"
    title = "Continuous cache"
    Options: ClassVar[type[Any]] = CacheOptions

    def __init__(self, options: CacheOptions | None = None) -> None:
        super().__init__(options)
        self._model: NetModel | None = None
        self._keys = torch.zeros(0, 1)
        self._songs = torch.zeros(0, dtype=torch.long)

    @classmethod
    def around(cls, model: NetModel, train: Corpus, options: CacheOptions | None = None) -> Self:
        """A cache over a net that is trained already."""
        words = options_dict(model.options)
        usual = options_dict(type(model).Options())
        given = " ".join(f"{name}={word}" for name, word in words.items() if word != usual[name])
        cache = cls(replace(options or CacheOptions(), net=model.name, given=given))
        cache._model, cache.vocabulary = model, model.vocabulary
        cache._remember(train)
        return cache

    @property
    def model(self) -> NetModel:
        """The net."""
        if self._model is None:
            raise RuntimeError("cache is neither fitted nor loaded")
        return self._model

    def _untrained(self) -> NetModel:
        try:
            kind = model_class(self.options.net)
        except UnknownModelError as error:
            raise OptionError(str(error)) from error
        if not issubclass(kind, NetModel):
            raise OptionError(f"net is {self.options.net!r}, which is no net; give gru or lstm.")
        words = [word.partition("=") for word in self.options.given.split()]
        return kind(options_from(kind.Options, {name: value for name, _, value in words}))

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        """Train the net, then keep its states; raises TrainingError or OptionError in words."""
        model = self._untrained()
        fitted = model.fit(train, valid, settings or model.defaults, context)
        began = time.perf_counter()
        self._model, self.vocabulary = model, model.vocabulary
        self._remember(train)
        return replace(fitted, seconds=fitted.seconds + time.perf_counter() - began)

    def _remember(self, train: Corpus) -> None:
        """Keep the states before known songs, `most` of them, and those songs."""
        size = self.model.net.answer_size
        lists = [train[place] for place in range(len(train))]
        total = sum(int(np.count_nonzero(each[1:] != UNKNOWN)) for each in lists)
        keys: list[NDArray[np.float16]] = [np.zeros((0, size), np.float16)]
        songs: list[IntArray] = [np.zeros(0, np.int32)]
        seen = 0
        for begin in range(0, len(lists), LISTS_AT_ONCE):
            some = lists[begin : begin + LISTS_AT_ONCE]
            said = [train.feedback_of(place) for place in range(begin, begin + len(some))]
            for at, answers in self.model.answers(some, said):
                known = np.flatnonzero(some[at][1:] != UNKNOWN)
                kept = known[_chosen(np.arange(seen, seen + len(known)), total, self.options.most)]
                seen += len(known)
                keys.append(F.normalize(answers[kept], dim=-1).numpy().astype(np.float16))
                songs.append(some[at][kept + 1])
        self._keep(np.concatenate(keys), np.concatenate(songs))

    def _keep(self, keys: NDArray[np.float16], songs: IntArray) -> None:
        self._keys = torch.from_numpy(keys.astype(np.float32))
        self._songs = torch.from_numpy(songs.astype(np.int64))

    def start(self) -> CacheState:
        """The net's start, and no state of the list's own."""
        none = torch.zeros(0, self.model.net.answer_size)
        return CacheState(self.model.start(), none, torch.zeros(0, dtype=torch.long))

    @torch.inference_mode()
    def observe(self, state: CacheState, song: int, feedback: int = Feedback.PLAYED) -> CacheState:
        """One more song: the state before it is kept under it, if there was a song before."""
        known = 0 <= song < len(self.vocabulary)
        after = self.model.observe(state.net, song, feedback)
        if not (self.options.own and known and bool(state.net[0].any())):
            return CacheState(after, state.keys, state.songs)
        keys = torch.cat([state.keys, F.normalize(state.net[0], dim=-1)])[-LAST:]
        return CacheState(after, keys, torch.cat([state.songs, torch.tensor([song])])[-LAST:])

    @torch.inference_mode()
    def log_probabilities(self, state: CacheState) -> FloatArray:
        """Natural log of the mixed chances, shape (songs,)."""
        row = self.model.logs(state.net[0])
        query = F.normalize(state.net[0], dim=-1)
        self._mix(row, query, state.keys, state.songs, torch.ones(1, len(state.keys)).bool())
        mixed: FloatArray = row[0]
        self.model.repeats.hold(mixed, state.net[-1][0].tolist())
        return mixed

    @torch.inference_mode()
    def score_lists(
        self, lists: Sequence[IntArray], feedback: Sequence[ByteArray] | None = None
    ) -> FloatArray:
        """The rows of `score_list` of each list, below one another, shape (transitions, songs)."""
        sizes = np.array([max(len(each) - 1, 0) for each in lists], np.int64)
        first = np.cumsum(sizes) - sizes
        rows = np.empty((int(sizes.sum()), len(self.vocabulary)), np.float32)
        for at, answers in self.model.answers(lists, feedback):
            mine = rows[first[at] : first[at] + sizes[at]]
            mine[:] = self.model.logs(answers)
            states = F.normalize(answers, dim=-1)
            own = np.flatnonzero(lists[at][1:-1] != UNKNOWN)
            followed = torch.from_numpy(lists[at][own + 1].astype(np.int64))
            for begin in range(0, len(mine), ROWS_AT_ONCE):
                part = slice(begin, begin + ROWS_AT_ONCE)
                past = np.searchsorted(own, np.arange(len(mine))[part])[:, None]
                number = np.arange(len(own))
                seen = torch.from_numpy((number < past) & (number >= past - LAST))
                self._mix(mine[part], states[part], states[own], followed, seen)
            self.model.repeats.hold_list(mine, lists[at])
        return rows

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """`log_probabilities` after each song but the last, shape (length - 1, songs)."""
        return self.score_lists([songs], None if feedback is None else [feedback])

    def _mix(
        self, rows: FloatArray, queries: Tensor, own: Tensor, followed: Tensor, seen: Tensor
    ) -> None:
        """Mix votes into log-probabilities (n, songs), in place.

        `queries` (n, size) are the states, `own` (m, size) the list's with the songs that
        `followed` (m,), of which each row has `seen` some, (n, m).
        """
        near, places = (queries @ self._keys.T).topk(min(self.options.neighbours, len(self._keys)))
        likeness, songs = self.options.sharp * near, self._songs[places]
        if self.options.own and len(own):
            mine = self.options.sharp * (queries @ own.T) + math.log(self.options.own)
            likeness = torch.cat([likeness, mine.masked_fill(~seen, -torch.inf)], 1)
            songs = torch.cat([songs, followed.expand(len(queries), -1)], 1)
        if not likeness.shape[1]:
            return
        weight = self.options.weight
        chances = torch.from_numpy(rows).exp_().mul_(1 - weight)
        chances.scatter_add_(1, songs, weight * likeness.softmax(-1)).log_()

    @property
    def parameters(self) -> int:
        """How many numbers the net learns, and those that are kept of its states."""
        return self.model.parameters + self._keys.numel() + len(self._songs)

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The net's arrays, and the kept states as half floats."""
        named = {f"net.{name}": array for name, array in self.model.arrays().items()}
        kept = {"keys": self._keys.numpy().astype(np.float16), "songs": self._songs.numpy()}
        return named | kept

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over the net and the kept states."""
        own = {name.removeprefix("net."): each for name, each in arrays.items() if "net." in name}
        self._model = self._untrained()
        self._model.vocabulary = self.vocabulary
        self._model.restore(own)
        self._keep(arrays["keys"], arrays["songs"].astype(np.int32))


def _chosen(numbers: NDArray[np.int64], total: int, most: int) -> NDArray[np.bool_]:
    """Which of `total` numbers are kept so that `most` are, evenly spread."""
    most = min(most, total)
    chosen: NDArray[np.bool_] = (numbers + 1) * most // total != numbers * most // total
    return chosen
