"""Song vectors: which songs are near, exactly and by an index, and on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.api import CheckpointError
from recommender.vectors.near import SIMILARITIES
from recommender.vectors.song_vectors import SongVectors

DIM = 16


def clustered(songs: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(1, songs // 40), DIM))
    noise = 0.5 * rng.standard_normal((songs, DIM))
    rows = centres[rng.integers(0, len(centres), songs)] + noise
    return rows.astype(np.float16).astype(np.float32)


def by_hand(matrix: np.ndarray, query: np.ndarray, similarity: str) -> list[float]:
    a, b = matrix.astype(np.float64), query.astype(np.float64)
    if similarity == "dot":
        return [float(sum(row * b)) for row in a]
    if similarity == "euclid":
        return [-float(np.sqrt(sum((row - b) ** 2))) for row in a]
    return [float(sum(row * b) / np.sqrt(sum(row**2) * sum(b**2))) for row in a]


@pytest.mark.parametrize("similarity", SIMILARITIES)
@given(seed=st.integers(0, 10_000), songs=st.integers(1, 60), n=st.integers(1, 70))
@settings(max_examples=20, deadline=None)
def test_the_nearest_are_those_that_a_plain_comparison_finds(
    similarity: str, seed: int, songs: int, n: int
) -> None:
    matrix = clustered(songs, seed)
    query = np.random.default_rng(seed + 1).standard_normal(DIM).astype(np.float32)
    keys, scores = SongVectors(range(100, 100 + songs), matrix).nearest(query, n, similarity)
    wanted = by_hand(matrix, query, similarity)
    assert keys.tolist() == [
        100 + row for row in sorted(range(songs), key=lambda row: -wanted[row])[:n]
    ]
    np.testing.assert_allclose(scores, sorted(wanted, reverse=True)[:n], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_an_index_gives_the_same_twenty_in_the_same_order(similarity: str) -> None:
    matrix = clustered(4000)
    whole = SongVectors(range(4000), matrix)
    indexed = SongVectors(range(4000), matrix, exact=1000)
    same, shared = 0, []
    for song in range(0, 4000, 100):
        query = matrix[song] + np.float32(0.1)
        near, true = (each.nearest(query, 100, similarity)[0] for each in (indexed, whole))
        same += near[:20].tolist() == true[:20].tolist()
        shared.append(len(set(near.tolist()) & set(true.tolist())) / 100)
    assert same >= 39
    assert np.mean(shared) >= 0.95


def test_a_song_is_not_near_itself_nor_are_those_left_out() -> None:
    vectors = SongVectors(["a", "b", "c", "d"], np.eye(4, DIM, dtype=np.float32) + 1)
    assert vectors.nearest("a", 4, exclude=["c", "unheard of"])[0].tolist() == ["b", "d"]
    with pytest.raises(KeyError):
        vectors.nearest("unheard of", 4)


def test_many_songs_that_are_the_same_are_all_found() -> None:
    vectors = SongVectors(range(500), np.ones((500, DIM), np.float32), exact=100)
    assert len(set(vectors.nearest(0, 400)[0].tolist()) - {0}) == 400


def test_songs_of_which_nothing_is_known_are_near_none() -> None:
    matrix = clustered(6)
    matrix[2] = 0
    keys, scores = SongVectors(range(6), matrix).nearest(matrix[0], 6)
    assert np.isfinite(scores).all()
    assert scores[keys.tolist().index(2)] == 0


def test_keys_are_found_and_strange_ones_have_zeros() -> None:
    vectors = SongVectors([30, 10, 20], clustered(3))
    assert vectors.rows([10, 99, 30]).tolist() == [1, -1, 0]
    assert np.array_equal(vectors.vectors([20, 99])[0], vectors.matrix[2])
    assert not vectors.vectors([20, 99])[1].any()
    assert SongVectors([], np.zeros((0, DIM))).rows([1]).tolist() == [-1]


@pytest.mark.parametrize("exact", [10, 1000])
def test_songs_that_join_are_found(exact: int) -> None:
    matrix = clustered(60)
    before = SongVectors(range(50), matrix[:50], exact)
    before.nearest(matrix[0], 3)
    after = before.joined(range(50, 60), matrix[50:])
    for song in range(50, 60):
        assert after.nearest(matrix[song], 1)[0].tolist() == [song]
    assert len(before) == 50
    assert before.nearest(matrix[55], 50)[0].max() < 50


def test_a_few_songs_that_join_do_not_call_for_an_index() -> None:
    matrix = clustered(60)
    both = SongVectors(range(50), matrix[:50], exact=55).joined(range(50, 60), matrix[50:])
    assert both.matrix.dtype == np.float32
    assert both.nearest(matrix[57], 1)[0].tolist() == [57]
    assert not both._near


def test_many_songs_are_kept_in_half_precision() -> None:
    assert SongVectors(range(60), clustered(60), exact=50).matrix.dtype == np.float16


@pytest.mark.parametrize("keys", [list(range(80)), [f"song {each}" for each in range(80)]])
@pytest.mark.parametrize("exact", [10, 1000])
def test_they_are_the_same_after_a_save_and_a_load(tmp_path: Path, keys: list, exact: int) -> None:
    vectors = SongVectors(keys, clustered(80), exact)
    wanted = [vectors.nearest(keys[7], 10, each) for each in SIMILARITIES]
    vectors.save(tmp_path)
    again = SongVectors.load(tmp_path, exact)
    for each, (found, scores) in zip(SIMILARITIES, wanted, strict=True):
        assert again.nearest(keys[7], 10, each)[0].tolist() == found.tolist()
        assert np.array_equal(again.nearest(keys[7], 10, each)[1], scores)
    assert not list(tmp_path.glob("*.part"))


def test_an_index_that_is_damaged_or_another_s_is_built_anew(tmp_path: Path) -> None:
    vectors, other = SongVectors(range(80), clustered(80), 10), clustered(80, seed=5)
    wanted = vectors.nearest(7, 10)[0].tolist()
    SongVectors(range(80), other, 10).index().save(tmp_path / "other.voyager")
    vectors.save(tmp_path)
    strange = (tmp_path / "other.voyager").read_bytes()
    for data in (b"", b"rubbish" * 100, strange, strange[:1000]):
        (tmp_path / "cosine.voyager").write_bytes(data)
        assert SongVectors.load(tmp_path, 10).nearest(7, 10)[0].tolist() == wanted


def test_a_folder_that_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no vectors"):
        SongVectors.load(tmp_path)
    SongVectors(range(8), clustered(8)).save(tmp_path)
    (tmp_path / "weights.safetensors").write_bytes(b"rubbish")
    with pytest.raises(CheckpointError, match="damaged"):
        SongVectors.load(tmp_path)
