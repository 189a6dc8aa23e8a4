"""Text folded for sorting and search: no case, no accents, no punctuation."""

from __future__ import annotations

import unicodedata

LAST = "\uffff"
"""The key of an empty text: it sorts behind all others."""

MAX_KEY_LENGTH = 200

_APOSTROPHES = "'`´’‘ʼ"
_ASCII = {code: (chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)} | {
    ord("'"): "",
    ord("`"): "",
}
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def fold(text: str) -> str:
    """`text` as words parted by single spaces: "Björk – It's Oh" becomes "bjork its oh"."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    folded = text.casefold().translate(_LETTERS)
    folded = unicodedata.normalize("NFKD", folded).casefold()
    return " ".join("".join(map(_fold_character, folded)).split())


def _fold_character(character: str) -> str:
    if character in _APOSTROPHES:
        return ""
    category = unicodedata.category(character)
    if category == "Mn":
        return ""
    if category[0] not in "LNM":
        return " "
    if _stands_alone(character):
        return f" {character} "
    return character


def _stands_alone(character: str) -> bool:
    """Whether the script writes no spaces, so that each character is a word."""
    code = ord(character)
    return (
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x4DBF
        or 0x4E00 <= code <= 0x9FFF
        or 0x20000 <= code <= 0x3FFFF
    )


def sort_key(text: str) -> str:
    """The folded text, or what comes nearest to it; empty texts go last."""
    key = fold(text) or text.strip().casefold()
    return key[:MAX_KEY_LENGTH] or LAST


MAX_TEXT_LENGTH = 300


def clean_text(text: str) -> str:
    """A tag as one line that SQLite and a list can hold: no control characters, no 1 MB texts."""
    text = text[: 4 * MAX_TEXT_LENGTH]
    if not text.isprintable():
        text = "".join(map(_cleaned, text))
    return " ".join(text.split())[:MAX_TEXT_LENGTH].rstrip()


def _cleaned(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if unicodedata.category(character) in ("Cc", "Zl", "Zp"):
        return " "
    return character
