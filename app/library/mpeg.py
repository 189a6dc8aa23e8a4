"""Frames of MPEG audio: enough of them to tell an mp3 from other bytes."""

from __future__ import annotations

from typing import BinaryIO

_SEARCH = 65_536
_KBPS = {
    (3, 3): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def frame_length(header: bytes) -> int:
    """The length in bytes of the frame with this 4-byte header; 0 if it is no such header."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    rate_index, frequency_index = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer == 0 or rate_index in (0, 15) or frequency_index == 3:
        return 0
    kbps = _KBPS[(3 if version == 3 else 2, layer)][rate_index]
    frequency = _RATES[version][frequency_index]
    padding = header[2] >> 1 & 1
    if layer == 3:
        return (12 * kbps * 1000 // frequency + padding) * 4
    samples = 72 if layer == 1 and version != 3 else 144
    return samples * kbps * 1000 // frequency + padding


def find_frames(file: BinaryIO, start: int, end: int) -> int | None:
    """Where the first of two frames in a row begins, looking through 64 KB; None without any.

    A single frame that fills the file counts as well.
    """
    file.seek(start)
    head = file.read(min(end - start, 8_192))
    found = _first_pair(head, end - start)
    if found is None and len(head) < end - start:
        head += file.read(min(end - start, _SEARCH) - len(head))
        found = _first_pair(head, end - start)
    return None if found is None else start + found


def _first_pair(data: bytes, available: int) -> int | None:
    at = data.find(b"\xff")
    while at >= 0:
        length = frame_length(data[at : at + 4])
        if length:
            following = data[at + length : at + length + 4]
            if frame_length(following) and following[1] == data[at + 1]:
                return at
            if at == 0 and not following and available == length:
                return at
        at = data.find(b"\xff", at + 1)
    return None
