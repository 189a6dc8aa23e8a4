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
        first = max(0, len(self) + 1 - MOST_PLAYS)
        noted = AgentRecord(*(
            np.append(held[first:], np.array(value, held.dtype))
            for held, value in zip(self.arrays().values(), new, strict=True)
        ))  # fmt: skip
        counted = dict(self._counted)
        for changed in {session_s, *self.session_s[:first].tolist()}:
            counted[changed] = noted._of_session(changed)
        noted.__dict__["_counted"] = counted  # as good as counting anew, and sooner done
        return noted

    def only(self, event_ids: IndexArray) -> AgentRecord:
        """Without the plays that are not among these events."""
        there = np.isin(self.event_ids, event_ids)
        if there.all():
            return self
        return replace(self, **{f.name: getattr(self, f.name)[there] for f in fields(self)})

    @cached_property
    def figures(self) -> RecordFigures:
        """What the plays say."""
        counts = np.array([each for each in self._counted.values() if each[0]]).reshape(-1, 3)
        pairs, rights = counts[:, 0], counts[:, 1:].T
        total = float(pairs.sum())
        agent, usual = (float(right.sum()) / max(1.0, total) for right in rights)
        reach = _doubt(rights[0] - rights[1], pairs)
        return RecordFigures(
            len(self), len(pairs), int(total), agent, usual,
            agent - usual - reach, agent - usual + reach,
        )  # fmt: skip

    @cached_property
    def _counted(self) -> dict[float, tuple[int, float, float]]:
        """`_of_session` of each session."""
        return {each: self._of_session(each) for each in np.unique(self.session_s).tolist()}

    def _of_session(self, session_s: float) -> tuple[int, float, float]:
        """A session's pairs, and how many of them the agent and the usual ranking have right."""
        same = self.session_s == session_s
        kept, skipped = np.flatnonzero(same & self.kept), np.flatnonzero(same & ~self.kept)
        agent, usual = (_right(o[kept][:, None] - o[skipped]) for o in (self.agent, self.usual))
        return len(kept) * len(skipped), agent, usual

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


def _right(above: DoubleArray) -> float:
    """In how many pairs the kept song stands above the skipped one, half for a tie."""
    return float(np.count_nonzero(above > 0) + np.count_nonzero(above == 0) / 2)


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
