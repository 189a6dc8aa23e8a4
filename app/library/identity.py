"""The identity of a file's sound and of its cover, from a few samples of each."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from app.library.containers import Layout

_SAMPLE = 2_048
_MARGIN = 32
_PICTURE_SAMPLE = 1_024


def content_id(file: BinaryIO, layout: Layout) -> str:
    """A name for the sound: it stays through a re-tag, a rename and a move.

    FLAC keeps a checksum of its sound; of the others the length and four samples are hashed.
    """
    digest = hashlib.blake2b(layout.format.encode(), digest_size=12)
    if layout.own_digest:
        digest.update(layout.own_digest)
        return digest.hexdigest()
    length = layout.audio_end - layout.audio_start
    digest.update(length.to_bytes(8, "little"))
    last = max(0, length - _SAMPLE)
    for offset in sorted({0, last // 3, 2 * last // 3, last}):
        digest.update(_sample(file, layout, layout.audio_start + offset))
    return digest.hexdigest()


def _sample(file: BinaryIO, layout: Layout, position: int) -> bytes:
    if layout.format != "ogg":
        file.seek(position)
        return file.read(min(_SAMPLE, layout.audio_end - position))
    # A longer comment renumbers all pages: read a margin, so that a page header that straddles
    # the sample's edge is seen whole and its number and checksum can be blanked.
    start = max(layout.audio_start, position - _MARGIN)
    file.seek(start)
    data = file.read(min(position + _SAMPLE + _MARGIN, layout.audio_end) - start)
    return without_page_numbers(data)[position - start :][:_SAMPLE]


def without_page_numbers(data: bytes) -> bytes:
    """Ogg pages with their sequence numbers and checksums blanked."""
    at = data.find(b"OggS")
    while at >= 0:
        data = data[: at + 18] + bytes(len(data[at + 18 : at + 26])) + data[at + 26 :]
        at = data.find(b"OggS", at + 4)
    return data


def picture_id(file: BinaryIO, layout: Layout) -> str:
    """A name for the embedded cover, the same in all files that carry it; empty without one."""
    if not layout.picture_size:
        return ""
    file.seek(layout.picture_start)
    data = file.read(min(_PICTURE_SAMPLE, layout.picture_size))
    if layout.format == "ogg":
        data = without_page_numbers(data)
    digest = hashlib.blake2b(data, digest_size=12)
    if layout.format != "ogg":
        digest.update(layout.picture_size.to_bytes(8, "little"))
    return digest.hexdigest()


def image_file_id(path: str, size: int, mtime_ns: int) -> str:
    """A name for a cover that lies beside the music as a file."""
    text = f"{path}\0{size}\0{mtime_ns}"
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=12).hexdigest()
