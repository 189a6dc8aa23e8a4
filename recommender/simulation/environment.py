"""Listeners as an environment of gymnasium: a session is an episode, a song or a slate an action.

A slate as an action follows Zhao et al., "Deep reinforcement learning for list-wise
recommendations", 2017 (arXiv:1801.00209).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from recommender.data.arrays import BoolArray, DoubleArray, IndexArray
from recommender.simulation.crowd import Crowd, Heard, Outcome, Rewards, SimulationError
from recommender.simulation.sessions import SEEN, Sessions

Observation = dict[str, NDArray[Any]]
"""`songs` int64 and `heard` int8, as in `Sessions`: (SEEN,) of one listener, (n, SEEN) of n."""


class ListeningVectorEnv(VectorEnv[Observation, IndexArray, NDArray[Any]]):
    """A crowd's listeners side by side, each of whom is played one song, or a slate, a step.

    An episode is a session. It begins with a song that the listener put on and finished, shown in
    the first observation. A slate's songs are played one after another, until the listener leaves
    or the session has `most` songs, its first one counted; the rest of the slate is not played.
    The reward is the sum over the songs played; `terminated` says that the listener left,
    `truncated` that they would have stayed. The next session begins in the same step
    (AutoresetMode.SAME_STEP). Same seed and same actions, same run.

    Actions are int64 (n, slate), or (n,) where a slate is one song. `info` of a step holds
    `heard` int8 (n, slate), what became of each song as `Heard`, NOTHING for those not played;
    `final_obs`, each listener's observation before another one took the place (for the others it
    is the observation itself); and `returns` (n,) and `lengths` (n,), the rewards added up and
    the songs of the sessions so far. `_final_obs`, `_returns` and `_lengths` (n,) say where a
    session ended. Raises SimulationError for what cannot be played or paid.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}  # noqa: RUF012

    def __init__(
        self, crowd: Crowd, *, slate: int = 1, most: int = 20,
        rewards: Rewards | None = None, seed: int | None = 0,
    ) -> None:  # fmt: skip
        self._check_sizes(crowd, slate, most)
        self.crowd, self.slate, self.most = crowd, slate, most
        self.rewards = rewards or Rewards()
        self.num_envs, self.songs = crowd.size, len(crowd.vectors)
        self.single_observation_space = observation_space(self.songs)
        self.single_action_space = action_space(self.songs, slate)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._first_seed = seed
        self._began = False

    @staticmethod
    def _check_sizes(crowd: Crowd, slate: int, most: int) -> None:
        if crowd.size < 1 or len(crowd.vectors) < 1:
            raise SimulationError("An environment needs at least one listener and one song.")
        if slate < 1:
            raise SimulationError(f"A slate of {slate} songs cannot be played; ask for 1 or more.")
        if most < 2:
            raise SimulationError(f"Sessions of at most {most} songs leave none to choose; "
                                  "allow 2 or more.")  # fmt: skip

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """All sessions begin anew; without a seed the random numbers go on where they were."""
        super().reset(seed=self._first_seed if seed is None else seed)
        self._first_seed = None
        blank = Sessions.none_yet(self.num_envs)
        self._songs, self._heard = blank.songs, blank.heard
        self._lengths = np.zeros(self.num_envs, np.int64)
        self._returns = np.zeros(self.num_envs)
        self._begin(np.ones(self.num_envs, np.bool_))
        self._began = True
        return self._observation(), {}

    def step(
        self, actions: IndexArray
    ) -> tuple[Observation, DoubleArray, BoolArray, BoolArray, dict[str, Any]]:
        """Play each listener what was chosen for them, of shape (n,) or (n, slate)."""
        if not self._began:
            raise SimulationError("No session has begun; call reset before the first step.")
        heard, rewards, left = self._play(self._checked(actions))
        self._returns += rewards
        truncated: BoolArray = ~left & (self._lengths >= self.most)
        ended = left | truncated
        final = self._observation()
        info = {
            "heard": heard, "final_obs": final, "_final_obs": ended,
            "returns": self._returns.copy(), "_returns": ended.copy(),
            "lengths": self._lengths.copy(), "_lengths": ended.copy(),
        }  # fmt: skip
        if ended.any():
            self._begin(ended)
        return self._observation(), rewards, left, truncated, info

    def _play(self, slates: IndexArray) -> tuple[NDArray[np.int8], DoubleArray, BoolArray]:
        """What became of the songs (n, slate), what they brought (n,) and who left (n,)."""
        heard = np.zeros(slates.shape, np.int8)
        rewards, left = np.zeros(self.num_envs), np.zeros(self.num_envs, np.bool_)
        for place in range(self.slate):
            active = ~left & (self._lengths < self.most)
            if not active.any():
                break
            songs = np.ascontiguousarray(slates[:, place])
            outcome = self.crowd.hear(songs, active, self.np_random)
            heard[:, place] = _as_heard(outcome, active)
            rewards += np.where(active, self.rewards.of(outcome), 0.0)
            left |= active & outcome.left
            self._append(active, songs, heard[:, place])
        if not np.isfinite(rewards).all():
            raise SimulationError("A reward grew beyond all numbers; make the rewards smaller.")
        return heard, rewards, left

    def _begin(self, which: BoolArray) -> None:
        """Other listeners take these places (n,), each with the song that they put on."""
        self._songs[which], self._heard[which] = -1, Heard.NOTHING
        self._songs[which, -1] = self.crowd.begin(which, self.np_random)
        self._heard[which, -1] = Heard.FINISHED
        self._lengths[which], self._returns[which] = 1, 0.0

    def _append(self, active: BoolArray, songs: IndexArray, heard: NDArray[np.int8]) -> None:
        """Put a song (n,) and what became of it at the end of the active sessions."""
        for rows, new in ((self._songs, songs), (self._heard, heard)):
            where = slice(None) if active.all() else active
            rows[where, :-1] = rows[where, 1:]
            rows[where, -1] = new[where]
        self._lengths += active

    def _checked(self, actions: IndexArray) -> IndexArray:
        """The actions as slates, (n, slate) int64."""
        given = np.asarray(actions)
        if given.dtype.kind not in "iu":
            raise SimulationError("An action is the number of a song; give whole numbers, "
                                  f"not {given.dtype}.")  # fmt: skip
        wanted = (self.num_envs, self.slate)
        if given.shape != wanted and (self.slate > 1 or given.shape != wanted[:1]):
            raise SimulationError(f"Actions of shape {given.shape} do not fit {wanted[0]} "
                                  f"listeners and slates of {wanted[1]}.")  # fmt: skip
        wrong = (given < 0) | (given >= self.songs)
        if wrong.any():
            raise SimulationError(f"There is no song {given[wrong][0]}; the catalogue has songs "
                                  f"0 to {self.songs - 1}.")  # fmt: skip
        return given.astype(np.int64).reshape(wanted)

    def _observation(self) -> Observation:
        return {"songs": self._songs.copy(), "heard": self._heard.copy()}


def observation_space(songs: int) -> spaces.Dict:
    """What is seen of one session over a catalogue of `songs`."""
    return spaces.Dict({
        "songs": spaces.Box(-1, songs - 1, (SEEN,), np.int64),
        "heard": spaces.Box(0, max(Heard), (SEEN,), np.int8),
    })  # fmt: skip


def action_space(songs: int, slate: int) -> spaces.Discrete[np.int64] | spaces.MultiDiscrete:
    """One song of `songs`, or a slate of them."""
    return spaces.Discrete(songs) if slate == 1 else spaces.MultiDiscrete([songs] * slate)


def sessions_of(observation: Observation) -> Sessions:
    """An observation of listeners side by side, or of one, as a policy takes it."""
    return Sessions(np.atleast_2d(observation["songs"]), np.atleast_2d(observation["heard"]))


def _as_heard(outcome: Outcome, active: BoolArray) -> NDArray[np.int8]:
    """An outcome as `Heard`, NOTHING for those who are not active; shape (n,)."""
    heard = np.where(outcome.finished, Heard.FINISHED, Heard.SKIPPED)
    heard = np.where(outcome.finished & outcome.liked, Heard.LIKED, heard)
    return np.where(active, heard, Heard.NOTHING).astype(np.int8)
