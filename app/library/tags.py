"""The tags of one file, whatever is wrong with it."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from tinytag import TinyTag, TinyTagException

from app.library.containers import Layout, UnreadableFileError, find_layout
from app.library.folding import clean_text
from app.library.identity import content_id, picture_id

log = logging.getLogger(__name__)

_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_DECIMAL = re.compile(r"\s*([+-]?\d{1,6}(?:[.,]\d{1,12})?)(?![eE\d.,])")
_TITLE_NUMBER = re.compile(r"^\d{1,3}\s*[-._)]\s*|^\d{2}\s+(?=\D)")
_R128_TO_REPLAYGAIN_DB = 5.0
_MAX_NUMBER = 9_999
_SMALL_BYTES = 131_072
_MAX_DURATION_MS = 7 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says about itself; texts are single lines of at most 300 characters."""

    title: str
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    genre: str = ""
    year: int | None = None
    track_number: int | None = None
    disc_number: int | None = None
    duration_ms: int | None = None
    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that the library keeps of a file. `cover_key` is empty without an embedded cover."""

    location: str
    size: int
    mtime_ns: int
    content_id: str
    cover_key: str
    tags: Tags


def read_tags(path: str | os.PathLike[str]) -> Tags:
    """The tags of an audio file. Raises UnreadableFileError or OSError."""
    return read_file(os.fspath(path)).tags


def read_file(location: str) -> FileFacts:
    """Tags and identity of the file at `location`, in one go and without decoding sound.

    Raises UnreadableFileError, with words for the user, or OSError.
    """
    with open(location, "rb", buffering=0) as opened:
        status = os.fstat(opened.fileno())
        file = _in_memory_if_small(opened, status.st_size)
        layout = find_layout(file, status.st_size)
        tags = _read(file, location, layout)
        return FileFacts(
            location,
            status.st_size,
            status.st_mtime_ns,
            content_id(file, layout),
            picture_id(file, layout),
            tags,
        )


def _in_memory_if_small(opened: io.FileIO, size: int) -> BinaryIO:
    """The parsers seek to and fro, and each time a buffered file would ask the system again."""
    if size <= _SMALL_BYTES:
        data = opened.read(size)
        if data is not None and len(data) == size:
            return io.BytesIO(data)
    return io.BufferedReader(opened)


def _read(file: BinaryIO, location: str, layout: Layout) -> Tags:
    file.seek(0)
    # Of Ogg files tinytag would walk every page to learn the length, which the layout knows.
    with_duration = layout.format != "ogg"
    try:
        found = TinyTag.get(file_obj=file, duration=with_duration)
    except (TinyTagException, ValueError, struct.error) as error:
        log.info("tinytag cannot read %r: %s", location, error)
        return _read_slowly(location, layout)
    duration_ms = layout.duration_ms
    if duration_ms is None and found.duration is not None:
        duration_ms = milliseconds(found.duration)
    if duration_ms is None or (duration_ms == 0 and layout.format != "wav"):
        return _read_slowly(location, layout)
    return _tags_of_tinytag(found, location, duration_ms)


def _tags_of_tinytag(found: TinyTag, location: str, duration_ms: int | None) -> Tags:
    other = found.other
    artists = [found.artist or "", *other.get("artist", ())]
    return Tags(
        clean_tag(found.title) or title_of_name(location),
        clean_tag(", ".join(filter(None, artists[:8]))),
        clean_tag(found.album),
        clean_tag(found.albumartist),
        clean_tag(found.genre),
        year_of(found.year),
        _number(found.track),
        _number(found.disc),
        duration_ms,
        *gains_of({key: values[0] for key, values in other.items() if values}),
    )


def _read_slowly(location: str, layout: Layout) -> Tags:
    """Through mutagen, which knows more odd files. A file without readable tags keeps its name."""
    from app.library.odd_tags import read_odd_tags

    tags = read_odd_tags(location, layout.duration_ms)
    return tags if tags is not None else Tags(title_of_name(location))


def clean_tag(value: str | None) -> str:
    """A text as one line, with UTF-8 that was declared as Latin-1 put right."""
    if not value:
        return ""
    value = value[:2_000]
    if not value.isascii():
        with contextlib.suppress(UnicodeError):  # It was no such mistake.
            value = value.encode("latin-1").decode("utf-8")
    return clean_text(value)


def title_of_name(location: str) -> str:
    """A title from the file's name: "03 - So What.flac" gives "So What"."""
    name = os.fsencode(os.path.splitext(os.path.basename(location))[0])
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("cp1252", errors="replace")
    text = clean_text(text.replace("_", " "))
    return _TITLE_NUMBER.sub("", text) or text or "?"


def year_of(text: object) -> int | None:
    """The four-digit year in a date."""
    found = _YEAR.search(str(text)[:100]) if text else None
    return int(found[1]) if found else None


def milliseconds(seconds: float) -> int | None:
    """A duration, None if it can't be one."""
    if not 0 <= seconds * 1000 <= _MAX_DURATION_MS:
        return None
    return round(seconds * 1000)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value <= _MAX_NUMBER else None


Gains = tuple[float | None, float | None, float | None, float | None]


def gains_of(fields: Mapping[str, object]) -> Gains:
    """Track gain, track peak, album gain, album peak out of ReplayGain or R128 fields."""
    values = {key.lower().strip(): str(value) for key, value in fields.items()}

    def decibels(kind: str) -> float | None:
        plain = _decimal(values.get(f"replaygain_{kind}_gain"), 60)
        if plain is not None:
            return plain
        r128 = _decimal(values.get(f"r128_{kind}_gain"), 32_768)
        return None if r128 is None else r128 / 256 + _R128_TO_REPLAYGAIN_DB

    def peak(kind: str) -> float | None:
        value = _decimal(values.get(f"replaygain_{kind}_peak"), 100)
        return None if value is None or value < 0 else value

    return decibels("track"), peak("track"), decibels("album"), peak("album")


def _decimal(text: str | None, limit: float) -> float | None:
    found = _DECIMAL.match(text) if text else None
    value = float(found[1].replace(",", ".")) if found else None
    return value if value is not None and abs(value) <= limit else None


__all__ = ["FileFacts", "Tags", "UnreadableFileError", "read_file", "read_tags"]
