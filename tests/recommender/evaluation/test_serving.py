"""Step times."""

from __future__ import annotations

import time

import torch

from recommender.data.arrays import FloatArray
from recommender.data.corpus import corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.evaluation.serving import TRIES, WARM_UP, step_times
from tests.recommender.evaluation.toy import Written

TWO = Vocabulary(["a", "b"])
LISTS = corpus_of([[0, 1, 0], [], [1]], TWO)


class Watched(Written):
    """Notes what it is asked, and takes 2 ms to rank."""

    def __init__(self) -> None:
        super().__init__(TWO, [[0.5, 0.5]] * 3)
        self.heard: list[int] = []
        self.threads: set[int] = set()

    def observe(self, state: int, song: int, feedback: int = 0) -> int:
        self.heard.append(song)
        self.threads.add(torch.get_num_threads())
        return song

    def log_probabilities(self, state: int) -> FloatArray:
        time.sleep(0.002)
        return super().log_probabilities(state)


def test_each_step_is_timed_and_the_first_ones_are_not_counted() -> None:
    model = Watched()
    times = step_times(model, LISTS, steps=7)
    assert times.shape == (7,)
    assert times.min() >= 2
    assert model.heard[::TRIES] == ([0, 1, 0, 1] * 7)[: WARM_UP + 7]


def test_a_slow_moment_of_the_machine_is_left_out() -> None:
    class Disturbed(Watched):
        def log_probabilities(self, state: int) -> FloatArray:
            if len(self.heard) % TRIES == 0:
                time.sleep(0.05)
            return super().log_probabilities(state)

    assert step_times(Disturbed(), LISTS, steps=4).max() < 50


def test_steps_are_served_on_one_thread_and_the_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        model = Watched()
        step_times(model, LISTS, steps=3)
        assert model.threads == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_without_songs_there_is_nothing_to_time() -> None:
    assert len(step_times(Watched(), corpus_of([[], []], TWO))) == 0
