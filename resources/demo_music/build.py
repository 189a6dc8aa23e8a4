"""Makes the demo library, album by album, so that an interrupted run goes on where it was."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from resources.demo_music.catalogue import ALBUMS, SEED, TRACK_COUNT, Album
from resources.demo_music.covers import cover
from resources.demo_music.dsp import Sound
from resources.demo_music.files import Tags, encode, tag
from resources.demo_music.loudness import Gain, Loudness, album_gain
from resources.demo_music.song import Song
from resources.demo_music.styles import COMPOSERS
from resources.demo_music.theory import Key

Progress = Callable[[int, int, str], None]
"""Called with the tracks done, the tracks in all, and the name of the latest."""

PART = ".part"
WORKERS = min(2, os.cpu_count() or 1)


def build(folder: Path, progress: Progress) -> None:
    """Fill `folder` with the demo music; files that are there already are left as they are.

    A new folder appears only when it is complete; every file appears whole. Raises OSError when
    something cannot be written.
    """
    place = folder if folder.is_dir() else folder.with_name(f".{folder.name}{PART}")
    place.mkdir(parents=True, exist_ok=True)
    _forget_drafts(place)
    done = 0
    with ThreadPoolExecutor(WORKERS) as workers:
        for album in ALBUMS:
            for name in _build_album(album, place / album.folder, workers):
                done += 1
                progress(done, TRACK_COUNT, name)
    if place != folder:
        place.replace(folder)


def compose(album: Album, number: int) -> Sound:
    """The sound of one track of an album, counted from 1: always the same samples."""
    rng = np.random.default_rng([SEED, zlib.crc32(album.title.encode("utf-8")), number])
    low, high = album.tempo
    song = Song(
        rng=rng,
        seconds=float(rng.uniform(20.2, 24.0)),
        tempo_bpm=float(rng.uniform(low, high)),
        key=Key(album.tonic + int(rng.choice([-4, -2, 0, 0, 1, 3])), album.mode),
        flavour=album.flavour,
    )
    return COMPOSERS[album.genre](song)


def _build_album(album: Album, folder: Path, workers: Executor) -> Iterator[str]:
    numbers = range(1, len(album.titles) + 1)
    files = [folder / album.file_name(number) for number in numbers]
    names = [f"{album.artist} \N{EN DASH} {title}" for title in album.titles]
    art = folder / "cover.jpg"
    if art.exists() and all(file.exists() for file in files):
        yield from names
        return
    folder.mkdir(parents=True, exist_ok=True)
    jpeg = cover(album)
    sounds = list(workers.map(lambda number: compose(album, number), numbers))
    loudness = list(workers.map(Loudness.of, sounds))
    whole = album_gain(loudness)
    tags = [_tags(album, number, loudness[number - 1].gain, whole, jpeg) for number in numbers]
    written = workers.map(_write, files, sounds, tags)
    for name, _ in zip(names, written, strict=True):
        yield name
    draft = art.with_name(f".{art.name}{PART}")
    draft.write_bytes(jpeg)
    draft.replace(art)


def _tags(album: Album, number: int, track_gain: Gain, whole: Gain, jpeg: bytes) -> Tags:
    return Tags(
        title=album.titles[number - 1],
        artist=album.artist,
        album=album.title,
        genre=album.genre,
        year=album.year,
        number=number,
        count=len(album.titles),
        track_gain=track_gain,
        album_gain=whole,
        cover_jpeg=jpeg,
    )


def _write(file: Path, sound: Sound, tags: Tags) -> None:
    if file.exists():
        return
    suffix = file.suffix.removeprefix(".")
    draft = file.with_name(f".{file.name}{PART}")
    encode(sound, draft, suffix)
    tag(draft, suffix, tags)
    draft.replace(file)


def _forget_drafts(folder: Path) -> None:
    for draft in folder.rglob(f".*{PART}"):
        if draft.is_file():
            draft.unlink()
