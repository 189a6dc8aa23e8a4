"""The net for what is played to the end is taken only where it foretells new plays better."""

from __future__ import annotations

import numpy as np

from recommender.api import EndReason, Lasting
from recommender.experts.staying import ALIKE
from recommender.experts.trained import Trained
from recommender.live.gate import Split
from recommender.live.staying_part import NOT_TRIED, judged_staying
from recommender.live.trained_store import STAYING, read_trained, write_trained
from recommender.skips.staying_steps import StayingSteps
from tests.recommender.listening import library, play

FINISHED, SKIPPED = EndReason.FINISHED, EndReason.SKIPPED


def net(level: float) -> StayingSteps:
    """One that says the same of every song."""
    shapes = {
        "inner": (6, ALIKE + 1), "again": (6, 2), "bias": (6,), "again_bias": (6,),
        "turn": (ALIKE, 2), "own": (ALIKE,), "now": (2,), "level": (1,),
    }  # fmt: skip
    arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    return StayingSteps({**arrays, "level": np.array([level])})


def split() -> Split:
    """Half of the plays were skipped until now, and of the judged ones none."""
    plays: list[Lasting] = [
        play(turn + 1, 1 + turn % 20, 4.0 * turn, SKIPPED if turn < 60 and turn % 2 else FINISHED)
        for turn in range(90)
    ]
    return Split(plays[:60], plays[60:])


def test_one_that_foretells_better_is_taken_and_says_so() -> None:
    judged = judged_staying(library(20), split(), Trained("", staying=net(0.5)))
    assert judged.taken
    assert judged.plays == 30
    assert judged.words.startswith(" A net helps to foretell what you play to the end: an error")


def test_one_that_foretells_worse_is_left_out_and_says_so() -> None:
    judged = judged_staying(library(20), split(), Trained("", staying=net(-3)))
    assert not judged.taken
    assert judged.words.endswith("; left out.")
    assert f"{judged.with_net:.3f} against {judged.without:.3f}" in judged.words


def test_without_a_net_nothing_is_judged_or_said() -> None:
    assert judged_staying(library(20), split(), Trained("")) == NOT_TRIED
    assert NOT_TRIED.words == ""
    assert not NOT_TRIED.taken


def test_it_is_written_and_read_back(tmp_path) -> None:
    write_trained(tmp_path, Trained("", staying=net(0.5)))
    assert (tmp_path / STAYING).is_file()
    read = read_trained(tmp_path).staying
    assert read is not None
    assert read.weights(read.start())[1] == 0.5
