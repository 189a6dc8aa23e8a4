"""How long one step takes when a model serves: observe a song, then rank all songs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from recommender.data.arrays import DoubleArray
from recommender.data.corpus import Corpus
from recommender.models.base import SequenceModel

WARM_UP = 20
TRIES = 3


def step_times(model: SequenceModel[Any], lists: Corpus, steps: int = 300) -> DoubleArray:
    """Milliseconds of each of `steps` steps on one thread, shape (steps,), empty without songs.

    The lists are read one after another, and again from the first if they are too few; the first
    twenty steps are not counted. A step's time is the best of three tries, so that what else the
    machine does is left out.
    """
    lists = lists.recoded(model.vocabulary)
    taken: list[float] = []
    if not lists.plays or not len(model.vocabulary):
        return np.array(taken)
    with one_thread():
        while len(taken) < steps + WARM_UP:
            for songs in lists:
                state = model.start()
                for song in songs[: steps + WARM_UP - len(taken)]:
                    tries = [_step(model, state, int(song)) for _ in range(TRIES)]
                    state = tries[0][1]
                    taken.append(1000 * min(seconds for seconds, _ in tries))
    return np.array(taken[WARM_UP:])


def _step(model: SequenceModel[Any], state: Any, song: int) -> tuple[float, Any]:
    """Seconds that a step takes, and the state after it."""
    began = time.perf_counter()
    after = model.observe(state, song)
    model.log_probabilities(after)
    return time.perf_counter() - began, after


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch, where it is in use, work on one thread."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
