"""Teaching the agent by a listener's own plays, as if it had chosen the songs itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.agents.encoding import state_size
from recommender.agents.errors import AgentError
from recommender.api import AGENT_PLAYS, AGENT_SKIPS, Reaction
from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.data.history import History
from recommender.experts.trained import Trained
from recommender.live.agent_part import TaughtAgent
from recommender.live.agent_record import AgentRecord
from recommender.live.agent_session import DISCOUNT, heard_in, reward_of, states_of
from recommender.simulation.crowd import Heard
from recommender.vectors.song_vectors import SongVectors

log = logging.getLogger(__name__)

DIM = 16
"""So many numbers of a song come from each kind of vectors."""

LATEST_PLAYS = 20_000
SAMPLE = 5_000
BATCH, ROUNDS, MOST_STEPS, STEPS_AT_ONCE = 128, 15, 3_000, 100
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Lessons:
    """Plays as transitions: `states` and `next_states` (plays, state), `actions` (plays, dim),
    `rewards` and `ended` (plays,)."""

    states: FloatArray
    actions: FloatArray
    rewards: FloatArray
    next_states: FloatArray
    ended: BoolArray

    def __len__(self) -> int:
        return len(self.rewards)


def taught_agent(
    history: History, reactions: Sequence[Reaction], trained: Trained, learnt_to: int, seed: int,
    tell: Callable[[float], None],
) -> TaughtAgent | None:  # fmt: skip
    """An actor and a critic taught by the plays of the log, over the vectors of `trained`.

    None where there are no vectors, or too few plays or skips. `tell` is given the share that is
    done, and may break off by raising.
    """
    ids, vectors = song_space(trained, [song.song_id for song in history.catalogue.songs])
    heard = heard_in(history, reactions, 0)
    skips = int(np.count_nonzero(heard == Heard.SKIPPED))
    if not len(ids) or history.size < AGENT_PLAYS or skips < AGENT_SKIPS:
        return None
    index_of = history.catalogue.index_of
    by_song = np.zeros((len(history.catalogue), vectors.shape[1]), np.float32)
    by_song[[index_of[song_id] for song_id in ids.tolist()]] = vectors
    lessons = lessons_of(history, heard, by_song)
    if len(lessons) < AGENT_PLAYS:
        return None
    try:
        weights = _learnt(lessons, vectors.shape[1], seed, tell)
    except AgentError as problem:
        log.warning("There is no agent this time: %s", problem)
        return None
    return TaughtAgent(weights, ids, vectors, learnt_to, len(lessons), AgentRecord.empty())


def song_space(trained: Trained, song_ids: Sequence[int]) -> tuple[IndexArray, FloatArray]:
    """The songs of which anything is known, (songs,), and where they lie, (songs, dim).

    Rows have length 1. Each kind of vectors gives its `DIM` main axes: what goes
    together in sessions, what is written of the songs, how they sound. A song has zeros for a kind
    that does not know it.
    """
    kinds: list[SongVectors] = []
    if trained.factors is not None:
        kinds.append(SongVectors(trained.factors.ids, trained.factors.vectors))
    if trained.text is not None:
        kinds.append(trained.text.songs)
    if trained.sound is not None:
        kinds.append(trained.sound.songs)
    ids = np.unique(np.array(song_ids, np.int64))
    blocks = [_main_axes(kind.vectors(ids)) for kind in kinds if len(ids)]
    if not blocks:
        return ids[:0], np.zeros((0, DIM), np.float32)
    joined = _of_length_1(np.concatenate(blocks, axis=1))
    known = joined.any(axis=1)
    return ids[known], joined[known]


def lessons_of(history: History, heard: NDArray[np.int8], vectors: FloatArray) -> Lessons:
    """The latest plays as transitions; those of songs without a vector, (songs, dim), are left
    out."""
    first = max(0, history.size - LATEST_PLAYS)
    turns = np.arange(first, history.size)
    turns = turns[vectors[history.song[turns]].any(axis=1)]
    starts, ends = history.session_bounds(turns.astype(np.int32))

    def encoded(until: IndexArray) -> FloatArray:
        """A part at a time, so that many plays take little room."""
        cuts = [slice(at, at + AT_ONCE) for at in range(0, max(1, len(turns)), AT_ONCE)]
        return np.concatenate([
            states_of(history.song, heard, starts[cut], until[cut], lambda songs: vectors[songs])
            for cut in cuts
        ])  # fmt: skip

    return Lessons(
        encoded(turns), vectors[history.song[turns]], reward_of(heard[turns]), encoded(turns + 1),
        turns + 1 == ends,
    )  # fmt: skip


def _learnt(
    lessons: Lessons, dim: int, seed: int, tell: Callable[[float], None]
) -> dict[str, FloatArray]:
    """The weights of an agent that has gone over the lessons; raises AgentError."""
    import torch

    from recommender.agents.ddpg import DDPG, DDPGSettings

    agent = DDPG(DDPGSettings(
        state_size(dim), dim, unit=True, discount=DISCOUNT, batch=min(BATCH, len(lessons)),
        capacity=len(lessons), warmup=0, follow=0.02, twin=True, smoothing=0.1, actor_every=2,
        seed=seed,
    ))  # fmt: skip
    agent.remember(
        lessons.states, lessons.actions, lessons.rewards, lessons.next_states, lessons.ended
    )
    steps = min(MOST_STEPS, ROUNDS * -(-len(lessons) // BATCH) + STEPS_AT_ONCE)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other: the networks are small
    try:
        for done in range(0, steps, STEPS_AT_ONCE):
            tell(done / steps)
            agent.learn(min(STEPS_AT_ONCE, steps - done))
    finally:
        torch.set_num_threads(threads)
    kept = ("actor.", "critic.")
    return {name: each for name, each in agent.arrays().items() if name.startswith(kept)}


def _main_axes(matrix: FloatArray) -> FloatArray:
    """The rows along their `DIM` main axes, of length 1, (songs, DIM); zero rows stay zero."""
    known = np.flatnonzero(matrix.any(axis=1))
    found = np.zeros((len(matrix), DIM), np.float32)
    if len(known) > 1:
        rows = _of_length_1(matrix[known])
        rows -= rows.mean(axis=0)
        sample = rows[:: max(1, len(rows) // SAMPLE)]
        _, _, axes = np.linalg.svd(sample, full_matrices=False)
        axes = axes[:DIM]
        axes *= np.sign(axes.sum(axis=1, keepdims=True) + 1e-12)
        found[known, : len(axes)] = _of_length_1(rows @ axes.T)
    return found


def _of_length_1(matrix: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    result: FloatArray = (matrix / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result
