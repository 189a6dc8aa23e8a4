"""The lyrics of songs: an .lrc file beside the song, or a tag of it. Read for learning alone.

No scan reads them: that would cost every scan, and they are wanted only where words are learnt.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import stat
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from tinytag import TinyTag, TinyTagException

log = logging.getLogger(__name__)

MOST_CHARACTERS = 20_000
_MOST_BYTES = 131_072
_MOST_TAG_BYTES = 4_194_304
_TIMES = re.compile(r"[\[<]\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?[\]>]")
_HEADING = re.compile(r"^\[[a-z#]{1,12}:[^\]]*\]\s*$", re.IGNORECASE | re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_BROKEN = (TinyTagException, ValueError, struct.error, IndexError, KeyError, OverflowError)


class Lyrics(Mapping[int, str]):
    """Lyrics by track id, each read from its file when it is asked for, empty where none are."""

    def __init__(self, locations: Mapping[int, str]) -> None:
        self._locations = locations

    def __getitem__(self, track_id: int) -> str:
        return read_lyrics(self._locations[track_id])

    def __iter__(self) -> Iterator[int]:
        return iter(self._locations)

    def __len__(self) -> int:
        return len(self._locations)


def read_lyrics(location: str) -> str:
    """The lyrics of the file at `location`, at most 20,000 characters, without time-stamps.

    Empty when there are none, when the file is a stream, and when it cannot be read.
    """
    if "://" in location:
        return ""
    path = Path(location)
    for suffix in (".lrc", ".LRC"):
        with contextlib.suppress(OSError, ValueError):
            data = _read_regular(path.with_suffix(suffix), _MOST_BYTES)
            if text := plain(decoded(data)):
                return text
    return plain(_tagged(location))


def plain(text: str) -> str:
    """Lyrics without time-stamps, headings and control characters, a line a line."""
    text = text[: 4 * MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    text = _HEADING.sub("", text)
    text = _TIMES.sub(" ", text)
    text = "".join(each if each.isprintable() or each == "\n" else " " for each in text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)[:MOST_CHARACTERS]


def decoded(data: bytes) -> str:
    """Text of bytes in UTF-8, in UTF-16 with its mark, or else as Windows wrote it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    cut = data[:-3] if len(data) >= _MOST_BYTES else data  # the end may lie within a character
    for each in (data, cut):
        with contextlib.suppress(UnicodeDecodeError):
            return each.decode("utf-8-sig")
    return data.decode("cp1252", "replace")


def _read_regular(path: Path, most: int) -> bytes:
    """The beginning of a regular file; raises OSError for anything else, and never waits."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path} is no file")
        return file.read(most) or b""


class _Bounded(io.BufferedReader):
    """A file of which no single piece is larger than tags are, whatever it says of itself."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(_MOST_TAG_BYTES if size is None or size < 0 else
                            min(size, _MOST_TAG_BYTES))  # fmt: skip


def _tagged(location: str) -> str:
    """The longest lyrics among the tags of a file."""
    try:
        if not stat.S_ISREG(os.stat(location).st_mode):
            return ""
        with open(location, "rb", buffering=0) as raw:
            found = TinyTag.get(file_obj=_Bounded(raw), duration=False)
    except OSError as error:
        log.info("No lyrics of %r: %s", location, error)
        return ""
    except _BROKEN as error:
        log.info("tinytag cannot read %r: %s", location, error)
        return ""
    texts = [text for text in found.other.get("lyrics", ()) if isinstance(text, str)]
    return max(texts, key=len, default="")
