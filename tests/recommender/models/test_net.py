"""The net around every core: tables, outputs and losses, against arithmetic by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from recommender.data.bloom import bloom_codes
from recommender.models.gru import GRUCore
from recommender.models.net import Chunk, SequenceNet, SongTable
from recommender.models.net_options import NetOptions

SONGS = 40


def net(codes: Tensor | None = None, **chosen: Any) -> SequenceNet:
    torch.manual_seed(0)
    usual = {"dim": 8, "hidden": 6, "dropout": 0.0, "tied": False, "vectors": ""}
    options = NetOptions(**{**usual, **chosen})
    made = SequenceNet(options, GRUCore(8, 6, 1, 0.0), torch.arange(SONGS), codes)
    with torch.no_grad():
        made.out.weight.normal_()
    return made


def codes(bits: int = 16) -> Tensor:
    return torch.from_numpy(bloom_codes([f"song {at}" for at in range(SONGS)], bits, 3))


def chunk(targets: list[list[int]]) -> Chunk:
    songs = torch.tensor([[3, 5, SONGS]])
    return Chunk(songs, torch.zeros_like(songs), torch.tensor([targets]))


def answers_of(made: SequenceNet, given: Chunk) -> Tensor:
    return made.read(given.songs, given.feedback, made.start(1))[0][0]


def test_the_biases_begin_with_the_songs_popularity() -> None:
    made = net()
    share = (torch.arange(SONGS) + 0.5) / (torch.arange(SONGS) + 0.5).sum()
    chances = made.log_probabilities(torch.zeros(1, made.answer_size)).exp()[0]
    torch.testing.assert_close(chances, share)


def test_a_bloom_vector_is_the_sum_of_its_rows() -> None:
    table = SongTable(SONGS, 8, codes(), 16)
    wanted = table.weight[codes()[7].long()].sum(0)
    torch.testing.assert_close(table(torch.tensor([[7]]))[0, 0], wanted)
    torch.testing.assert_close(table.all()[7], wanted)


@pytest.mark.parametrize("given", [None, codes()], ids=["rows", "codes"])
def test_an_unknown_song_has_a_vector_of_its_own(given: Tensor | None) -> None:
    table = SongTable(SONGS, 8, given, SONGS if given is None else 16)
    table(torch.tensor([SONGS])).sum().backward()
    assert table.weight.grad is not None
    touched = table.weight.grad.abs().sum(1).nonzero().flatten().tolist()
    assert touched == [len(table.weight) - 1]


def test_tied_tables_are_one_and_untied_ones_two() -> None:
    tied = SequenceNet(NetOptions(dim=8, tied=True), GRUCore(8, 6, 1, 0.0), torch.ones(SONGS))
    assert tied.out is tied.table
    assert tied.answer_size == 8
    assert net().out is not net().table
    assert net().answer_size == 6


def test_the_loss_is_minus_the_log_probability_of_what_follows() -> None:
    made, given = net(), chunk([[5], [-1], [7]])
    logs = made.log_probabilities(answers_of(made, given))
    loss, _ = made(given, made.start(1))
    torch.testing.assert_close(loss, -(logs[0, 5] + logs[2, 7]))


def test_later_targets_weigh_less_and_all_weigh_one_together() -> None:
    made, given = net(horizon=3, decay=0.5), chunk([[5, 7, 9], [7, 9, -1], [9, -1, -1]])
    logs = made.log_probabilities(answers_of(made, given))
    first = (logs[0, 5] + 0.5 * logs[0, 7] + 0.25 * logs[0, 9]) / 1.75
    second = (logs[1, 7] + 0.5 * logs[1, 9]) / 1.5
    loss, _ = made(given, made.start(1))
    torch.testing.assert_close(loss, -(first + second + logs[2, 9]))


def test_a_chunk_without_targets_gives_every_parameter_a_gradient_of_zero() -> None:
    made = net(feedback=True)
    loss, _ = made(chunk([[-1], [-1], [-1]]), made.start(1))
    loss.backward()
    assert float(loss.detach()) == 0
    assert all(each.grad is not None and not each.grad.any() for each in made.parameters())


def test_the_sampled_loss_is_near_the_full_one_on_average() -> None:
    given = chunk([[5], [7], [9]])
    full = net()(given, net().start(1))[0].detach()
    made = net(softmax="sampled", negatives=30)
    losses = torch.stack([made(given, made.start(1))[0].detach() for _ in range(400)])
    assert float(losses.mean()) == pytest.approx(float(full), rel=0.03)
    assert losses.std() > 0


def test_the_bits_loss_is_the_mean_over_the_bits_of_the_song() -> None:
    made, given = net(codes(), bloom=16, hashes=3, softmax="bits"), chunk([[5], [-1], [-1]])
    answer = answers_of(made, given)[0]
    bits = (made.out.weight[:-1] @ answer + made.bias[:-1]).log_softmax(0)
    loss, _ = made(given, made.start(1))
    torch.testing.assert_close(loss, -bits[codes()[5].long()].mean())


def test_a_song_s_score_is_the_sum_of_its_bits_log_probabilities() -> None:
    made = net(codes(), bloom=16, hashes=3, softmax="bits")
    with torch.no_grad():
        made.bias.normal_()
    answer = torch.randn(1, made.answer_size)
    bits = (answer @ made.out.weight[:-1].T + made.bias[:-1]).log_softmax(1)[0]
    wanted = bits[codes().long()].sum(1).log_softmax(0)
    torch.testing.assert_close(made.log_probabilities(answer)[0], wanted)


def test_given_vectors_keep_their_directions_and_take_the_spread_asked_for() -> None:
    table = SongTable(SONGS, 8, None, SONGS)
    before = table.weight.detach().clone()
    found = torch.arange(SONGS) % 2 == 0
    vectors = 100 * torch.randn(SONGS, 8)
    table.start_from(found, vectors, 0.02)
    after = table.weight.detach()[:-1]
    alike = torch.cosine_similarity(after, vectors)
    torch.testing.assert_close(alike[found], torch.ones(SONGS // 2))
    assert float(after[found].std()) == pytest.approx(0.02, rel=0.1)
    assert torch.equal(after[~found], before[:-1][~found])


def test_a_table_starts_with_given_rows_as_they_are() -> None:
    table = SongTable(SONGS, 8, None, SONGS)
    vectors = 100 * torch.randn(SONGS, 8)
    table.start_with(vectors)
    assert torch.equal(table.weight.detach()[:-1], vectors)
