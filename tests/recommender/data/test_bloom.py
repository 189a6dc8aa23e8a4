"""Bloom codes."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.data.bloom import bits_of, bloom_codes


def test_a_code_follows_from_the_key_alone() -> None:
    some = bloom_codes(["a", "b"], 100, 4)
    more = bloom_codes(["new", "b", "a"], 100, 4)
    assert np.array_equal(more[[2, 1]], some)
    assert some.tolist() == [[79, 68, 47, 81], [90, 70, 18, 78]]


def test_no_song_sums_a_row_twice() -> None:
    codes = bloom_codes([str(number) for number in range(300)], 16, 16)
    assert (np.sort(codes, 1) == np.arange(16)).all()


def test_codes_use_all_rows_about_evenly() -> None:
    codes = bloom_codes([str(number) for number in range(5000)], 1000, 4)
    uses = np.bincount(codes.ravel(), minlength=1000)
    assert uses.min() > 0
    assert uses.std() == pytest.approx(np.sqrt(20), rel=0.15)


def test_nearly_every_song_has_a_code_of_its_own() -> None:
    codes = np.sort(bloom_codes([str(number) for number in range(10_000)], 2000, 4), 1)
    assert len(np.unique(codes, axis=0)) == 10_000


@pytest.mark.parametrize("hashes", [0, 17])
def test_too_few_or_too_many_hashes_are_refused(hashes: int) -> None:
    with pytest.raises(ValueError, match="1 to 16 hashes"):
        bloom_codes(["a"], 100, hashes)


def test_a_size_up_to_one_is_a_share_of_the_songs() -> None:
    assert bits_of(0.2, 10_000) == 2000
    assert bits_of(512, 10_000) == 512
    assert bits_of(0.2, 10) == 16
