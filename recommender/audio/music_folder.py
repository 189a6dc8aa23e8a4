"""A folder of music files: what is in it, who made it, and hearing all of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinytag import TinyTag, TinyTagException

from recommender.audio.sound import AudioError, content_key
from recommender.audio.store import SoundStore

log = logging.getLogger(__name__)

SUFFIXES = (".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".wav")


@dataclass(frozen=True, slots=True)
class MusicFile:
    """A file and its tags, empty where it has none; `content` names its sound."""

    path: Path
    content: str
    artist: str = ""
    title: str = ""
    album: str = ""
    genre: str = ""


def music_in(folder: Path) -> list[MusicFile]:
    """The music files in a folder and all below it, in order of name; raises OSError."""
    paths = [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES]
    return [_file(path) for path in sorted(paths) if path.is_file()]


def listen(
    store: SoundStore,
    files: Sequence[MusicFile],
    jobs: int | None = None,
    device: str = "cpu",
    tell: Callable[[int], None] = lambda heard: None,
) -> None:
    """Hear those that were not heard before, and keep it; `tell` is given how many are done.

    Files that cannot be heard are among the store's `problems`. Raises OSError.
    """
    from recommender.audio.extract import hear_all

    content_of = {file.path: file.content for file in files}
    missing = set(store.missing([file.content for file in files]))
    first = {content_of[path]: path for path in reversed(content_of)}

    def begun() -> Iterator[Path]:
        for content, path in first.items():
            if content in missing and store.begin(content):
                yield path

    heard = hear_all(begun(), jobs=jobs, device=device)
    for done, (path, sound) in enumerate(heard, start=1):
        content = content_of[path]
        if isinstance(sound, AudioError):
            store.refuse(content, str(sound))
        else:
            store.put(content, sound)
        tell(done)


def _file(path: Path) -> MusicFile:
    content = content_key(path)
    try:
        tags = TinyTag.get(path, duration=False)
    except (TinyTagException, OSError, ValueError, ArithmeticError, LookupError) as error:
        log.info("the tags of %s cannot be read: %s", path, error)
        return MusicFile(path, content)
    words = (tags.artist, tags.title, tags.album, tags.genre)
    return MusicFile(path, content, *(" ".join((each or "").split()) for each in words))
