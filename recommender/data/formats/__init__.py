"""Readers of playlists and listening histories, one list at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from recommender.data.formats.lines import ReadError
from recommender.data.formats.records import RawList, RawPlay, song_key
from recommender.data.formats.yes import read_yes

__all__ = ["FORMATS", "RawList", "RawPlay", "ReadError", "read_lists", "song_key"]

_BY_FILE: dict[str, Callable[[Path], Iterator[RawList]]] = {"yes": read_yes}

FORMATS: tuple[str, ...] = tuple(_BY_FILE)


def read_lists(paths: Sequence[Path], kind: str) -> Iterator[RawList]:
    """The lists of all files in order, streamed; raises ReadError in words."""
    if kind not in FORMATS:
        raise ReadError(f"There is no format {kind!r}; there are: {', '.join(FORMATS)}.")
    for path in paths:
        found = False
        for each in _BY_FILE[kind](path):
            found = True
            yield each
        if not found:
            raise ReadError(f"{path}: there are no lists in this file.")
