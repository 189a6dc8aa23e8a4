"""Words of titles, names and lyrics, as they are compared: folded, without marks."""

from __future__ import annotations

import re
import unicodedata

from recommender.api import Song

LONGEST_TEXT = 300
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words_of(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The words of a text's first `longest` characters, lower case and without accents.

    >>> words_of("Déjà Vu (Don't)")
    ['deja', 'vu', "don't"]
    """
    text = text[:longest].casefold()
    if not text.isascii():
        marks = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in marks if not unicodedata.combining(each))
    return _WORD.findall(text)


def artist_of(song: Song) -> str:
    """The word that stands for the song's artist, no word of any text; empty without one."""
    name = " ".join(words_of(song.artist)) or song.artist.strip()
    return f"by {name}" if name else ""


def genre_of(song: Song) -> str:
    """The word that stands for the song's genre, no word of any text; empty without one."""
    name = " ".join(words_of(song.genre))
    return f"is {name}" if name else ""
