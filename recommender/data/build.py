"""Files to a corpus: streamed, numbered, and on disk when there are many lists."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from sys import intern
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.columns import Column
from recommender.data.corpus import Corpus
from recommender.data.formats import RawList, ReadError, read_lists
from recommender.data.vocabulary import UNKNOWN, Vocabulary

COLUMNS = {"songs": "i", "starts": "q", "feedback": "B", "users": "i", "at_s": "q"}


def open_corpus(
    paths: Sequence[Path],
    kind: str,
    *,
    vocabulary: Vocabulary | None = None,
    folder: Path | None = None,
) -> Corpus:
    """The lists of the files as a corpus, read once and in bounded memory; raises ReadError.

    Without `vocabulary` one is made of all songs in the files; with one, songs outside it become
    UNKNOWN. The arrays are mapped from files in `folder`, else kept in memory while they are
    small and in temporary files when they are not.
    """
    return corpus_from(read_lists(paths, kind), vocabulary, folder)


def corpus_from(
    lists: Iterable[RawList], vocabulary: Vocabulary | None = None, folder: Path | None = None
) -> Corpus:
    """A corpus of lists that were read or made elsewhere; raises ReadError."""
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            columns = {
                name: Column(typecode, None if folder is None else folder / f"{name}.bin")
                for name, typecode in COLUMNS.items()
            }
            for column in columns.values():
                stack.callback(column.close)
            songs = _Growing() if vocabulary is None else _Fixed(vocabulary)
            return _filled(lists, songs, columns)
    except OSError as error:
        where = folder if folder is not None else "a temporary file"
        raise ReadError(
            f"The lists could not be kept in {where}: {error.strerror or error}. "
            "Please make room, or name another folder."
        ) from error


class _Fixed:
    """Codes of a vocabulary that is given."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def codes(self, each: RawList) -> list[int]:
        code_of = self._vocabulary.code_of
        return [code_of.get(play.key, UNKNOWN) for play in each.plays]

    def vocabulary(self) -> Vocabulary:
        return self._vocabulary


class _Growing:
    """Codes in the order in which songs are first seen."""

    def __init__(self) -> None:
        self._code_of: dict[str, int] = {}
        self._artists: list[str] = []
        self._titles: list[str] = []
        self._counts = array("i")

    def codes(self, each: RawList) -> list[int]:
        found = []
        code_of, counts = self._code_of, self._counts
        for key, artist, title, _ in each.plays:
            code = code_of.get(key)
            if code is None:
                code = code_of[key] = len(code_of)
                self._artists.append(intern(artist))  # artists recur, and are kept once
                self._titles.append(title)
                counts.append(0)
            counts[code] += 1
            found.append(code)
        return found

    def vocabulary(self) -> Vocabulary:
        counts = np.array(self._counts, np.int32)
        return Vocabulary(tuple(self._code_of), self._artists, self._titles, counts)


def _filled(
    lists: Iterable[RawList], songs: _Fixed | _Growing, columns: dict[str, Column]
) -> Corpus:
    users: dict[str, int] = {}
    dated, told = True, False
    plays = 0
    columns["starts"].append(0)
    for each in lists:
        plays += len(each.plays)
        columns["songs"].extend(songs.codes(each))
        columns["starts"].append(plays)
        said = bytes(play.feedback for play in each.plays)
        columns["feedback"].extend(said)
        told = told or any(said)
        columns["users"].append(users.setdefault(each.user, len(users)))
        columns["at_s"].append(0 if each.at_s is None else each.at_s)
        dated = dated and each.at_s is not None
    arrays: dict[str, NDArray[Any]] = {name: column.array() for name, column in columns.items()}
    return Corpus(
        songs.vocabulary(),
        arrays["songs"],
        arrays["starts"],
        arrays["feedback"] if told else None,
        arrays["users"] if len(users) > 1 or (users and "" not in users) else None,
        arrays["at_s"] if dated and plays else None,
    )
