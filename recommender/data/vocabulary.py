"""The vocabulary: which songs a model knows, under dense codes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from recommender.data.arrays import IntArray

UNKNOWN = -1
"""The code of a song outside the vocabulary: never a right answer, and no song as an input."""


class Vocabulary:
    """Songs under the codes 0 to len - 1.

    `keys` name songs within their source (an index, a URI, artist and title), `artists` and
    `titles` are for people and may be empty texts, `counts` are plays in the lists it was made of.
    """

    def __init__(
        self,
        keys: Sequence[str],
        artists: Sequence[str] | None = None,
        titles: Sequence[str] | None = None,
        counts: Sequence[int] | IntArray | None = None,
    ) -> None:
        empty = [""] * len(keys)
        self.keys = tuple(keys)
        self.artists = tuple(artists if artists is not None else empty)
        self.titles = tuple(titles if titles is not None else empty)
        given = np.zeros(len(keys)) if counts is None else counts
        self.counts: IntArray = np.asarray(given, np.int32)
        if not len(self.keys) == len(self.artists) == len(self.titles) == len(self.counts):
            raise ValueError("keys, artists, titles and counts must be equally many")

    def __len__(self) -> int:
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.keys == other.keys

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Codes by key."""
        return {key: code for code, key in enumerate(self.keys)}

    def codes(self, keys: Iterable[str]) -> IntArray:
        """The codes of keys, UNKNOWN for those that are not there.

        >>> Vocabulary(["a", "b"]).codes(["b", "c"]).tolist()
        [1, -1]
        """
        return np.array([self.code_of.get(key, UNKNOWN) for key in keys], np.int32)

    def name(self, code: int) -> str:
        """The song as a person would write it: "Artist – Title", or its key."""
        words = [word for word in (self.artists[code], self.titles[code]) if word]
        return " – ".join(words) if words else self.keys[code]

    def find(self, text: str) -> list[int]:
        """Codes of songs that a person may mean, most played first.

        A whole key, a whole title or "artist – title" wins over names that hold every word.
        """
        wanted = text.strip().casefold()
        if not wanted:
            return []
        whole = [code for code in range(len(self)) if wanted in self._spellings(code)]
        words = wanted.replace("–", " ").replace(" - ", " ").split()
        found = whole or [
            code
            for code in range(len(self))
            if all(word in f"{self.artists[code]} {self.titles[code]}".casefold() for word in words)
        ]
        return sorted(found, key=lambda code: (-int(self.counts[code]), code))

    def _spellings(self, code: int) -> tuple[str, ...]:
        artist, title = self.artists[code].casefold(), self.titles[code].casefold()
        return (self.keys[code].casefold(), title, f"{artist} – {title}", f"{artist} - {title}")

    def save(self, path: Path) -> None:
        """Write it as JSON, put in place at once."""
        content = {
            "keys": self.keys,
            "artists": self.artists,
            "titles": self.titles,
            "counts": self.counts.tolist(),
        }
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        os.replace(partial, path)

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read what `save` wrote; raises OSError, ValueError or KeyError."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["keys"], content["artists"], content["titles"], content["counts"])
