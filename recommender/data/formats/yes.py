"""Yes.com radio playlists: one list a line, a song number a token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from recommender.data.formats.lines import ReadError, lines
from recommender.data.formats.records import RawList, RawPlay, clean

NAMES = "song_hash.txt"
LARGEST_SONG = 2**31 - 2
LOOK_AHEAD = 200
"""Lists that are looked at to tell a header from lists."""

Numbered = tuple[int, list[str]]


def read_yes(path: Path) -> Iterator[RawList]:
    """The file's playlists, with or without its two header lines.

    Line 1 of a header has the songs' outside ids, line 2 how often each is played. Titles and
    artists come from `song_hash.txt` in the same folder, if it is there. A song's key is its
    number as text.
    """
    numbered = ((at, line.split()) for at, line in enumerate(lines(path), start=1))
    first = list(islice(numbered, 2 + LOOK_AHEAD))
    if not first:
        raise ReadError(f"{path}: the file is empty.")
    songs = len(first[0][1]) if is_header([tokens for _, tokens in first]) else None
    if songs is not None:
        del first[:2]
    names = _names(path.with_name(NAMES))
    plays: dict[str, RawPlay] = {}
    for at, tokens in chain(first, numbered):
        if not tokens:
            continue
        for token in tokens:
            if token not in plays:
                plays[token] = _play(token, songs, names, path, at)
        yield RawList("", None, [plays[token] for token in tokens])


def is_header(rows: list[list[str]]) -> bool:
    """Whether the first two of these rows of tokens are a header rather than lists.

    A header has one id and one count for each song: equally many, no id twice, every song of the
    lists below has a place in it, and none is played more often than its count says (or the ids
    are no song numbers, and more than any list is long).
    """
    if len(rows) < 3 or not len(rows[0]) == len(rows[1]) == len(set(rows[0])):
        return False
    size = len(rows[0])
    lists = [row for row in rows[2:] if row]
    seen = Counter(chain.from_iterable(lists))
    if not seen or not all(_is_number(token) for token in chain(rows[1], seen)):
        return False
    if max(map(int, seen)) >= size:
        return False
    if all(times <= int(rows[1][int(token)]) for token, times in seen.items()):
        return True
    outside = any(not _is_number(token) or int(token) >= size for token in rows[0])
    return outside and size > max(map(len, lists))


def _play(token: str, songs: int | None, names: dict[str, RawPlay], path: Path, at: int) -> RawPlay:
    if not _is_number(token):
        raise ReadError(f"{path}, line {at}: {token[:40]!r} is not a song number.")
    key = str(int(token))
    if songs is not None and int(key) >= songs:
        raise ReadError(f"{path}, line {at}: song {key}, but the header has {songs} songs.")
    if int(key) > LARGEST_SONG:
        raise ReadError(f"{path}, line {at}: song {key} is too large; at most {LARGEST_SONG}.")
    return names.get(key, RawPlay(key))


def _is_number(token: str) -> bool:
    return token.isascii() and token.isdigit() and len(token) <= 20


def _names(path: Path) -> dict[str, RawPlay]:
    """Songs by key from lines of number, title and artist with tabs between."""
    found: dict[str, RawPlay] = {}
    if not path.is_file():
        return found
    for at, line in enumerate(lines(path), start=1):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) < 3 or not _is_number(fields[0].strip()):
            raise ReadError(f"{path}, line {at}: wanted number, title and artist with tabs.")
        key = str(int(fields[0]))
        artist, title = (clean(fields[place].replace("\\/", "/")) for place in (2, 1))
        found[key] = RawPlay(key, artist, title)
    return found
