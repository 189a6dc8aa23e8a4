"""The memory nets are what they claim: what an LSTM of their size cannot do, they learn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from recommender.evaluation.tasks import (
    CopyTask,
    RecallTask,
    TaskTraining,
    bits_right,
    equal_parameters,
    learn,
    parameters_of,
    recalled,
)
from recommender.models.lstm import LSTMCore
from recommender.models.mann import MANNCore
from recommender.models.memory import MemoryCore, MemoryOptions
from recommender.models.net import Core
from recommender.models.ntm import NTMCore
from recommender.models.ntm_lrua import HybridCore

COPY = CopyTask(bits=5, longest=8)
COPYING = TaskTraining(steps=600, batch=16, lr=1e-2)
NTM = MemoryOptions(hidden=32, slots=20, width=10, heads=1)

RECALL = RecallTask(classes=3, dim=6, presentations=5)
RECALLING = TaskTraining(steps=600, batch=32, lr=1e-2)
ONE_SHOT = MemoryOptions(hidden=32, slots=16, width=12, heads=1)

trains = pytest.mark.timeout(400)
"""Half a minute on a core of its own, minutes on one that is shared."""


def lstm_like(core: Core, inputs: int) -> Callable[[], Core]:
    """Makes an LSTM with as many parameters as the core, or the next more."""

    def make(hidden: int) -> Core:
        return LSTMCore(inputs, hidden, 1, 0.0)

    hidden = equal_parameters(make, parameters_of(core))
    if parameters_of(make(hidden)) < parameters_of(core):
        hidden += 1
    return lambda: make(hidden)


@trains
def test_the_ntm_copies_sequences_it_never_saw_and_an_lstm_of_its_size_does_not() -> None:
    ntm = learn(lambda: NTMCore(COPY.inputs, NTM), COPY, COPYING)
    lstm = learn(lstm_like(ntm.core, COPY.inputs), COPY, COPYING)
    assert bits_right(ntm, COPY, COPY.longest) >= 0.99
    assert bits_right(ntm, COPY, 2 * COPY.longest) > 0.8
    assert bits_right(lstm, COPY, COPY.longest) < 0.8


@trains
@pytest.mark.parametrize("kind", [MANNCore, HybridCore])
def test_one_presentation_is_enough_for_a_memory_and_not_for_an_lstm_of_its_size(
    kind: type[MemoryCore],
) -> None:
    net = learn(lambda: kind(RECALL.inputs, ONE_SHOT), RECALL, RECALLING)
    lstm = learn(lstm_like(net.core, RECALL.inputs), RECALL, RECALLING)
    with_memory, without = recalled(net, RECALL), recalled(lstm, RECALL)
    assert with_memory[1] > without[1] + 0.15
    assert with_memory[4] > without[4] + 0.15
    assert with_memory[1] > 0.75
    assert with_memory[0] < 0.65  # a name never told can only be guessed among those left


def test_what_is_to_be_copied_is_said_after_the_mark_without_being_shown_again() -> None:
    inputs, bits = COPY.of_length(4, 3, torch.Generator().manual_seed(1))
    assert inputs.shape == (3, 9, 6)
    assert torch.equal(inputs[:, :4, :5], bits)
    assert inputs[:, :, 5].tolist() == [[0, 0, 0, 0, 1, 0, 0, 0, 0]] * 3
    assert not inputs[:, 5:].any()


def test_an_episode_tells_each_name_a_step_later_and_shows_each_class_equally_often() -> None:
    inputs, names = RECALL.batch(50, torch.Generator().manual_seed(1))
    told = inputs[:, :, RECALL.dim :]
    assert not told[:, 0].any()
    assert torch.equal(told[:, 1:].argmax(-1), names[:, :-1])
    for name in range(RECALL.classes):
        assert ((names == name).sum(1) == RECALL.presentations).all()


def test_names_are_dealt_anew_in_each_episode_to_classes_far_apart() -> None:
    task = RecallTask(classes=2, dim=50, presentations=2, noise=0.01)
    inputs, names = task.batch(40, torch.Generator().manual_seed(1))
    items = inputs[:, :, :50]
    apart = torch.cdist(items, items)
    same = names.unsqueeze(1) == names.unsqueeze(2)
    assert (apart[same] < 1).all()
    assert (apart[~same] > 3).all()
    assert 5 < (names[:, 0] == 0).sum() < 35


def test_the_same_seed_trains_the_same_net() -> None:
    training = TaskTraining(steps=3, batch=2, seed=5)
    one, two = (learn(lambda: NTMCore(COPY.inputs, NTM), COPY, training) for _ in range(2))
    assert all(torch.equal(*pair) for pair in zip(one.parameters(), two.parameters(), strict=True))


@pytest.mark.parametrize("wanted", [30, 5_000, 161_600])
def test_equal_parameters_finds_the_nearest_size(wanted: int) -> None:
    def size(hidden: int) -> int:
        return parameters_of(LSTMCore(7, hidden, 1, 0.0))

    hidden = equal_parameters(lambda hidden: LSTMCore(7, hidden, 1, 0.0), wanted)
    distance = abs(size(hidden) - wanted)
    assert distance <= abs(size(hidden + 1) - wanted)
    assert hidden == 1 or distance <= abs(size(hidden - 1) - wanted)
