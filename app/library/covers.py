"""Covers as small files on disk. Slow work: call it from a background thread."""

from __future__ import annotations

import base64
import binascii
import io
import logging
import os
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import mutagen
from mutagen import MutagenError
from mutagen.flac import Picture
from PIL import Image, ImageOps, UnidentifiedImageError

from app.library.walk import FOLDER_IMAGE, find_cover_file

log = logging.getLogger(__name__)

SIZES_PX = (96, 512)
CACHE_LIMIT_BYTES = 256 * 1024**2

_MAX_FILE_BYTES = 48 * 1024**2
_MAX_PIXELS = 64_000_000
_FRONT = 3
_DAY_S = 24 * 60 * 60
_BAD_IMAGE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    SyntaxError,
    ValueError,
    struct.error,
    MemoryError,
)


def thumbnail(track_location: str, cover_key: str, size_px: int, folder: Path) -> Path | None:
    """The JPEG of at most `size_px` by `size_px` for a cover, made when `folder` has none yet.

    None if there is no picture, or none that can be shown; a picture that is broken is
    remembered, and not tried again.
    """
    if not cover_key.isalnum():
        return None
    target = folder / f"{cover_key}-{size_px}.jpg"
    if _is_fresh(target):
        return target
    broken = folder / f"{cover_key}.none"
    if broken.exists():
        return None
    data = picture_of(track_location, cover_key)
    if data is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            small = _scaled(data, size_px)
        except (*_BAD_IMAGE, OSError) as error:
            log.info("the cover of %r cannot be shown: %s", track_location, error)
            broken.touch()
            return None
        _write(target, small)
    except OSError as error:
        log.warning("cannot keep a thumbnail in %s: %s", folder, error.strerror)
        return None
    return target


def picture_of(track_location: str, cover_key: str) -> bytes | None:
    """The bytes of the picture that `cover_key` of this track stands for."""
    pictures = [_embedded, _beside]
    if cover_key.startswith(FOLDER_IMAGE):
        pictures.reverse()
    for find in pictures:
        data = find(track_location)
        if data:
            return data
    return None


def trim(folder: Path, limit_bytes: int = CACHE_LIMIT_BYTES) -> int:
    """Delete the thumbnails not used for longest until `limit_bytes` hold; returns how many."""
    files = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                status = entry.stat()
                files.append((status.st_mtime, status.st_size, entry.path))
    total = sum(size for _, size, _ in files)
    deleted = 0
    for _, size, path in sorted(files):
        if total <= limit_bytes:
            break
        with suppress(OSError):
            os.unlink(path)
            deleted += 1
        total -= size
    return deleted


def _is_fresh(target: Path) -> bool:
    """Whether the thumbnail is there; its time then says when it was last used."""
    try:
        modified_s = target.stat().st_mtime
    except OSError:
        return False
    if time.time() - modified_s > _DAY_S:
        with suppress(OSError):
            os.utime(target)
    return True


def _scaled(data: bytes, size_px: int) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > _MAX_PIXELS:
            raise ValueError(f"it has {image.width} x {image.height} pixels")
        image.draft("RGB", (2 * size_px, 2 * size_px))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((size_px, size_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
        buffer = io.BytesIO()
        upright.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _write(target: Path, data: bytes) -> None:
    """Write beside the target and rename, so that no reader sees half a picture."""
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, target)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def _beside(track_location: str) -> bytes | None:
    path = find_cover_file(os.path.dirname(track_location))
    if path is None:
        return None
    try:
        if os.path.getsize(path) > _MAX_FILE_BYTES:
            return None
        return Path(path).read_bytes()
    except OSError:
        return None


def _embedded(track_location: str) -> bytes | None:
    try:
        file = mutagen.File(track_location)
    except (MutagenError, OSError, ValueError, IndexError, KeyError, struct.error) as error:
        log.info("no cover from %r: %s", track_location, error)
        return None
    if file is None:
        return None
    pictures = sorted(_pictures(file), key=lambda picture: picture[0] != _FRONT)
    for _, data in pictures:
        if 0 < len(data) <= _MAX_FILE_BYTES:
            return data
    return None


def _pictures(file: Any) -> Iterator[tuple[int, bytes]]:
    """Kind and bytes of all pictures that mutagen found in a file."""
    for picture in getattr(file, "pictures", ()):
        yield picture.type, picture.data
    tags = file.tags
    if tags is None:
        return
    if hasattr(tags, "getall"):
        for frame in tags.getall("APIC"):
            yield frame.type, frame.data
    elif "covr" in tags:
        for cover in tags["covr"]:
            yield _FRONT, bytes(cover)
    elif "metadata_block_picture" in tags:
        for text in tags["metadata_block_picture"]:
            with suppress(binascii.Error, ValueError, MutagenError, struct.error):
                picture = Picture(base64.b64decode(text))
                yield picture.type, picture.data
