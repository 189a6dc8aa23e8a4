"""The continuous cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models import cache as module
from recommender.models.base import OptionError, SequenceModel
from recommender.models.cache import Cache, CacheOptions
from recommender.models.gru import GRU
from recommender.models.net_options import NetOptions
from recommender.training.settings import TrainSettings

SMALL = "dim=8 hidden=8 dropout=0.0"
ONE_EPOCH = TrainSettings(epochs=1, batch=20, device="cpu")
SONGS = 40


def lists(seed: int, count: int = 60) -> Corpus:
    """Each list walks on by its own stride: a song's follower hangs on the one before it."""
    random = np.random.default_rng(seed)
    walks = [
        (random.integers(SONGS) + random.integers(1, 9) * np.arange(random.integers(2, 15))) % SONGS
        for _ in range(count)
    ]
    return corpus_of(
        [walk.astype(np.int32) for walk in walks], Vocabulary([str(song) for song in range(SONGS)])
    )


@pytest.fixture(scope="module")
def net() -> GRU:
    model = GRU(NetOptions(dim=8, hidden=8, dropout=0.0, rest=0))
    model.fit(lists(0), None, replace(ONE_EPOCH, epochs=10, lr=0.02))
    return model


def log_likelihood(model: SequenceModel, corpus: Corpus) -> float:
    right = np.concatenate([each[1:] for each in corpus])
    rows = model.score_lists(list(corpus))
    return float(rows[np.arange(len(right)), right].mean())


def test_kept_states_tell_a_weak_net_what_followed(net: GRU) -> None:
    cache = Cache.around(net, lists(0), CacheOptions(weight=0.5, neighbours=30))
    assert log_likelihood(cache, lists(0)) > log_likelihood(net, lists(0)) + 0.1


def test_a_list_that_repeats_itself_is_learnt_while_it_plays(net: GRU) -> None:
    songs = np.array([3, 17, 5, 28, 9, 31] * 6, np.int32)
    alone = Cache.around(net, lists(0).select([0]), CacheOptions(own=1.0, weight=0.8, sharp=40))
    plain = replace(alone.options, own=0.0)
    late = np.arange(18, len(songs) - 1)
    told = alone.score_list(songs)[late, songs[late + 1]].mean()
    alone.options = plain
    assert told > alone.score_list(songs)[late, songs[late + 1]].mean() + 1


def test_votes_are_what_the_definition_gives(net: GRU) -> None:
    options = CacheOptions(neighbours=3, sharp=5.0, own=0.5, weight=0.4)
    cache = Cache.around(net, lists(0), options)
    state = cache.start()
    for song in (4, 7, 10):
        state = cache.observe(state, song)
    query = torch.nn.functional.normalize(state.net[0], dim=-1)[0]
    likeness = (cache._keys @ query).numpy()
    votes = np.zeros(SONGS)
    for place in np.argsort(-likeness)[:3]:
        votes[int(cache._songs[place])] += np.exp(5.0 * likeness[place])
    for key, song in zip(state.keys, (7, 10), strict=True):
        votes[song] += 0.5 * np.exp(5.0 * float(key @ query))
    expected = 0.6 * np.exp(net.log_probabilities(state.net)) + 0.4 * votes / votes.sum()
    np.testing.assert_allclose(np.exp(cache.log_probabilities(state)), expected, rtol=1e-3)


def test_only_so_many_states_are_kept_from_all_over_the_training(net: GRU) -> None:
    train = lists(0)
    every = Cache.around(net, train, CacheOptions(most=10**6))
    some = Cache.around(net, train, CacheOptions(most=50))
    assert len(every._songs) == train.transitions
    assert len(some._songs) == 50
    assert len(set(some._songs.tolist())) > 15


def test_nothing_that_follows_is_unknown(net: GRU) -> None:
    vocabulary = lists(0).vocabulary
    train = corpus_of([[1, UNKNOWN, 2], [3, UNKNOWN]], vocabulary)
    assert Cache.around(net, train)._songs.tolist() == [2]
    nothing = Cache.around(net, corpus_of([[3], [1, UNKNOWN]], vocabulary))
    np.testing.assert_allclose(
        nothing.score_list(np.array([1, 2], np.int32)), net.score_list(np.array([1, 2], np.int32))
    )


def test_a_long_list_is_scored_in_parts_as_step_by_step(
    net: GRU, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(module, "LAST", 5)
    cache = Cache.around(net, lists(0), CacheOptions(own=1.0))
    songs = np.random.default_rng(2).integers(-1, SONGS, 40).astype(np.int32)
    steps = SequenceModel.score_list(cache, songs)
    np.testing.assert_allclose(cache.score_list(songs), steps, atol=1e-4)


def test_the_checkpoint_keeps_half_floats_and_the_options_of_the_net(tmp_path: Path) -> None:
    cache = Cache(CacheOptions(given=SMALL))
    cache.fit(lists(0), None, ONE_EPOCH)
    assert cache.arrays()["keys"].dtype == np.float16
    cache.save(tmp_path)
    loaded = Cache.load(tmp_path)
    assert loaded.model.options == cache.model.options == NetOptions(dim=8, hidden=8, dropout=0.0)
    songs = np.array([1, 2, 3, 4], np.int32)
    np.testing.assert_allclose(loaded.score_list(songs), cache.score_list(songs), atol=1e-6)


def test_a_cache_around_a_net_takes_its_options_along(net: GRU, tmp_path: Path) -> None:
    cache = Cache.around(net, lists(0))
    cache.save(tmp_path)
    assert Cache.load(tmp_path).model.options == net.options


@pytest.mark.parametrize("net_name", ["popularity", "nothing"])
def test_only_a_net_has_states_to_keep(net_name: str) -> None:
    with pytest.raises(OptionError, match=net_name):
        Cache(CacheOptions(net=net_name)).fit(lists(0), None, ONE_EPOCH)


@pytest.mark.parametrize("wrong", [{"weight": 1.0}, {"most": 0}, {"sharp": -1.0}])
def test_options_out_of_range_are_said_in_words(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        CacheOptions(**wrong)
