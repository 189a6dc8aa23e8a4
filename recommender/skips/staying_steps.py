"""A fitted net for the chance that a song is played to the end, read step by step with numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import FloatArray
from recommender.models.gru_steps import gated

WEIGHTS = ("inner", "again", "bias", "again_bias", "turn", "own", "now", "level")
"""The arrays of a net with `dim` features and `hidden` cells: `inner` (3 hidden, dim + 1), `again`
(3 hidden, hidden), `bias` and `again_bias` (3 hidden,), `turn` (dim, hidden), `own` (dim,), `now`
(hidden,), `level` (1,)."""


class StayingSteps:
    """Reads a session's songs with what became of them, and weighs the features of the next song.

    What it gives is added to the log-odds of another model: a net that has learnt nothing gives
    zeros. Raises KeyError or ValueError for arrays that do not fit together.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        held: dict[str, FloatArray] = {
            name: np.asarray(arrays[name], np.float32) for name in WEIGHTS
        }
        self._held = held
        self.dim, self.hidden = held["turn"].shape
        hidden = self.hidden
        shapes = (
            (3 * hidden, self.dim + 1), (3 * hidden, hidden), (3 * hidden,), (3 * hidden,),
            (self.dim, hidden), (self.dim,), (hidden,), (1,),
        )  # fmt: skip
        for name, shape in zip(WEIGHTS, shapes, strict=True):
            if held[name].shape != shape or not np.isfinite(held[name]).all():
                raise ValueError(f"{name} is not of finite numbers of shape {shape}")

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What it was made of."""
        return dict(self._held)

    def start(self) -> FloatArray:
        """The state before the first song of a session, shape (hidden,)."""
        return np.zeros(self.hidden, np.float32)

    def observe(self, state: FloatArray, features: FloatArray, finished: bool) -> FloatArray:
        """The state after a song with these features (dim,) that was finished or skipped."""
        held = self._held
        inner = held["inner"][:, :-1] @ features + held["bias"]
        inner += held["inner"][:, -1] * np.float32(1 if finished else -1)
        again = held["again"] @ state + held["again_bias"]
        return gated(inner, again, state)

    def weights(self, state: FloatArray) -> tuple[FloatArray, float]:
        """What each feature of the next song weighs now, shape (dim,), and what stands beside."""
        held = self._held
        own: FloatArray = held["turn"] @ state + held["own"]
        return own, float(held["now"] @ state + held["level"][0])
