"""Song vectors from word2vec's text format."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.data.vocabulary import Vocabulary
from recommender.models.vectors import read_vectors
from recommender.training.settings import TrainingError

SONGS = Vocabulary(["a 1", "b", "c"], ["Mira Vale", "", "Mira Vale"], ["Ebb", "", "Slow Tide"])


def read(tmp_path: Path, text: str, dim: int = 2) -> tuple[list[bool], list[list[float]]]:
    path = tmp_path / "vectors.txt"
    path.write_text(text, encoding="utf-8")
    found, vectors = read_vectors(path, SONGS, dim)
    return found.tolist(), vectors.tolist()


def test_songs_are_found_by_key_or_by_artist_and_title(tmp_path: Path) -> None:
    found, vectors = read(tmp_path, "3 2\na 1 0.5 -1\nMira Vale Slow Tide 2 3e-1\nz 9 9\n")
    assert found == [True, False, True]
    assert vectors[0] == [0.5, -1]
    assert vectors[2] == pytest.approx([2, 0.3])


def test_a_file_needs_no_line_of_counts(tmp_path: Path) -> None:
    assert read(tmp_path, "b 1 2\n\n")[0] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3 5\nb 1 2 3 4 5\n", "set the option dim=5"),
        ("b 1 2\na 1 x 2\n", "line 2 is not a song and 2 numbers"),
        ("b 1 nan\n", "line 1 is not"),
        ("b 1\n", "line 1 is not"),
        ("z 1 2\n", "none of the 3 songs"),
        ("", "none of the 3 songs"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"nowhere\.txt cannot be read: No such file"):
        read_vectors(tmp_path / "nowhere.txt", SONGS, 2)
