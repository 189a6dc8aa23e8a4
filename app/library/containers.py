"""Where sound and picture lie in an audio file, found by reading a few kilobytes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from app.library.errors import LibraryError
from app.library.mpeg import find_frames

_OGG_HEADER = 27
_OGG_WALK_LIMIT = 2_000
_TAIL = 65_536


class UnreadableFileError(LibraryError):
    """The file holds no sound that can be read; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Byte ranges of one file. `own_digest` is a checksum of the sound kept in the file itself."""

    format: str
    audio_start: int
    audio_end: int
    picture_start: int = 0
    picture_size: int = 0
    own_digest: bytes = b""
    duration_ms: int | None = None


def find_layout(file: BinaryIO, size: int) -> Layout:
    """The layout of an mp3, flac, ogg, opus, m4a or wav file, told by its bytes, not its name.

    Raises UnreadableFileError when there is no sound in it.
    """
    if size == 0:
        raise UnreadableFileError("The file is empty.")
    file.seek(0)
    head = file.read(16)
    start, picture_start, picture_size = 0, 0, 0
    if head.startswith(b"ID3"):
        start, picture_start, picture_size = _id3v2(file, size)
        file.seek(start)
        head = file.read(16)
    if head.startswith(b"fLaC"):
        layout = _flac(file, start, size)
    elif head.startswith(b"OggS"):
        layout = _ogg(file, start, size)
    elif head[4:8] == b"ftyp":
        layout = _mp4(file, size)
    elif head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        layout = _wave(file, size)
    else:
        layout = _mpeg(file, start, size, picture_start, picture_size)
    if layout.audio_end <= layout.audio_start:
        raise UnreadableFileError("The file ends before its sound begins; it may be cut off.")
    return layout


def _id3v2(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Where the ID3v2 tags end, and the range of the first picture in them."""
    start, picture_start, picture_size = 0, 0, 0
    for _ in range(4):
        file.seek(start)
        header = file.read(10)
        if len(header) < 10 or not header.startswith(b"ID3"):
            break
        end = start + 10 + _synchsafe(header[6:10])
        if not picture_size:
            picture_start, picture_size = _id3_picture(file, header[3], start + 10, min(end, size))
        start = end + (10 if header[5] & 0x10 else 0)
    return min(start, size), picture_start, picture_size


def _id3_picture(file: BinaryIO, version: int, position: int, end: int) -> tuple[int, int]:
    header_size, id_size = (6, 3) if version == 2 else (10, 4)
    for _ in range(200):
        file.seek(position)
        header = file.read(header_size)
        if position + header_size > end or len(header) < header_size or header[0] == 0:
            break
        field = header[id_size : 2 * id_size]
        length = _synchsafe(field) if version == 4 else int.from_bytes(field, "big")
        position += header_size
        if header[:id_size] in (b"APIC", b"PIC"):
            return position, min(length, end - position)
        position += length
    return 0, 0


def _synchsafe(field: bytes) -> int:
    value = 0
    for byte in field:
        value = value << 7 | byte & 0x7F
    return value


def _mpeg(file: BinaryIO, start: int, size: int, picture_start: int, picture_size: int) -> Layout:
    end = _before_trailing_tags(file, start, size)
    first = find_frames(file, start, end)
    if first is None:
        raise UnreadableFileError("This is no sound that Segue knows; the name may be wrong.")
    return Layout("mp3", first, end, picture_start, picture_size)


def _before_trailing_tags(file: BinaryIO, start: int, end: int) -> int:
    """Where the sound ends before ID3v1, APEv2 and Lyrics3 tags."""
    for _ in range(4):
        file.seek(max(start, end - 160))
        tail = file.read(end - max(start, end - 160))
        if tail[-128:-125] == b"TAG" and len(tail) >= 128:
            end -= 128
        elif tail[-32:-24] == b"APETAGEX":
            length = int.from_bytes(tail[-20:-16], "little")
            has_header = int.from_bytes(tail[-12:-8], "little") & 0x80000000
            end -= length + (32 if has_header else 0)
        elif tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
            end -= int(tail[-15:-9]) + 15
        else:
            break
    return max(end, start)


def _flac(file: BinaryIO, start: int, size: int) -> Layout:
    position = start + 4
    picture_start, picture_size, digest = 0, 0, b""
    for _ in range(200):
        file.seek(position)
        header = file.read(4)
        if len(header) < 4:
            break
        kind, length = header[0] & 0x7F, int.from_bytes(header[1:], "big")
        position += 4
        if kind == 0:
            info = file.read(34)
            if any(info[18:34]):
                digest = info[10:34]
        elif kind == 6 and not picture_size:
            picture_start, picture_size = position, length
        position += length
        if header[0] & 0x80:
            break
    return Layout("flac", position, size, picture_start, picture_size, digest)


