"""Walking music folders: which files there are now, without opening one."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.library.identity import image_file_id

log = logging.getLogger(__name__)

SUFFIXES = frozenset({".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".wav"})
FOLDER_IMAGE = "x"
"""The first letter of a cover_key that stands for an image file beside the music."""

_IMAGE_STEMS = ("cover", "folder", "front", "album", "albumart", "albumartsmall")
_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_DIRECTORIES_PER_REPORT = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """A music file as its directory entry describes it."""

    folder_id: int
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Walked:
    """What a walk found. `unreadable` are directories of which nothing is known now."""

    files: dict[str, Seen] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    oddities: list[tuple[str, int, str]] = field(default_factory=list)
    visited: set[tuple[int, int]] = field(default_factory=set)

    def cover_beside(self, location: str) -> str:
        """The cover_key of the image file in the directory of `location`, empty without one."""
        return self.images.get(os.path.dirname(location), "")


def walk(
    walked: Walked, folder_id: int, top: str, report: Callable[[str], None] = lambda _: None
) -> None:
    """Add all music files below `top` to `walked`.

    Hidden names are passed over, links are followed, and no directory is entered twice, so that
    loops end. `report` is called now and then with a directory, and may raise to stop the walk.
    """
    waiting = [top]
    entered = 0
    while waiting:
        directory = waiting.pop()
        try:
            status = os.stat(directory)
            identity = (status.st_dev, status.st_ino)
            if identity in walked.visited:
                continue
            walked.visited.add(identity)
            with os.scandir(directory) as entries:
                waiting += _look_at(walked, folder_id, directory, entries)
        except FileNotFoundError:
            continue
        except OSError as error:
            walked.unreadable.append(directory)
            log.warning("cannot read the directory %r: %s", directory, error.strerror)
        entered += 1
        if entered % _DIRECTORIES_PER_REPORT == 0:
            report(directory)


def _look_at(
    walked: Walked, folder_id: int, directory: str, entries: Iterable[os.DirEntry[str]]
) -> list[str]:
    """Take the files of one directory; returns the directories in it."""
    directories = []
    best_image: tuple[int, str] | None = None
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        stem, suffix = os.path.splitext(name.lower())
        if suffix in SUFFIXES:
            if not entry.is_file():
                if entry.is_dir():
                    directories.append(entry.path)
                else:
                    walked.oddities.append((entry.path, folder_id, _oddity(entry)))
                continue
            status = entry.stat()
            walked.files[entry.path] = Seen(folder_id, status.st_size, status.st_mtime_ns)
        elif suffix in _IMAGE_SUFFIXES:
            if stem in _IMAGE_STEMS:
                rank = (_IMAGE_STEMS.index(stem), entry.path)
                best_image = min(best_image or rank, rank)
        elif _is_directory(entry, walked):
            directories.append(entry.path)
    if best_image is not None:
        _take_image(walked, directory, best_image[1])
    return directories


def _is_directory(entry: os.DirEntry[str], walked: Walked) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        # A link that leads in a circle, or one onto a drive that does not answer.
        if error.errno != errno.ELOOP:
            walked.unreadable.append(entry.path)
        return False


def _oddity(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink() and not os.path.exists(entry.path):
        return "This link leads to a file that is not there."
    return "This is a pipe or a device, not a file."


def _take_image(walked: Walked, directory: str, path: str) -> None:
    try:
        status = os.stat(path)
    except OSError:
        return
    key = FOLDER_IMAGE + image_file_id(path, status.st_size, status.st_mtime_ns)
    walked.images[directory] = key


def find_cover_file(directory: str) -> str | None:
    """The image in a directory that is most likely the album's cover."""
    try:
        names = os.listdir(directory)
    except OSError:
        return None
    ranked = []
    for name in names:
        stem, suffix = os.path.splitext(name.lower())
        if suffix in _IMAGE_SUFFIXES and stem in _IMAGE_STEMS:
            ranked.append((_IMAGE_STEMS.index(stem), os.path.join(directory, name)))
    return min(ranked)[1] if ranked else None
