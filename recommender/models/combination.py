"""Many models as one: a product of their chances, each to a power learnt on lists held out."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from recommender.data.arrays import FloatArray, IndexArray, IntArray
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
from recommender.models.registry import UnknownModelError, model_class
from recommender.training.settings import TrainingError, TrainSettings, carried

FEWEST_LISTS = 20
"""With fewer lists none is held out, and every member counts the same."""

MOST_NUMBERS = 150_000_000
"""So many log-probabilities are held at most while the weights are learnt, 600 MB."""

TURNS = 60
RIDGE = 1e-3

States = tuple[tuple[Any, ...], int]
"""The members' states, and how many songs the list has so far."""

Member = SequenceModel[Any]


@dataclass(frozen=True, slots=True)
class CombinationOptions(Options):
    """Who takes part, and how the weights are learnt.

    `members` are names with a plus between them, each with its own options in brackets if it has
    some: "gru[hidden=64;softmax=sampled]+markov". A share `holdout` of the training's lists is
    kept from the members, and up to `most` songs of them teach the weights, fewer where the
    vocabulary is large.
    """

    members: str = "gru+transformer+session_knn+cooccurrence+markov+popularity"
    holdout: float = 0.05
    most: int = 2500

    def __post_init__(self) -> None:
        if not 0 < self.holdout < 1:
            raise ValueError(f"holdout is {self.holdout}; give a share between 0 and 1.")
        if self.most < 1:
            raise ValueError(f"most is {self.most}; give 1 or more.")


