"""Reads m3u, m3u8, pls and xspf lists, from whoever wrote them, and writes m3u8."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from app.player.media_errors import shown_name
from app.player.playlist_formats import (
    MAX_ENTRIES,
    MAX_LINE,
    PlaylistEntry,
    PlaylistError,
    decode,
    is_hls,
    legacy,
    looks_like_pls,
    parse_m3u,
    parse_pls,
    parse_xspf,
    scheme_of,
)

__all__ = [
    "PlaylistEntry",
    "PlaylistError",
    "is_hls",
    "is_playlist_name",
    "parse_playlist",
    "read_playlist",
    "write_m3u8",
]

MAX_BYTES = 8 * 1024 * 1024
MAX_TITLE = 500
MAX_DEPTH = 4
MAX_FILES = 64
SUFFIXES = (".m3u", ".m3u8", ".pls", ".xspf")
STREAM_SCHEMES = ("http", "https")


def is_playlist_name(location: str) -> bool:
    """Whether the name looks like that of a playlist."""
    path = urlsplit(location).path if "://" in location else location
    return path.lower().endswith(SUFFIXES)


def read_playlist(path: Path) -> list[PlaylistEntry]:
    """The entries of a playlist file, those of lists it includes in their place.

    A list that includes itself, directly or not, is read once. Raises `PlaylistError`.
    """
    return list(_Reader().read(path, 0))


def read_playlist_bytes(path: Path) -> bytes:
    """The file's bytes, if it is a regular file of a sane size; raises `PlaylistError`."""
    name = shown_name(str(path))
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise PlaylistError(f"“{name}” is not a playlist file. Choose a file instead.")
        if found.st_size > MAX_BYTES:
            raise PlaylistError(f"“{name}” is too large to be a playlist. Choose another file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        raise PlaylistError(f"“{name}” is not there any more. Choose another file.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise PlaylistError(f"“{name}” cannot be read: {reason}. Choose another file.") from None


def parse_playlist(content: bytes, base: str) -> list[PlaylistEntry]:
    """The entries of a list that came from `base`, an absolute path or an http(s) URL.

    Entries that are neither files nor http(s) are left out, and so are files when the list came
    from a server. Raises `PlaylistError` when nothing is left, or when it is an HLS stream.
    """
    if len(content) > MAX_BYTES:
        raise PlaylistError("This is too large to be a playlist. Choose another.")
    if is_hls(content):
        raise PlaylistError("This is a live stream, not a list. Open its address as a stream.")
    text = decode(content)
    start = text.lstrip()[:512].lower()
    raw: Iterable[PlaylistEntry]
    if start.startswith(("<?xml", "<playlist", "<!")) or "<playlist" in start:
        raw = parse_xspf(content)
    elif start.startswith("[playlist]") or looks_like_pls(start):
        raw = parse_pls(text)
    else:
        raw = parse_m3u(text)
    entries: list[PlaylistEntry] = []
    for entry in raw:
        location = resolve(entry.location, base)
        if location is not None:
            entries.append(PlaylistEntry(location, entry.title[:MAX_TITLE], entry.duration_ms))
        if len(entries) >= MAX_ENTRIES:
            break
    if not entries:
        raise PlaylistError(
            f"“{shown_name(base)}” lists nothing that can be played. Choose another playlist."
        )
    return entries


def resolve(location: str, base: str) -> str | None:
    """Where an entry points, seen from its list; None where it may not point."""
    location = location.strip()
    if not location or "\0" in location or len(location) > MAX_LINE:
        return None
    scheme = scheme_of(location)
    if scheme in STREAM_SCHEMES:
        return _safe_url(location)
    if scheme_of(base) in STREAM_SCHEMES:
        return _safe_url(urljoin(base, location)) if not scheme else None
    if scheme == "file":
        return _file_url_path(location)
    if scheme:
        return None
    return _relative_path(location, Path(base).parent)


def write_m3u8(path: Path, entries: Iterable[PlaylistEntry]) -> None:
    """Write an m3u8, replacing the file only when all of it is on the disk."""
    lines = ["#EXTM3U"]
    for entry in entries:
        seconds = -1 if entry.duration_ms is None else round(entry.duration_ms / 1000)
        title = " ".join(entry.title.split())
        lines.append(f"#EXTINF:{seconds},{title}")
        lines.append(entry.location)
    content = ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise PlaylistError(
            f"“{path.name}” cannot be written: {error.strerror or error}. Choose another folder."
        ) from None


class _Reader:
    """Follows lists that include lists, within bounds."""

    def __init__(self) -> None:
        self._seen: set[Path] = set()
        self._count = 0

    def read(self, path: Path, depth: int) -> Iterator[PlaylistEntry]:
        real = path.resolve()
        self._seen.add(real)
        for entry in parse_playlist(read_playlist_bytes(path), str(path.absolute())):
            if self._count >= MAX_ENTRIES:
                return
            if "://" in entry.location or not is_playlist_name(entry.location):
                self._count += 1
                yield entry
                continue
            inner = Path(entry.location)
            if inner.resolve() in self._seen or depth >= MAX_DEPTH or len(self._seen) >= MAX_FILES:
                continue
            try:
                yield from self.read(inner, depth + 1)
            except PlaylistError:
                continue


def _safe_url(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in STREAM_SCHEMES or not parts.hostname:
        return None
    if any(ord(letter) < 32 for letter in url):
        return None
    return url


def _file_url_path(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.netloc not in ("", "localhost"):
        return None
    path = os.fsdecode(unquote_to_bytes(parts.path.encode("utf-8", "surrogateescape")))
    if os.name == "nt":
        path = path.lstrip("/")
    return _relative_path(path, None)


def _relative_path(text: str, folder: Path | None) -> str | None:
    if "\0" in text or text.startswith(("\\\\", "//")):
        return None
    if os.name != "nt":
        windows = PureWindowsPath(text)
        if windows.drive:
            return None
        if "\\" in text and not (folder is not None and (folder / text).exists()):
            text = PurePosixPath(*windows.parts).as_posix()
            if text.startswith("\\"):
                return None
    path = Path(text)
    if not path.is_absolute():
        if folder is None:
            return None
        path = folder / path
    normal = os.path.normpath(path)
    if not normal.isascii() and not os.path.lexists(normal) and os.path.lexists(legacy(normal)):
        normal = legacy(normal)
    if normal.startswith(("/dev/", "/proc/", "/sys/")):
        return None
    return normal
