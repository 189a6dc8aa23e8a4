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


def step_times(model: SequenceModel[Any], lists: Corpus, steps: int = 300) -> DoubleArray:
    """Milliseconds of each of `steps` steps on one thread, shape (steps,), empty without songs.

    The lists are read one after another, and again from the first if they are too few; the first
    twenty steps are not counted.
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
                    began = time.perf_counter()
                    state = model.observe(state, int(song))
                    model.log_probabilities(state)
                    taken.append(1000 * (time.perf_counter() - began))
    return np.array(taken[WARM_UP:])


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