class Combination(SequenceModel[States]):
    """The members' log-probabilities, weighed and summed, made chances again.

    A member's weight is `a + b * h` with `h` from 0 for a list of one song towards 1 for a long
    one: counts are the better guess at first, states later on.
    """

    name = "combination"
    title = "All together"
    Options: ClassVar[type[Any]] = CombinationOptions

    def __init__(self, options: CombinationOptions | None = None) -> None:
        super().__init__(options)
        self.members: list[Member] = []
        self.weights = torch.zeros(0, 2)

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        """Fit every member, then the weights; raises TrainingError or OptionError in words.

        Members that only count are fitted once more on all lists, which takes moments.
        """
        began = time.perf_counter()
        members = _members(self.options.members)
        settings = settings or self.defaults
        order = np.random.default_rng(settings.seed).permutation(len(train))
        cut = round(self.options.holdout * len(train)) if len(train) >= FEWEST_LISTS else 0
        taught = train.select(np.sort(order[cut:]))
        if not taught.transitions:
            raise TrainingError("No list has two songs; give a data set with longer lists.")
        for member in members:
            own = carried(settings, self.defaults, member.defaults)
            member.fit(taught, valid, own, FitContext((context or FitContext()).hooks))
        self.members, self.vocabulary = members, train.vocabulary
        self.weights = torch.full((len(members), 2), 1 / len(members))
        self.weights[:, 1] = 0
        if cut:
            self._learn(train.select(order[:cut]))
        for member in members:
            if not member.seeded:
                member.fit(train, valid, settings)
        self.options = replace(self.options, members=_spelled(members))
        return Fitted(time.perf_counter() - began)

    def _learn(self, held_out: Corpus) -> None:
        """Find the weights under which the held-out lists are likeliest."""
        logs, depth, targets = self._lessons(held_out)
        if not len(targets):
            return
        weights = self.weights.clone().requires_grad_(True)
        first = weights.detach().clone()
        solver = torch.optim.LBFGS([weights], max_iter=TURNS, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            solver.zero_grad()
            scores = torch.einsum("mnv,mn->nv", logs, _at(weights, depth))
            total: Tensor = F.cross_entropy(scores, targets)
            total = total + RIDGE * (weights - first).square().sum()
            total.backward()  # type: ignore[no-untyped-call]
            return total

        solver.step(loss)  # type: ignore[no-untyped-call]
        if bool(weights.isfinite().all()):
            self.weights = weights.detach()

    def _lessons(self, held_out: Corpus) -> tuple[Tensor, Tensor, Tensor]:
        """(members, n, songs) log-probabilities, (n,) depths and (n,) songs that came next."""
        logs, depths, targets = [], [], []
        room = MOST_NUMBERS // (len(self.members) * len(self.vocabulary))
        left = min(self.options.most, max(room, 1))
        for place in range(len(held_out)):
            songs, said = held_out[place][: left + 1], held_out.feedback_of(place)
            if left <= 0 or len(songs) < 2:
                continue
            known = songs[1:] != UNKNOWN
            rows = [member.score_list(songs, said[: len(songs)]) for member in self.members]
            logs.append(np.stack(rows)[:, known])
            depths.append(_depths(np.arange(1, len(songs))[known]))
            targets.append(songs[1:][known])
            left -= len(songs) - 1
        if not targets:
            return torch.zeros(0), torch.zeros(0), torch.zeros(0, dtype=torch.long)
        return (
            torch.from_numpy(np.concatenate(logs, 1)),
            torch.from_numpy(np.concatenate(depths)),
            torch.from_numpy(np.concatenate(targets).astype(np.int64)),
        )

    def start(self) -> States:
        """The members' starts."""
        return tuple(member.start() for member in self.members), 0

    def observe(self, state: States, song: int, feedback: int = Feedback.PLAYED) -> States:
        """Each member's state after one more song."""
        paired = zip(self.members, state[0], strict=True)
        return tuple(member.observe(each, song, feedback) for member, each in paired), state[1] + 1

    def log_probabilities(self, state: States) -> FloatArray:
        """Natural log of each song's chance to come next, shape (songs,)."""
        paired = zip(self.members, state[0], strict=True)
        rows = np.stack([member.log_probabilities(each) for member, each in paired])
        depth = torch.from_numpy(_depths(np.array([max(state[1], 1)])))
        scores = _at(self.weights, depth)[:, 0] @ torch.from_numpy(rows)
        mixed: FloatArray = scores.log_softmax(-1).numpy()
        return mixed

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """`log_probabilities` after each song but the last, shape (length - 1, songs)."""
        return self.score_lists([songs], None if feedback is None else [feedback])

    def score_lists(
        self, lists: Sequence[IntArray], feedback: Sequence[ByteArray] | None = None
    ) -> FloatArray:
        """The rows of `score_list` of each list, below one another, shape (transitions, songs)."""
        parts = [_depths(np.arange(1, len(each))) for each in lists]
        depth = np.concatenate([np.zeros(0, np.float32), *parts])
        total = np.zeros((len(depth), len(self.vocabulary)), np.float32)
        weights = _at(self.weights, torch.from_numpy(depth)).numpy()
        for member, weight in zip(self.members, weights, strict=True):
            rows = member.score_lists(lists, feedback)
            rows *= weight[:, None]
            total += rows
        scores = torch.from_numpy(total)
        return torch.log_softmax(scores, -1, out=scores).numpy()

    @property
    def parameters(self) -> int:
        """How many numbers the members keep, and the weights."""
        return sum(member.parameters for member in self.members) + self.weights.numel()

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The weights, and the members' arrays under their place."""
        named: dict[str, np.ndarray[Any, Any]] = {"weights": self.weights.numpy()}
        for place, member in enumerate(self.members):
            named |= {f"{place}/{name}": array for name, array in member.arrays().items()}
        return named

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over the weights and the members."""
        members = _members(self.options.members)
        for place, member in enumerate(members):
            member.vocabulary = self.vocabulary
            start = f"{place}/"
            member.restore(
                {
                    name[len(start) :]: each
                    for name, each in arrays.items()
                    if name.startswith(start)
                }
            )
        if arrays["weights"].shape != (len(members), 2):
            raise ValueError("the weights do not belong to these members")
        self.members, self.weights = members, torch.from_numpy(arrays["weights"])


def _depths(heard: IndexArray) -> FloatArray:
    """How deep in its list one is after so many songs: 0 after the first, towards 1 later on."""
    return (1 - 1 / np.sqrt(heard)).astype(np.float32)


def _at(weights: Tensor, depth: Tensor) -> Tensor:
    """(members, 2) and (n,) to the members' weights at each depth, (members, n)."""
    return weights[:, :1] + weights[:, 1:] * depth


def _members(text: str) -> list[Member]:
    """The untrained members that a text names; raises OptionError in words."""
    found = []
    for word in re.findall(r"(?:[^+\[]|\[[^\]]*\])+", text):
        matched = re.fullmatch(r"\s*(\w+)\s*(?:\[(.*)\])?\s*", word)
        if matched is None or matched[1] == Combination.name:
            raise OptionError(f"{word!r} is no member; write names such as gru+markov.")
        try:
            kind = model_class(matched[1])
        except UnknownModelError as error:
            raise OptionError(str(error)) from error
        pairs = [pair.partition("=") for pair in (matched[2] or "").split(";") if pair]
        given = {name.strip(): value.strip() for name, _, value in pairs}
        found.append(kind(options_from(kind.Options, given)))
    if not found:
        raise OptionError("A combination needs members, such as gru+markov.")
    return found


def _spelled(members: list[Member]) -> str:
    """The members with all their options, so that a checkpoint outlives other defaults."""
    words = []
    for member in members:
        given = ";".join(f"{name}={value}" for name, value in options_dict(member.options).items())
        words.append(f"{member.name}[{given}]" if given else member.name)
    return "+".join(words)
