"""Tables of song features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.data.formats.lines import ReadError
from recommender.skips.song_features import read_features

SONGS = {"a": 0, "b": 1, "c": 2}


def test_numbers_are_standardised_and_words_left_out(tmp_path: Path) -> None:
    file = tmp_path / "features.csv"
    file.write_text("track_id,mode,loud,live\na,major,-5,true\nb,minor,-7,false\nz,x,0,1\n")
    values, told = read_features(file, SONGS)
    assert told == 2
    assert values.shape == (4, 2)
    assert np.allclose(values, [[1, 1], [-1, -1], [0, 0], [0, 0]])


def test_a_table_of_other_songs_tells_nothing(tmp_path: Path) -> None:
    file = tmp_path / "features.csv"
    file.write_text("track_id,loud\nz,1\n")
    values, told = read_features(file, SONGS)
    assert (values.shape, told) == ((4, 0), 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("song,loud\na,1\n", "column 'track_id' is missing"),
        ("track_id,mode\na,major\n", "no column but 'track_id' is numbers"),
        ("track_id,loud\na\n", "1 fields"),
    ],
)
def test_what_is_no_table_of_features_gets_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "features.csv"
    file.write_text(text)
    with pytest.raises(ReadError, match=said):
        read_features(file, SONGS)
