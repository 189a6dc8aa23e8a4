"""Song vectors from elsewhere, in the text format of word2vec."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray
from recommender.data.vocabulary import Vocabulary
from recommender.training.settings import TrainingError


def read_vectors(
    path: str | Path, vocabulary: Vocabulary, dim: int
) -> tuple[BoolArray, FloatArray]:
    """Which songs have a vector, (songs,), and the vectors, (songs, dim), zeros where none is.

    A line is a song and `dim` numbers, a first line of two counts is skipped. The song is a key
    of the vocabulary or "artist title", and may hold spaces. Raises TrainingError in words.
    """
    places = _places(vocabulary)
    found = np.zeros(len(vocabulary), bool)
    vectors = np.zeros((len(vocabulary), dim), np.float32)
    for key, numbers in _lines(Path(path), dim):
        for code in places.get(key, ()):
            found[code], vectors[code] = True, numbers
    if not found.any():
        raise TrainingError(
            f"{path} has a vector for none of the {len(vocabulary)} songs. Its lines must begin "
            f'with the songs\' keys or with "artist title", and go on with {dim} numbers (the '
            "option dim)."
        )
    return found, vectors


def _places(vocabulary: Vocabulary) -> dict[str, list[int]]:
    """The codes that each spelling means; a key goes before a name."""
    places: dict[str, list[int]] = {}
    for code, (artist, title) in enumerate(zip(vocabulary.artists, vocabulary.titles, strict=True)):
        if artist or title:
            places.setdefault(f"{artist} {title}".strip(), []).append(code)
    places.update({key: [code] for code, key in enumerate(vocabulary.keys)})
    return places


def _lines(path: Path, dim: int) -> Iterator[tuple[str, FloatArray]]:
    """Each line's song and numbers."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                size = _header(line) if number == 1 and dim > 1 else None
                if size is None and line.strip():
                    yield _parsed(line, dim, f"{path}, line {number}")
                elif size is not None and size != dim:
                    raise TrainingError(
                        f"The vectors in {path} have {size} numbers and the model's have {dim}; "
                        f"set the option dim={size}."
                    )
    except OSError as error:
        raise TrainingError(f"The vectors in {path} cannot be read: {error.strerror}.") from error


def _header(line: str) -> int | None:
    """How many numbers a vector has, if the line is word2vec's two counts."""
    words = line.split()
    return int(words[1]) if len(words) == 2 and all(map(str.isdecimal, words)) else None


def _parsed(line: str, dim: int, place: str) -> tuple[str, FloatArray]:
    words = line.rstrip().rsplit(maxsplit=dim)
    try:
        if len(words) != dim + 1:
            raise ValueError("too few words")
        numbers = np.array(words[1:], np.float32)
        if not np.isfinite(numbers).all():
            raise ValueError("not finite")
    except ValueError as error:
        raise TrainingError(
            f"{place} is not a song and {dim} numbers. Mend the line, or set the option dim to "
            "how many numbers the file's vectors have."
        ) from error
    return words[0], numbers
