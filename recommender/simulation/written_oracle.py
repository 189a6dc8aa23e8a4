"""How far one could get with written listeners if one could look into their heads."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import DoubleArray, IndexArray
from recommender.simulation.crowd import Rewards
from recommender.simulation.sessions import Sessions, not_heard
from recommender.simulation.written import WrittenCrowd

CANDIDATES = 400


class Oracle:
    """Chooses the songs whose own reward is the highest by the listeners' hidden chances.

    It looks at the CANDIDATES songs that fit mood and quality best and not beyond the next song,
    so a bound for what can be reached by knowing people, but not a proven one. `sessions` must be
    those of the crowd, row by row, as they are now.
    """

    name = "oracle"

    def __init__(self, crowd: WrittenCrowd, rewards: Rewards | None = None) -> None:
        self._crowd, self._rewards = crowd, rewards or Rewards()

    def choose(self, sessions: Sessions, slate: int, rng: np.random.Generator) -> IndexArray:
        """The best songs for each listener, shape (listeners, slate)."""
        songs = self._fitting()
        worth = np.where(not_heard(sessions, songs), self._worth(songs), -np.inf)
        best = np.argsort(-worth, axis=1, kind="stable")[:, :slate]
        return np.take_along_axis(songs, best, axis=1)

    def _fitting(self) -> IndexArray:
        hidden = self._crowd.hidden
        rules, world = hidden.rules, hidden.world
        fit = np.exp((hidden.mood @ world.places.T - 1) / rules.width)
        first = -(rules.mood * fit + rules.quality * world.quality)
        count = min(CANDIDATES, len(world) - 1)
        result: IndexArray = np.argpartition(first, count, axis=1)[:, :count]
        return result

    def _worth(self, songs: IndexArray) -> DoubleArray:
        """What each of `songs` (listeners, n) is expected to bring by itself."""
        pay, everybody = self._rewards, np.arange(len(songs))
        finish, like, leaves_so, leaves_after_skip = self._crowd.hidden.chances(songs, everybody)
        good = pay.finish + pay.like * like + pay.leave * leaves_so[:, None]
        bad = pay.skip + pay.leave * leaves_after_skip[:, None]
        return finish * good + (1 - finish) * bad