def _ogg(file: BinaryIO, start: int, size: int) -> Layout:
    file.seek(start)
    first = file.read(_OGG_HEADER + 255 + 64)
    packet = first[_OGG_HEADER + first[26] :] if len(first) > 26 else b""
    headers, rate, skipped = 2, 48_000, 0
    if packet.startswith(b"\x01vorbis"):
        headers, rate = 3, int.from_bytes(packet[12:16], "little")
    elif packet.startswith(b"OpusHead"):
        skipped = int.from_bytes(packet[10:12], "little")
    else:
        raise UnreadableFileError("This Ogg file holds neither Vorbis nor Opus sound.")
    audio_start = min(_after_ogg_headers(file, start, headers), size)
    duration_ms = _ogg_duration_ms(file, audio_start, size, rate, skipped)
    picture_start, picture_size = _ogg_picture(file, start, audio_start)
    return Layout("ogg", audio_start, size, picture_start, picture_size, b"", duration_ms)


def _after_ogg_headers(file: BinaryIO, position: int, packets: int) -> int:
    """The end of the page on which the last of the header `packets` ends."""
    ended = 0
    for _ in range(_OGG_WALK_LIMIT):
        file.seek(position)
        page = file.read(_OGG_HEADER + 255)
        if len(page) < _OGG_HEADER or not page.startswith(b"OggS"):
            break
        lacing = page[_OGG_HEADER : _OGG_HEADER + page[26]]
        position += _OGG_HEADER + len(lacing) + sum(lacing)
        ended += len(lacing) - lacing.count(255)
        if ended >= packets:
            return position
    raise UnreadableFileError("The file ends before its sound begins; it may be cut off.")


def _ogg_duration_ms(file: BinaryIO, start: int, size: int, rate: int, skipped: int) -> int | None:
    for length in (_TAIL // 8, _TAIL * 2):
        tail_start = max(start, size - length)
        file.seek(tail_start)
        tail = file.read(size - tail_start)
        page = tail.rfind(b"OggS")
        while page >= 0:
            granule = int.from_bytes(tail[page + 6 : page + 14], "little", signed=True)
            if len(tail) - page >= 14 and granule > 0 and rate > 0:
                return max(0, granule - skipped) * 1000 // rate
            page = tail.rfind(b"OggS", 0, page)
    return None


def _ogg_picture(file: BinaryIO, start: int, audio_start: int) -> tuple[int, int]:
    if audio_start - start < 2_048:
        return 0, 0
    file.seek(start)
    head = file.read(min(audio_start - start, _TAIL)).upper()
    at = head.find(b"METADATA_BLOCK_PICTURE=")
    return (start + at, audio_start - start - at) if at >= 0 else (0, 0)


def _mp4(file: BinaryIO, size: int) -> Layout:
    audio_start, audio_end, index = 0, 0, (0, 0)
    for kind, start, end in _atoms(file, 0, size):
        if kind == b"mdat" and end - start > audio_end - audio_start:
            audio_start, audio_end = start, end
        elif kind == b"moov":
            index = (start, end)
    if index == (0, 0):
        raise UnreadableFileError("The file has no index (moov); it may be cut off.")
    span = index
    for name, skip in ((b"udta", 0), (b"meta", 4), (b"ilst", 0), (b"covr", 0)):
        found = next((a for a in _atoms(file, *span) if a[0] == name), None)
        if found is None:
            return Layout("mp4", audio_start, audio_end)
        span = (found[1] + skip, found[2])
    return Layout("mp4", audio_start, audio_end, span[0], span[1] - span[0])


def _atoms(file: BinaryIO, position: int, end: int) -> list[tuple[bytes, int, int]]:
    """Kind, start and end of the content of the atoms in a range."""
    atoms = []
    for _ in range(1_000):
        if position + 8 > end:
            break
        file.seek(position)
        header = file.read(16)
        length, start = int.from_bytes(header[:4], "big"), position + 8
        if length == 1:
            length, start = int.from_bytes(header[8:16], "big"), position + 16
        elif length == 0:
            length = end - position
        if length < 8:
            break
        atoms.append((header[4:8], start, min(position + length, end)))
        position += length
    return atoms


def _wave(file: BinaryIO, size: int) -> Layout:
    position, sound, picture = 12, (0, 0), (0, 0)
    for _ in range(200):
        file.seek(position)
        header = file.read(18)
        if len(header) < 8:
            break
        length = int.from_bytes(header[4:8], "little")
        position += 8
        if header[:4] == b"data" and sound == (0, 0):
            sound = (position, min(position + length, size))
        elif header[:4].lower() == b"id3 " and header[8:11] == b"ID3":
            picture = _id3_picture(file, header[11], position + 10, min(position + length, size))
        position += length + (length & 1)
    if sound == (0, 0):
        raise UnreadableFileError("The file has no sound in it (no data chunk).")
    return Layout("wav", *sound, *picture)
