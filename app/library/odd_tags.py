"""Tags through mutagen, for the files that tinytag can't read. Imported only when needed."""

from __future__ import annotations

import logging
import struct
from typing import Any

import mutagen
from mutagen import MutagenError

from app.library.tags import Tags, clean_tag, gains_of, milliseconds, title_of_name, year_of

log = logging.getLogger(__name__)

_FRAMES = {
    "title": "tit2",
    "artist": "tpe1",
    "album": "talb",
    "albumartist": "tpe2",
    "genre": "tcon",
    "date": "tdrc",
    "tracknumber": "trck",
    "discnumber": "tpos",
}
"""ID3 frames, for the formats for which mutagen has no easy names."""


def read_odd_tags(location: str, duration_ms: int | None = None) -> Tags | None:
    """The tags of a file as mutagen sees them, None if it sees no audio file."""
    try:
        easy = mutagen.File(location, easy=True)
        full = mutagen.File(location)
    except (MutagenError, ValueError, IndexError, KeyError, struct.error, OverflowError) as error:
        log.info("mutagen cannot read %r: %s", location, error)
        return None
    if easy is None:
        return None
    if duration_ms is None:
        duration_ms = milliseconds(getattr(easy.info, "length", 0.0) or 0.0)
    fields = {str(key).lower(): value for key, value in (easy.tags or {}).items()}

    def text(key: str) -> str:
        found = fields.get(key) or fields.get(_FRAMES.get(key, ""))
        return clean_tag(_first(found))

    return Tags(
        text("title") or title_of_name(location),
        text("artist"),
        text("album"),
        text("albumartist"),
        text("genre"),
        year_of(text("date") or text("year")),
        _number(text("tracknumber")),
        _number(text("discnumber")),
        duration_ms,
        *gains_of(_texts(full)),
    )


def _first(value: Any) -> str:
    while isinstance(value, list):
        value = value[0] if value else ""
    return str(value) if value is not None else ""


def _number(text: str) -> int | None:
    digits = text.split("/")[0].strip()
    return int(digits) if digits.isdecimal() and 0 < int(digits[:6]) <= 9_999 else None


def _texts(file: Any) -> dict[str, object]:
    """Free text fields by lower-case name: Vorbis comments, TXXX frames, iTunes atoms."""
    fields: dict[str, object] = {}
    for key, value in (getattr(file, "tags", None) or {}).items():
        name = str(key).lower().removeprefix("txxx:").rpartition("com.apple.itunes:")[2]
        if "gain" in name or "peak" in name:
            first = value[0] if isinstance(value, list) and value else value
            fields[name] = first.decode("utf-8", "replace") if isinstance(first, bytes) else first
    return fields
