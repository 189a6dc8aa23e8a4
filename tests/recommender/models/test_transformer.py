"""The transformer's window, and its state."""

from __future__ import annotations

import pytest
import torch

from recommender.models.base import OptionError, options_from
from recommender.models.transformer import TransformerCore, TransformerOptions

CONTEXT = 5


def core(layers: int = 2) -> TransformerCore:
    torch.manual_seed(0)
    options = TransformerOptions(dim=8, hidden=8, layers=layers, heads=2, context=CONTEXT)
    return TransformerCore(options).eval()


@pytest.mark.parametrize("cuts", [[1] * 14, [3, 11], [4, 4, 6], [13, 1]])
def test_chunks_of_any_size_give_what_the_whole_gives(cuts: list[int]) -> None:
    made, inputs = core(), torch.randn(3, 14, 8)
    whole, end = made(inputs, made.start(3))
    state, parts = made.start(3), []
    for piece in inputs.split(cuts, 1):
        answers, state = made(piece, state)
        parts.append(answers)
    torch.testing.assert_close(torch.cat(parts, 1), whole)
    torch.testing.assert_close(state, end)


def test_a_song_hears_its_window_and_no_later_song() -> None:
    made, inputs = core(layers=1), torch.randn(1, 14, 8)
    before, _ = made(inputs, made.start(1))
    inputs[0, 6] += 1
    after, _ = made(inputs, made.start(1))
    changed = (after != before).any(-1)[0].nonzero().flatten().tolist()
    assert changed == list(range(6, 6 + CONTEXT))


def test_the_state_never_grows_beyond_the_window() -> None:
    made = core()
    _, state = made(torch.randn(2, 40, 8), made.start(2))
    assert [each.shape for each in state] == [(2, CONTEXT - 1, 16)] * 2


def test_order_matters_by_the_distance_alone() -> None:
    made, inputs = core(layers=1), torch.randn(1, 3, 8)
    one, _ = made(inputs, made.start(1))
    other, _ = made(inputs[:, [1, 0, 2]], made.start(1))
    assert not torch.allclose(one[:, 2], other[:, 2])


def test_heads_must_share_the_width_evenly() -> None:
    with pytest.raises(OptionError, match="multiple of heads"):
        options_from(TransformerOptions, {"hidden": "30", "heads": "4"})
