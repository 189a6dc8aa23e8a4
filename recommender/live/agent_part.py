"""What a training gives to the agent of the live list: where songs lie, its weights, and how it
did on plays that it had not learnt."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from recommender.agents.encoding import state_size
from recommender.data.arrays import FloatArray, IndexArray
from recommender.live.agent_record import AgentRecord

FILE = "agent.safetensors"
_WEIGHTS, _RECORD = "weights.", "record."


@dataclass(frozen=True, eq=False)
class TaughtAgent:
    """`weights` are an actor's and a critic's as `DDPG.arrays` names them.

    `song_ids` (songs,) have the `vectors` (songs, dim), of length 1, between which the agent
    moves. It was taught by the events up to `learnt_to`, `plays` of them plays.
    """

    weights: Mapping[str, FloatArray]
    song_ids: IndexArray
    vectors: FloatArray
    learnt_to: int
    plays: int
    record: AgentRecord

    @property
    def dim(self) -> int:
        """How many numbers a song's vector has."""
        return int(self.vectors.shape[1])

    @cached_property
    def key(self) -> int:
        """A number that another training would hardly have."""
        found = self.learnt_to
        for each in (self.vectors, *(self.weights[name] for name in sorted(self.weights))):
            found = zlib.crc32(np.ascontiguousarray(each).tobytes(), found)
        return found

    def trouble(self) -> str:
        """Why it cannot be used, in words; empty if it can."""
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.song_ids):
            return "its songs and their vectors do not fit each other"
        first = self.weights.get("actor.0.weight")
        if first is None or first.shape[-1] != state_size(self.dim):
            return "it was taught to see sessions in another way"
        return "" if np.isfinite(self.vectors).all() else "its songs' vectors are no numbers"

    def save(self, folder: Path) -> None:
        """Write `agent.safetensors`; raises OSError."""
        named = {
            "song_ids": self.song_ids,
            "vectors": self.vectors,
            "counts": np.array([self.learnt_to, self.plays], np.int64),
            **{f"{_WEIGHTS}{name}": each for name, each in self.weights.items()},
            **{f"{_RECORD}{name}": each for name, each in self.record.arrays().items()},
        }
        save_file({name: np.ascontiguousarray(each) for name, each in named.items()},
                  folder / FILE)  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> TaughtAgent:
        """Read what `save` wrote; raises OSError, KeyError, ValueError or SafetensorError."""
        arrays = load_file(folder / FILE)
        learnt_to, plays = (int(count) for count in arrays["counts"])
        return cls(
            {name.removeprefix(_WEIGHTS): each for name, each in arrays.items()
             if name.startswith(_WEIGHTS)},
            arrays["song_ids"].astype(np.int64), arrays["vectors"].astype(np.float32),
            learnt_to, plays,
            AgentRecord.of({name.removeprefix(_RECORD): each for name, each in arrays.items()
                            if name.startswith(_RECORD)}),
        )  # fmt: skip
