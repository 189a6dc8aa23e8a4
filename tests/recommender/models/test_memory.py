"""Addressing by hand: each step on weights whose answer can be seen."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from recommender.models.base import OptionError, options_from
from recommender.models.mann import MANNCore
from recommender.models.memory import (
    ADDRESS,
    MemoryCore,
    MemoryOptions,
    addressed,
    content,
    first_usage,
    least_used,
    lrua,
    sharpened,
    shifted,
    used,
    written_over,
)
from recommender.models.ntm import NTMCore
from recommender.models.ntm_lrua import HybridCore

SMALL = MemoryOptions(dim=5, hidden=6, slots=7, width=4, heads=2)
CORES = (NTMCore, MANNCore, HybridCore)
every_core = pytest.mark.parametrize("kind", CORES)


def one_head(*weights: float) -> Tensor:
    return torch.tensor([[weights]])


def test_content_finds_the_row_most_like_the_key_whatever_its_length() -> None:
    memory = torch.tensor([[[9.0, 0.0], [0.0, 0.1], [-1.0, 0.0]]])
    keys = torch.tensor([[[0.0, 3.0], [1.0, 0.0]]])
    weights = content(memory, keys, torch.full((1, 2, 1), 50.0))
    assert weights.argmax(-1).tolist() == [[1, 0]]
    assert (weights.amax(-1) > 0.99).all()


def test_content_is_the_softmax_of_cosine_times_strength() -> None:
    memory, keys, strength = torch.randn(3, 5, 4), torch.randn(3, 2, 4), torch.rand(3, 2, 1) * 4
    cosine = torch.cosine_similarity(keys.unsqueeze(2), memory.unsqueeze(1), dim=-1)
    expected = (strength * cosine).softmax(-1)
    torch.testing.assert_close(content(memory, keys, strength), expected, rtol=0.02, atol=0.002)


def test_content_of_an_empty_memory_is_everywhere_and_has_a_gradient() -> None:
    memory = torch.zeros(1, 4, 3, requires_grad=True)
    keys = torch.zeros(1, 1, 3, requires_grad=True)
    weights = content(memory, keys, torch.ones(1, 1, 1))
    assert weights.tolist() == [[[0.25] * 4]]
    weights[0, 0, 0].backward()
    assert memory.grad is not None
    assert memory.grad.isfinite().all()
    assert keys.grad.isfinite().all()


def test_a_shift_goes_round_the_ends() -> None:
    weights = one_head(1.0, 0.0, 0.0, 0.0)
    assert shifted(weights, one_head(1.0, 0.0, 0.0)).tolist() == [[[0, 0, 0, 1]]]
    assert shifted(weights, one_head(0.0, 1.0, 0.0)).tolist() == [[[1, 0, 0, 0]]]
    assert shifted(weights, one_head(0.0, 0.0, 1.0)).tolist() == [[[0, 1, 0, 0]]]
    assert shifted(weights, one_head(0.25, 0.5, 0.25)).tolist() == [[[0.5, 0.25, 0, 0.25]]]


def test_sharpening_is_a_power_made_to_add_up() -> None:
    weights = sharpened(one_head(0.6, 0.3, 0.1), one_head(2.0))
    expected = [0.36 / 0.46, 0.09 / 0.46, 0.01 / 0.46]
    assert weights[0, 0].tolist() == pytest.approx(expected, abs=1e-4)
    assert sharpened(one_head(1.0, 0.0), one_head(80.0)).tolist() == [[[1, 0]]]


def test_a_closed_gate_walks_from_the_previous_weights_and_an_open_one_looks_up() -> None:
    memory = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]])
    said = torch.zeros(1, 1, 2 + ADDRESS)
    said[..., 1], said[..., 2], said[..., 4], said[..., -1] = 9.0, 40.0, 9.0, 30.0
    before = one_head(0.0, 0.0, 1.0, 0.0)
    for gate, place in ((-30.0, 3), (30.0, 2)):
        said[..., 3] = gate
        weights = addressed(memory, before, said)
        assert weights.argmax().item() == place
        assert weights.sum().item() == pytest.approx(1)


def test_each_head_gets_a_least_used_slot_of_its_own() -> None:
    least = least_used(torch.tensor([[0.5, 0.1, 0.9, 0.0]]), 2)
    assert least.tolist() == [[[0, 0, 0, 1], [0, 1, 0, 0]]]


def test_an_empty_memory_fills_in_order() -> None:
    usage = first_usage(2, 4, torch.zeros(()))
    for place in range(4):
        slot = least_used(usage, 1)
        assert slot.argmax(-1).tolist() == [[place], [place]]
        usage = used(usage, torch.zeros_like(slot), slot)


def test_usage_fades_and_grows_by_reads_and_writes() -> None:
    usage = used(torch.tensor([[1.0, 2.0]]), one_head(0.5, 0.5), one_head(1.0, 0.0), decay=0.5)
    assert usage.tolist() == [[2.0, 1.5]]


def test_lrua_lies_between_the_weights_and_the_least_used() -> None:
    weights, least = one_head(1.0, 0.0), one_head(0.0, 1.0)
    assert lrua(weights, least, one_head(0.25)).tolist() == [[[0.25, 0.75]]]


def test_the_least_used_slot_is_emptied_before_it_is_written() -> None:
    memory = torch.tensor([[[5.0, 5.0], [1.0, 1.0]]])
    least, writes, rows = one_head(1.0, 0.0), one_head(1.0, 0.5), torch.tensor([[[2.0, 4.0]]])
    assert written_over(memory, least, writes, rows).tolist() == [[[2, 4], [2, 3]]]


@every_core
def test_one_step_at_a_time_gives_what_a_whole_sequence_gives(kind: type[MemoryCore]) -> None:
    core = kind(5, SMALL)
    inputs = torch.randn(3, 12, 5)
    whole, end = core(inputs, core.start(3))
    assert whole.shape == (3, 12, core.outputs)
    alone = inputs[1:2]
    state, steps = core.start(1), []
    for place in range(12):
        answer, state = core(alone[:, place : place + 1], state)
        steps.append(answer)
    torch.testing.assert_close(torch.cat(steps, 1)[0], whole[1], rtol=1e-4, atol=1e-5)
    for one, all_ in zip(state, end, strict=True):
        torch.testing.assert_close(one[0], all_[1], rtol=1e-4, atol=1e-5)


@every_core
def test_a_state_stays_as_it_was_when_it_is_read_on(kind: type[MemoryCore]) -> None:
    core = kind(5, SMALL)
    _, state = core(torch.randn(2, 3, 5), core.start(2))
    before = [each.clone() for each in state]
    core(torch.randn(2, 3, 5), state)
    assert all(torch.equal(*pair) for pair in zip(before, state, strict=True))


@every_core
def test_every_weight_learns_and_stays_finite_on_wild_input_and_half_precision(
    kind: type[MemoryCore],
) -> None:
    core = kind(5, SMALL)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answers, state = core(100 * torch.randn(2, 150, 5).bfloat16(), core.start(2))
    assert answers.dtype == torch.float32
    assert all(each.isfinite().all() for each in state)
    answers.square().mean().backward()
    for name, each in core.named_parameters():
        assert each.grad is not None, name
        assert each.grad.isfinite().all(), name
        assert each.grad.abs().sum() > 0, name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"layers": "2"}, "the controller of a memory has 1"),
        ({"slots": "2"}, "slots is 2; give 3 or more"),
        ({"width": "0"}, "give 1 or more"),
        ({"slots": "4", "heads": "5"}, "5 heads for 4 slots"),
        ({"dropout": "2"}, "dropout is 2"),
    ],
)
def test_a_memory_that_cannot_be_is_refused_in_words(words: dict[str, str], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        options_from(MemoryOptions, words)
