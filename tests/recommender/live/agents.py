"""Agents whose opinion is known, made without a training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recommender.agents.encoding import state_size
from recommender.experts.trained import Trained
from recommender.live.agent_part import TaughtAgent
from recommender.live.agent_record import AgentRecord

DIM = 2


def leaning(
    song_ids: Sequence[int], worth: Callable[[int], float], *, learnt_to: int = 0,
    record: AgentRecord | None = None,
) -> Trained:  # fmt: skip
    """A training whose agent thinks that a song is worth what `worth`, from -1 to 1, says."""
    ids = np.unique(np.array(song_ids, np.int64))
    across = np.array([worth(song_id) for song_id in ids.tolist()], np.float32)
    vectors = np.stack([across, np.sqrt(1 - across**2)], axis=1)
    state = state_size(DIM)
    weights = {
        "actor.0.weight": np.zeros((DIM, state), np.float32),
        "actor.0.bias": np.array([1.0, 0.0], np.float32),
        "critic.0.weight": np.zeros((1, state + DIM), np.float32),
        "critic.0.bias": np.zeros(1, np.float32),
    }
    weights["critic.0.weight"][0, state] = 1.0
    agent = TaughtAgent(weights, ids, vectors, learnt_to, 100, record or AgentRecord.empty())
    return Trained("7", agent=agent)
