"""The formats of playlists: text in, raw entries out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes
from xml.parsers import expat

MAX_ENTRIES = 20_000
MAX_LINE = 8_192
HLS_TAGS = ("#EXT-X-TARGETDURATION", "#EXT-X-STREAM-INF", "#EXT-X-MEDIA-SEQUENCE")


class PlaylistError(Exception):
    """A playlist cannot be used; the text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """One entry: an absolute path or an http(s) URL, and what the list says about it."""

    location: str
    title: str = ""
    duration_ms: int | None = None


def is_hls(content: bytes) -> bool:
    """Whether an m3u8 is one stream cut into pieces rather than a list of tracks."""
    start = content[:65_536].decode("utf-8", "replace")
    return any(tag in start for tag in HLS_TAGS)


def decode(content: bytes) -> str:
    """Text in whatever encoding it is; bytes that mean nothing are kept for file names."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    return content.decode("utf-8", "surrogateescape")


def parse_m3u(text: str) -> Iterator[PlaylistEntry]:
    """Raw entries of an m3u."""
    title, duration_ms = "", None
    for line in _lines(text):
        if line.startswith("#"):
            if line.upper().startswith("#EXTINF:"):
                title, duration_ms = _extinf(line[8:])
            continue
        yield PlaylistEntry(line, title or "", duration_ms)
        title, duration_ms = "", None


def parse_pls(text: str) -> Iterator[PlaylistEntry]:
    """Raw entries of a pls, by number."""
    fields: dict[int, dict[str, str]] = {}
    for line in _lines(text):
        match = re.match(r"(file|title|length)(\d{1,6})\s*=\s*(.*)", line, re.IGNORECASE)
        if match:
            fields.setdefault(int(match[2]), {})[match[1].lower()] = match[3].strip()
    for number in sorted(fields):
        entry = fields[number]
        if entry.get("file"):
            length = entry.get("length", "")
            yield PlaylistEntry(
                entry["file"], _shown(entry.get("title", "")), _seconds_to_ms(length)
            )


def parse_xspf(content: bytes) -> list[PlaylistEntry]:
    """Raw entries of an xspf; refuses document types, and with them every entity."""
    reader = _XspfReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError):
        raise PlaylistError(
            "This playlist is damaged: its XML cannot be read. Save it again where it came from."
        ) from None
    return reader.entries


class _XspfReader:
    """Collects the tracks of an xspf while it is parsed."""

    def __init__(self) -> None:
        self.entries: list[PlaylistEntry] = []
        self._path: list[str] = []
        self._fields: dict[str, str] = {}

    def start(self, name: str, _attributes: object) -> None:
        self._path.append(name.rpartition(" ")[2])
        if self._path[-1] == "track":
            self._fields = {}

    def text(self, data: str) -> None:
        if len(self._path) >= 2 and self._path[-2] == "track":
            field = self._path[-1]
            known = self._fields.get(field, "")
            if len(known) < MAX_LINE:
                self._fields[field] = known + data

    def end(self, _name: str) -> None:
        if self._path.pop() != "track" or not self._fields.get("location", "").strip():
            return
        if len(self.entries) >= MAX_ENTRIES:
            return
        title = self._fields.get("title", "").strip()
        creator = self._fields.get("creator", "").strip()
        duration = self._fields.get("duration", "").strip()
        self.entries.append(
            PlaylistEntry(
                _unquote_local(self._fields["location"].strip()),
                f"{creator} - {title}" if creator and title else title or creator,
                int(duration) if duration.isascii() and duration.isdigit() else None,
            )
        )


def _refuse_doctype(*_arguments: object) -> None:
    raise PlaylistError("This playlist contains XML that is not safe to read. Choose another.")


def _lines(text: str) -> Iterator[str]:
    for line in re.split(r"[\r\n]+", text):
        stripped = line.strip()
        if stripped and len(stripped) <= MAX_LINE:
            yield stripped


def looks_like_pls(start: str) -> bool:
    """Whether a list without its heading is a pls."""
    return re.search(r"^file1\s*=", start, re.MULTILINE) is not None


def _extinf(info: str) -> tuple[str, int | None]:
    seconds, _comma, title = info.partition(",")
    number = seconds.split()[0] if seconds.split() else ""
    return _shown(title.strip()), _seconds_to_ms(number)


def legacy(text: str) -> str:
    """Text whose bytes were not UTF-8, read as the Windows encoding old lists are in."""
    return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _seconds_to_ms(text: str) -> int | None:
    match = re.fullmatch(r"\d{1,7}(\.\d{1,9})?", text.strip(), re.ASCII)
    seconds = float(match[0]) if match else 0.0
    return round(seconds * 1000) if seconds > 0 else None


def _shown(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return legacy(text)
    return text


def scheme_of(location: str) -> str:
    """The scheme of a URL in lower case; empty for a path, also for one with a drive letter."""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]+):", location)
    return match[1].lower() if match and ("://" in location or len(match[1]) > 1) else ""


def _unquote_local(location: str) -> str:
    """Xspf locations are URIs: a relative one is percent-encoded too."""
    if scheme_of(location):
        return location
    return os.fsdecode(unquote_to_bytes(location))
