from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import UNKNOWN
from recommender.models.net import Chunk
from recommender.training.batches import LONGEST, batch_count, batches, pieces_of
from tests.recommender.training.rings import SETTINGS, SONGS, ring, vocabulary


def uneven() -> Corpus:
    """Lists from none to thousands of songs, some of them unknown."""
    chance = np.random.default_rng(3)
    sizes = [0, 1, 2, 3, 5, 1, 30, LONGEST, LONGEST + 1, LONGEST + 2, 2 * LONGEST + 7]
    return corpus_of([chance.integers(UNKNOWN, SONGS, size) for size in sizes], vocabulary())


def transitions(corpus: Corpus) -> Counter[tuple[int, int]]:
    pairs = Counter(pair for songs in corpus for pair in itertools.pairwise(songs))
    return Counter({(int(a), int(b)): n for (a, b), n in pairs.items() if b != UNKNOWN})


def targets(chunks: list[Chunk]) -> Counter[tuple[int, int]]:
    """Pairs of a song and the one to be predicted from it."""
    found: Counter[tuple[int, int]] = Counter()
    for chunk in chunks:
        at = chunk.targets[..., 0] >= 0
        songs = chunk.songs[at].where(chunk.songs[at] < SONGS, UNKNOWN)
        found.update(zip(songs.tolist(), chunk.targets[..., 0][at].tolist(), strict=True))
    return found


@pytest.mark.parametrize("corpus", [uneven(), ring(50), uneven().select([6, 3, 8])])
def test_an_epoch_has_every_transition_once(corpus: Corpus) -> None:
    epoch = list(batches(corpus, SETTINGS))
    assert targets([chunk for chunks in epoch for chunk in chunks]) == transitions(corpus)
    assert len(epoch) == batch_count(pieces_of(corpus), SETTINGS)


def test_a_chunk_goes_on_where_the_uppermost_lists_of_the_one_before_stopped() -> None:
    for chunks in batches(ring(50), SETTINGS):
        for before, after in itertools.pairwise(chunks):
            rows = len(after.songs)
            assert rows <= len(before.songs)
            assert before.targets[:rows, -1, 0].tolist() == after.songs[:, 0].tolist()


def test_a_chunk_leaves_out_the_lists_that_have_ended() -> None:
    for chunks in batches(uneven(), SETTINGS):
        for chunk in chunks:
            assert chunk.songs.shape[1] <= SETTINGS.steps
            assert len(chunk.songs) == 1 or bool((chunk.songs[:, 0] < SONGS).any())


def test_padding_is_an_unknown_song_with_no_target() -> None:
    corpus = corpus_of([[1, 2, 3], [4, UNKNOWN, 5]], vocabulary())
    longer = corpus_of([[1, 2, 3, 6], [4, UNKNOWN]], vocabulary())
    ((chunk,),) = batches(corpus, replace(SETTINGS, seed=1))
    assert sorted(chunk.songs.tolist()) == [[1, 2], [4, SONGS]]
    assert sorted(chunk.targets[..., 0].tolist()) == [[-1, 5], [2, 3]]
    ((chunk,),) = batches(longer, SETTINGS)
    assert chunk.songs.tolist() == [[1, 2, 3], [4, SONGS, SONGS]]
    assert chunk.targets[..., 0].tolist() == [[2, 3, 6], [-1, -1, -1]]


def test_further_targets_reach_into_the_next_chunk_but_not_into_the_next_list() -> None:
    corpus = corpus_of([[1, 2, 3, 4, 5], [9, 8]], vocabulary())
    ((first, second),) = batches(corpus, replace(SETTINGS, steps=3), horizon=3)
    assert first.targets[0].tolist() == [[2, 3, 4], [3, 4, 5], [4, 5, -1]]
    assert second.targets[0].tolist() == [[5, -1, -1]]
    assert first.targets[1].tolist() == [[8, -1, -1], [-1] * 3, [-1] * 3]


def test_feedback_stands_beside_its_song() -> None:
    corpus = replace(ring(30), feedback=(ring(30).songs % 3).astype(np.uint8))
    for chunks in batches(corpus, SETTINGS):
        for chunk in chunks:
            real = chunk.songs < SONGS
            assert (chunk.feedback[real] == chunk.songs[real] % 3).all()
            assert not chunk.feedback[~real].any()


def test_the_order_follows_from_seed_and_epoch_alone() -> None:
    def order(**changes: int) -> list[list[int]]:
        epoch = changes.pop("epoch", 0)
        settings = replace(SETTINGS, **changes)
        return [chunks[0].songs[:, 0].tolist() for chunks in batches(ring(), settings, 1, epoch)]

    assert order() == order()
    assert order() != order(seed=1)
    assert order() != order(epoch=1)


def test_an_epoch_can_begin_at_any_batch() -> None:
    whole = [targets(chunks) for chunks in batches(ring(), SETTINGS, 1, 2)]
    assert [targets(chunks) for chunks in batches(ring(), SETTINGS, 1, 2, first=3)] == whole[3:]


@pytest.mark.parametrize("world", [2, 3, 20])
def test_the_shares_of_all_processes_are_the_whole_batch(world: int) -> None:
    shares = [list(batches(ring(41), SETTINGS, 1, 0, rank, world)) for rank in range(world)]
    for whole, *parts in zip(batches(ring(41), SETTINGS), *shares, strict=True):
        assert {len(part) for part in parts} == {len(whole)}
        assert all(len(chunk.songs) for part in parts for chunk in part)
        assert sum((targets(part) for part in parts), Counter()) == targets(whole)
