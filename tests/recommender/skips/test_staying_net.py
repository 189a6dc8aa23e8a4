"""The net that reads a session with what became of its songs: it learns, and is read alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recommender.experts.staying import Lessons
from recommender.skips.staying_net import FEWEST, StayingNet, fit_staying
from recommender.skips.staying_steps import StayingSteps


def alternating(plays: int = 900, dim: int = 3) -> Lessons:
    """Who skips every second song of a session, whatever it is."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(plays, dim)).astype(np.float32)
    session = (np.arange(plays) // 15).astype(np.int32)
    finished = (np.arange(plays) % 15 + session) % 2 == 0
    return Lessons(features, finished, np.zeros(plays), session)


def test_it_learns_what_the_plain_odds_leave_over() -> None:
    lessons = alternating()
    net = fit_staying(lessons)
    assert net is not None
    state, right = net.start(), 0
    for place in range(885, 900):
        weights, level = net.weights(state)
        odds = float(weights @ lessons.features[place]) + level
        right += place > 885 and (odds > 0) == lessons.finished[place]
        state = net.observe(state, lessons.features[place], bool(lessons.finished[place]))
    assert right >= 12


def test_too_few_plays_and_plays_all_alike_teach_no_net() -> None:
    lessons = alternating()
    few = Lessons(*(each[: FEWEST - 1] for each in lessons))
    assert fit_staying(few) is None
    assert fit_staying(lessons._replace(finished=np.ones(900, bool))) is None
    assert fit_staying(lessons._replace(session=np.zeros(900, np.int32))) is not None


def test_numpy_reads_what_torch_has_learnt() -> None:
    torch.manual_seed(0)
    net = StayingNet(3, 4)
    for each in net.parameters():
        torch.nn.init.normal_(each, std=0.5)
    features = torch.randn(1, 6, 3)
    finished = torch.tensor([[1.0, 0.0, 0.0, 1.0, 1.0, 0.0]])
    with torch.no_grad():
        added = net(features, finished)[0].numpy()
    steps = net.steps()
    state, found = steps.start(), []
    for place in range(6):
        weights, level = steps.weights(state)
        found.append(float(weights @ features[0, place].numpy()) + level)
        state = steps.observe(state, features[0, place].numpy(), bool(finished[0, place]))
    np.testing.assert_allclose(found, added, atol=1e-5)


def test_the_same_lessons_give_the_same_net() -> None:
    first, second = fit_staying(alternating(600)), fit_staying(alternating(600))
    assert first is not None
    assert second is not None
    for name, array in first.arrays().items():
        assert np.array_equal(array, second.arrays()[name])


def test_arrays_that_do_not_fit_are_refused() -> None:
    arrays = StayingNet(3, 4).steps().arrays()
    with pytest.raises(KeyError):
        StayingSteps({name: each for name, each in arrays.items() if name != "own"})
    with pytest.raises(ValueError, match="own"):
        StayingSteps({**arrays, "own": np.zeros(7)})
    with pytest.raises(ValueError, match="level"):
        StayingSteps({**arrays, "level": np.array([np.nan])})
