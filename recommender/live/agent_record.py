"""How two orders of the list did on the latest plays, each of which they judged before it was
learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import BoolArray, DoubleArray, IndexArray

MOST_PLAYS = 500
FEWEST_PLAYS, FEWEST_SESSIONS = 60, 5
"""Under so many plays, or sessions with both kept and skipped songs, nothing is said."""


@dataclass(frozen=True, slots=True)
class RecordFigures:
    """`agent` and `usual` are the shares of the `pairs` of a kept and a skipped song of the same
    session that each order has the right way round, a tie counting half.

    `low` and `high` hold 95 % of the doubt about `agent` - `usual`; sessions are what is sampled.
    """

    plays: int
    sessions: int
    pairs: int
    agent: float
    usual: float
    low: float
    high: float

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to judge by."""
        return self.plays >= FEWEST_PLAYS and self.sessions >= FEWEST_SESSIONS

    @property
    def is_worse(self) -> bool:
        """Whether the agent's order is worse beyond doubt."""
        return self.is_enough and self.high < 0


@dataclass(frozen=True, eq=False)
class AgentRecord:
    """The latest plays, oldest first, all of shape (plays,): the event, the start of its session
    in s since the epoch, whether the song was kept, and what either order thought of it before."""

    event_ids: IndexArray
    session_s: DoubleArray
    kept: BoolArray
    agent: DoubleArray
    usual: DoubleArray

    @classmethod
    def empty(cls) -> AgentRecord:
        """Before the first play."""
        none = np.zeros(0)
        return cls(np.zeros(0, np.int64), none, np.zeros(0, bool), none, none)

    def __len__(self) -> int:
        return len(self.event_ids)

    def noted(
        self, event_id: int, session_s: float, kept: bool, agent: float, usual: float
    ) -> AgentRecord:
        """With one play more; of more than `MOST_PLAYS` the oldest go."""
        new = (event_id, session_s, kept, agent, usual)
        return AgentRecord(*(
            np.append(getattr(self, field.name), value)[-MOST_PLAYS:].astype(
                getattr(self, field.name).dtype
            )
            for field, value in zip(fields(self), new, strict=True)
        ))  # fmt: skip

    def only(self, event_ids: IndexArray) -> AgentRecord:
        """Without the plays that are not among these events."""
        there = np.isin(self.event_ids, event_ids)
        if there.all():
            return self
        return replace(self, **{f.name: getattr(self, f.name)[there] for f in fields(self)})

    @cached_property
    def figures(self) -> RecordFigures:
        """What the plays say."""
        kept, skipped = np.flatnonzero(self.kept), np.flatnonzero(~self.kept)
        same = self.session_s[kept][:, None] == self.session_s[skipped][None, :]
        left, right = (
            side[places] for side, places in zip((kept, skipped), np.nonzero(same), strict=True)
        )
        sessions, of = np.unique(self.session_s[left], return_inverse=True)
        pairs = _sums(of, np.ones(len(left)), len(sessions))
        rights = [
            _sums(of, _right(order[left] - order[right]), len(sessions))
            for order in (self.agent, self.usual)
        ]
        agent, usual = (float(right.sum() / max(1.0, pairs.sum())) for right in rights)
        reach = _doubt(rights[0] - rights[1], pairs)
        return RecordFigures(
            len(self), len(sessions), len(left), agent, usual,
            agent - usual - reach, agent - usual + reach,
        )  # fmt: skip

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The record as named arrays."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> AgentRecord:
        """The record that `arrays` gave; raises KeyError or ValueError when it does not fit."""
        empty = cls.empty().arrays()
        found = {name: arrays[name].astype(held.dtype) for name, held in empty.items()}
        if len({each.shape for each in found.values()}) != 1:
            raise ValueError("the agent's record has columns of different lengths")
        return cls(**found)


def _right(above: DoubleArray) -> DoubleArray:
    """1 where the kept song stands above the skipped one, half for a tie; of the same shape."""
    result: DoubleArray = (above > 0) + 0.5 * (above == 0)
    return result


def _sums(of: IndexArray, amounts: DoubleArray, count: int) -> DoubleArray:
    sums: DoubleArray = np.bincount(of, amounts, count).astype(np.float64)
    return sums


def _doubt(gains: DoubleArray, pairs: DoubleArray) -> float:
    """Half the 95 % interval of sum(gains) / sum(pairs) over sessions drawn at random.

    The variance is that of a ratio estimated from clusters (Cochran, "Sampling Techniques", 1977,
    section 6.3); Student's quantile is Cornish and Fisher's expansion of the normal one.
    """
    count = len(pairs)
    if count < 2:
        return 1.0
    rest = gains - gains.sum() / pairs.sum() * pairs
    error = math.sqrt(count / (count - 1) * float(rest @ rest)) / float(pairs.sum())
    z, free = 1.959964, count - 1
    quantile = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return quantile * error
