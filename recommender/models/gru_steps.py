"""A fitted GRU read step by step with numpy alone.

The recommender's process serves one song after another: importing torch for that would cost it
seconds at every start, in which it could not answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.corpus import Corpus, Feedback
from recommender.models.base import FitContext, Fitted, SequenceModel
from recommender.models.net_options import NetOptions
from recommender.models.repeats import REPEATS, Repeats
from recommender.training.settings import TrainingError, TrainSettings

StepState = tuple[FloatArray, FloatArray, tuple[int, ...]]
"""The answer (dim,), the layer's output (hidden,), and the songs heard last."""


class GRUSteps(SequenceModel[StepState]):
    """Gives what `GRU` gives, up to rounding; it cannot be fitted. One tied layer only."""

    name = "gru"
    title = "GRU"
    Options = NetOptions

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        chosen = self.options
        if chosen.layers != 1 or not chosen.tied or chosen.bloom:
            raise ValueError("only one layer with a table of a row a song can be read so")
        self._arrays: dict[str, FloatArray] = {}
        self._repeats = Repeats(np.zeros(0, np.float32))

    def fit(
        self, train: Corpus, valid: Corpus | None = None, settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:  # fmt: skip
        """Not here: raises TrainingError."""
        raise TrainingError("This one only reads what a GRU has learnt; fit a GRU.")

    def start(self) -> StepState:
        """The state before the first song of a list."""
        none = np.zeros(self.options.dim, np.float32)
        return none, np.zeros(self.options.hidden, np.float32), ()

    def observe(self, state: StepState, song: int, feedback: int = Feedback.PLAYED) -> StepState:
        """The state after one more song; a code outside the vocabulary is an unknown song."""
        known = song if 0 <= song < len(self.vocabulary) else len(self.vocabulary)
        held, before = self._arrays, state[1]
        vector = held["table.weight"][known]
        if self.options.feedback:
            vector = vector + held["heard.weight"][int(feedback)]
        inner = held["core.cells.weight_ih_l0"] @ vector + held["core.cells.bias_ih_l0"]
        again = held["core.cells.weight_hh_l0"] @ before + held["core.cells.bias_hh_l0"]
        output = gated(inner, again, before)
        answer: FloatArray = held["project.weight"] @ output + held["project.bias"]
        heard = (*state[2], known)
        return answer, output, heard[max(len(heard) - self.options.rest, 0) :]

    def log_probabilities(self, state: StepState) -> FloatArray:
        """Natural log of each song's chance to come next, shape (songs,)."""
        row: FloatArray = self._arrays["table.weight"][:-1] @ state[0] + self._arrays["bias"]
        row -= row.max()
        row -= np.log(np.exp(row).sum())
        self._repeats.hold(row, state[2])
        return row

    @property
    def parameters(self) -> int:
        """How many numbers the net has learnt."""
        return sum(each.size for each in self._arrays.values())

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The same as those of the GRU."""
        return {**self._arrays, REPEATS: self._repeats.rates}

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over what a GRU's `arrays` gave; raises KeyError or ValueError."""
        held = dict(arrays)
        self._repeats = Repeats(held.pop(REPEATS))
        self._arrays = held
        rows = (len(self.vocabulary) + 1, self.options.dim)
        if held["table.weight"].shape != rows:
            raise ValueError(f"the table is {held['table.weight'].shape}, not {rows}")
        self.log_probabilities(self.observe(self.start(), 0))

    @classmethod
    def can_read(cls, config: dict[str, Any]) -> bool:
        """Whether a checkpoint's `config.json` is of a net that can be read so."""
        options = config.get("options", {})
        plain = options.get("layers") == 1 and options.get("tied") and not options.get("bloom")
        return config.get("model") == cls.name and bool(plain)


def gated(inner: FloatArray, again: FloatArray, before: FloatArray) -> FloatArray:
    """A GRU cell's state (hidden,) after `before`, from what its weights make of what comes in and
    of that state, both (3 hidden,), in the order of torch: reset, update, new."""
    size = len(before)
    reset, update = np.split(_sigmoid(inner[: 2 * size] + again[: 2 * size]), 2)
    new = np.tanh(inner[2 * size :] + reset * again[2 * size :])
    after: FloatArray = (1 - update) * new + update * before
    return after


def _sigmoid(values: FloatArray) -> FloatArray:
    half: FloatArray = np.tanh(values / 2) * np.float32(0.5) + np.float32(0.5)
    return half
