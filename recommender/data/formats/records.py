"""What every reader gives: lists of plays, with keys that songs keep from file to file."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from recommender.data.corpus import Feedback


class RawPlay(NamedTuple):
    """One song of a list: its key within the format, its names (may be empty), what was done."""

    key: str
    artist: str = ""
    title: str = ""
    feedback: int = Feedback.PLAYED


class RawList(NamedTuple):
    """A playlist or a session; `user` is empty and `at_s` (its start) None where unknown."""

    user: str
    at_s: int | None
    plays: list[RawPlay]


def song_key(artist: str, title: str) -> str:
    """The key of a song known by name, the same in every format and in a library.

    >>> song_key(" Mira  Vale ", "Slow Tide")
    'mira vale – slow tide'
    >>> song_key("", "Ebb")
    'ebb'
    """
    return named(artist, title).key


def named(artist: str, title: str, feedback: int = Feedback.PLAYED) -> RawPlay:
    """A play of a song known by name."""
    artist, title = clean(artist), clean(title)
    words = f"{artist} – {title}" if artist and title else artist or title
    key = unicodedata.normalize("NFKC", words).casefold()
    return RawPlay(key, artist, title, feedback)


def clean(text: str) -> str:
    """The text on one line with single blanks, and without what UTF-8 cannot hold."""
    words = " ".join(text.split())
    return words if words.isascii() else words.encode("utf-8", "replace").decode("utf-8")
