"""One listener as an environment of gymnasium, for whatever wants an ordinary one."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import IndexArray
from recommender.simulation.crowd import Crowd, Rewards, SimulationError
from recommender.simulation.environment import ListeningVectorEnv, Observation
from recommender.simulation.written import LOGGED, WrittenCrowd

ID = "segue/Listening-v0"


class ListeningEnv(gymnasium.Env[Observation, "np.int64 | IndexArray"]):
    """`ListeningVectorEnv` for a crowd of one, without another session beginning by itself.

    The action is a song, or a slate of shape (slate,); the observation is that of one listener.
    `info` holds `heard` int8 (slate,), and the session's `return` and `length` in songs so far.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(
        self, crowd: Crowd, *, slate: int = 1, most: int = 20,
        rewards: Rewards | None = None, seed: int | None = 0,
    ) -> None:  # fmt: skip
        if crowd.size != 1:
            raise SimulationError(f"This environment is for one listener, not {crowd.size}; "
                                  "take ListeningVectorEnv for more.")  # fmt: skip
        self._all = ListeningVectorEnv(crowd, slate=slate, most=most, rewards=rewards, seed=None)
        self.observation_space = self._all.single_observation_space
        self.action_space = self._all.single_action_space
        self._first_seed = seed
        self._running = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Another listener begins; without a seed the random numbers go on where they were."""
        super().reset(seed=self._first_seed if seed is None else seed)
        self._first_seed = None
        self._all.np_random = self.np_random
        observation, info = self._all.reset()
        self._running = True
        return _only(observation), info

    def step(
        self, action: np.int64 | IndexArray
    ) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Play a song, or a slate of them, to the listener."""
        if not self._running:
            raise SimulationError("The session is over, or none has begun; call reset first.")
        _, reward, left, truncated, info = self._all.step(np.asarray(action)[None])
        self._running = not (left[0] or truncated[0])
        told = {"heard": info["heard"][0].copy(), "return": float(info["returns"][0]),
                "length": int(info["lengths"][0])}  # fmt: skip
        final = _only(info["final_obs"])
        return final, float(reward[0]), bool(left[0]), bool(truncated[0]), told


def listening_env(
    *, songs: int = 10_000, sessions: int = LOGGED, crowd_seed: int = 0, **options: Any
) -> ListeningEnv:
    """One listener who is written down, over a made-up catalogue of `songs`, where `sessions` of
    others are known; `options` are those of `ListeningEnv`."""
    crowd = WrittenCrowd(1, songs=songs, sessions=sessions, seed=crowd_seed)
    return ListeningEnv(crowd, **options)


def register() -> None:
    """Let `gymnasium.make("segue/Listening-v0")` make a `listening_env`; twice does no harm."""
    if ID not in gymnasium.registry:
        gymnasium.register(ID, entry_point=f"{__name__}:listening_env")


def _only(observation: Observation) -> dict[str, NDArray[Any]]:
    return {name: rows[0].copy() for name, rows in observation.items()}
