"""The search text, read as a query. Any text is a valid search; what means nothing is ignored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.library.folding import fold

COLUMNS = ("title", "artist", "album", "genre")
_COLUMNS_OF_FIELD = {"artist": ("artist", "owner")}

_MAX_LENGTH = 300
_MAX_TERMS = 24
_TERM = re.compile(
    r"(?P<minus>-)?"
    r"(?:(?P<field>title|artist|album|genre|year|liked|disliked):)?"
    r"(?:\"(?P<phrase>[^\"]*)(?P<closed>\")?|(?P<word>[^\s\"]*))",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?P<first>\d{1,4})?(?P<to>\.\.|-)?(?P<last>\d{1,4})?")

_WORDS_SQL = "SELECT rowid AS track_id FROM track_words WHERE track_words MATCH ?"
_YEAR_SQL = "SELECT track_id FROM tracks WHERE removed = 0 AND year BETWEEN ? AND ?"
_OPINION_SQL = "SELECT track_id FROM opinions WHERE kind = ?"


@dataclass(frozen=True, slots=True)
class IdSet:
    """A SELECT of track ids with its parameters."""

    sql: str
    parameters: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search text asks for: tracks in all of `wanted` and in none of `unwanted`."""

    wanted: tuple[IdSet, ...] = ()
    unwanted: tuple[IdSet, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether every track is found."""
        return not self.wanted and not self.unwanted

    @property
    def asks_opinions(self) -> bool:
        """Whether likes and dislikes change the answer."""
        return any(part.sql == _OPINION_SQL for part in self.wanted + self.unwanted)

    def wanted_ids(self) -> IdSet | None:
        """One SELECT of the tracks in all wanted sets, None when every track is wanted."""
        return _joined(self.wanted, " INTERSECT ")

    def unwanted_ids(self) -> IdSet | None:
        """One SELECT of the tracks to leave out, None when there are none."""
        return _joined(self.unwanted, " UNION ")


def _joined(sets: tuple[IdSet, ...], operator: str) -> IdSet | None:
    if not sets:
        return None
    return IdSet(
        operator.join(part.sql for part in sets),
        tuple(value for part in sets for value in part.parameters),
    )


def parse_search(text: str, words_in: Sequence[str] = COLUMNS) -> Search:
    """Read words, "phrases", `artist:x`, `year:1990..1999`, `liked:` and `-not this`.

    Words without a field are looked up in the columns `words_in`; the last letters of a word may
    still be missing.
    """
    words: list[str] = []
    wanted: list[IdSet] = []
    unwanted: list[IdSet] = []
    for term in list(_terms(text))[:_MAX_TERMS]:
        field = (term["field"] or "").lower()
        exclude = bool(term["minus"])
        if field in ("", *COLUMNS):
            columns = _COLUMNS_OF_FIELD.get(field, (field,)) if field else words_in
            match = _words(term, columns)
            if match and exclude:
                unwanted.append(IdSet(_WORDS_SQL, (match,)))
            elif match:
                words.append(match)
            continue
        part, inverted = _condition(field, term["word"] or term["phrase"] or "")
        if part is not None:
            (unwanted if exclude != inverted else wanted).append(part)
    if words:
        wanted.insert(0, IdSet(_WORDS_SQL, (" AND ".join(words),)))
    return Search(tuple(wanted), tuple(unwanted))


def row_condition(text: str) -> IdSet | None:
    """What one row must fulfil, for a search that is a single word or span of years.

    In `sql` stands a condition on the row instead of a SELECT. None for every other search.
    """
    terms = list(_terms(text))
    if len(terms) != 1 or terms[0]["minus"] or terms[0]["phrase"] is not None:
        return None
    field, word = (terms[0]["field"] or "").lower(), terms[0]["word"] or ""
    if field == "year":
        years, inverted = _condition(field, word)
        return IdSet("year BETWEEN ? AND ?", years.parameters) if years and not inverted else None
    folded = fold(word)
    if field in ("liked", "disliked") or not folded or " " in folded:
        return None
    columns = _COLUMNS_OF_FIELD.get(field, (field,)) if field else (*COLUMNS, "owner")
    words = " || ' ' || ".join(f"{column}_key" for column in columns)
    return IdSet(f"' ' || {words} LIKE ?", (f"% {folded}%",))


def _terms(text: str) -> list[re.Match[str]]:
    return [term for term in _TERM.finditer(text[:_MAX_LENGTH]) if term[0]]


def _words(term: re.Match[str], columns: Sequence[str]) -> str:
    """An FTS5 expression; the folded text has no character that means anything to FTS5."""
    folded = fold(term["phrase"] if term["phrase"] is not None else term["word"])
    if not folded:
        return ""
    prefix = "" if term["closed"] else " *"
    if len(columns) == len(COLUMNS):
        return f'"{folded}"{prefix}'
    return f'{{{" ".join(columns)}}} : "{folded}"{prefix}'


def _condition(field: str, value: str) -> tuple[IdSet | None, bool]:
    """The set of tracks that a field other than words names, and whether it is meant inverted."""
    if field == "year":
        years = _YEARS.fullmatch(value)
        if years is None or not (years["first"] or years["last"]):
            return None, False
        first = int(years["first"] or 0)
        last = int(years["last"] or (9999 if years["to"] else first))
        return IdSet(_YEAR_SQL, (min(first, last), max(first, last))), False
    kind = "like" if field == "liked" else "dislike"
    return IdSet(_OPINION_SQL, (kind,)), value.lower() in ("no", "false", "0")
