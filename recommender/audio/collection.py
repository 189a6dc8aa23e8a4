"""A folder of music as a collection to be measured: its excerpts, and who made what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from recommender.audio.decode import AudioFile
from recommender.audio.evaluation import spread_excerpts
from recommender.audio.excerpts import Cut, Cutting, Excerpt, cut
from recommender.audio.extract import CENTRES
from recommender.audio.music_folder import MusicFile
from recommender.audio.sound import AudioError, Piece, Sound
from recommender.audio.store import SoundStore
from recommender.data.arrays import FloatArray, IndexArray

CRASHED = "Listening to this file ended the program that listens, so it is left out."
NO_NAMES = {"", "none", "non", "unknown", "unknown artist", "unknown album", "various artists"}
SAME_LENGTH_S = 0.01


@dataclass(frozen=True, slots=True)
class Speed:
    """What was heard now: so much music, by the clock and by all processors' time."""

    heard_s: float = 0.0
    wall_s: float = 0.0
    busy_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The excerpts of songs that were heard: their names in the store, whose they are, (n,), which
    of their song's, (n,), and their features, (n, HAND)."""

    names: list[str]
    song: IndexArray
    place: IndexArray
    hands: FloatArray


@dataclass(frozen=True, slots=True)
class Labels:
    """Words by song, empty where nothing is known; songs with the same word in `version` are one
    song, whole or in parts."""

    artist: list[str]
    album: list[str]
    genre: list[str]
    top_folder: list[str]
    folder: list[str]
    version: list[str]


def listen_in_excerpts(
    store: SoundStore,
    files: Sequence[MusicFile],
    cutting: Cutting,
    jobs: int = 1,
    tell: Callable[[int], None] = lambda done: None,
) -> tuple[float, float]:
    """Hear what is not in the store yet; the seconds heard and the processors' time for them."""
    todo = {song_name(file, cutting): file for file in files}
    missing = set(store.missing(list(todo)))
    todo = {name: file for name, file in todo.items() if name in missing}
    heard_s = busy_s = 0.0
    for done, (name, made) in enumerate(_cuts(todo, cutting, jobs), start=1):
        if isinstance(made, AudioError):
            store.refuse(name, str(made))
        else:
            heard_s, busy_s = heard_s + made.heard_s, busy_s + made.busy_s
            _keep(store, name, made, cutting.excerpt_s)
        tell(done)
    return heard_s, busy_s


def song_name(file: MusicFile, cutting: Cutting) -> str:
    """What a song's excerpts are called in a store, apart from what the player hears of it."""
    return f"{file.content}/{cutting.most or 'all'} x {cutting.excerpt_s:.0f} s"


def _cuts(
    todo: dict[str, MusicFile], cutting: Cutting, jobs: int
) -> Iterator[tuple[str, Cut | AudioError]]:
    one = partial(_cut, cutting=cutting)
    if jobs == 1:
        yield from ((name, one(file.path)) for name, file in todo.items())
        return
    context = get_context("spawn")  # a fork would share torch's locks
    left = dict(todo)
    with ProcessPoolExecutor(jobs, context, initializer=_one_thread) as pool:
        answers = pool.map(one, [file.path for file in todo.values()])
        with suppress(BrokenProcessPool):
            for name, answer in zip(todo, answers, strict=True):
                del left[name]
                yield name, answer
    for name, file in left.items():  # one of them ended a process: each in a pool of its own
        with ProcessPoolExecutor(1, context, initializer=_one_thread) as pool:
            try:
                answer = pool.submit(one, file.path).result()
            except BrokenProcessPool:
                answer = AudioError(CRASHED)
        yield name, answer


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _cut(path: Path, cutting: Cutting) -> Cut | AudioError:
    try:
        return cut(path, cutting)
    except AudioError as error:
        return error


def _keep(store: SoundStore, name: str, made: Cut, excerpt_s: float) -> None:
    for place, each in enumerate(made.excerpts):
        piece = Piece(place * excerpt_s, each.mel)
        sound = Sound(excerpt_s, excerpt_s, each.hand, (piece,), apart=each.apart)
        store.put(f"{name}/{place}", sound)
    places = _usual(len(made.excerpts))
    usual: list[Excerpt] = [made.excerpts[place] for place in places]
    pieces = tuple(
        Piece(place * excerpt_s, each.mel) for place, each in zip(places, usual, strict=True)
    )
    hand = np.mean([each.hand for each in usual], axis=0)
    aparts = [each.apart for each in usual if each.apart is not None]
    apart = np.sum(aparts, axis=0) / np.sqrt(len(aparts)) if aparts else None
    store.put(name, Sound(made.heard_s, made.heard_s, hand, pieces, made.damage, apart))


def _usual(count: int) -> list[int]:
    """The excerpts by which a song is known: like those that the player hears."""
    chosen = spread_excerpts(np.zeros(count, np.int64), np.arange(count), CENTRES)
    return np.flatnonzero(chosen).tolist() or list(range(count))


def excerpts_in(store: SoundStore, songs: Sequence[str]) -> Excerpts:
    """The excerpts of these songs, in order."""
    numbers = {name: number for number, name in enumerate(songs)}
    found: list[tuple[int, int, str]] = []
    for name in store.contents():
        owner, _, number = name.rpartition("/")
        if owner in numbers and number.isdecimal():
            found.append((numbers[owner], int(number), name))
    found.sort()
    names = [name for _, _, name in found]
    given, rows = store.hands(names)
    row_of = {name: row for row, name in enumerate(given)}
    hands = rows[[row_of[name] for name in names]]
    song = np.array([number for number, _, _ in found], np.int64)
    return Excerpts(names, song, np.array([place for _, place, _ in found], np.int64), hands)


def labels_of(files: Sequence[MusicFile], folder: Path) -> Labels:
    """Who made what, by the tags, or where there are none by the folders: a song lies in its
    album's folder, and that in its artist's. `top_folder` is the first folder in which the songs
    differ, such as a package or a collection."""
    inner = [file.path.relative_to(folder).parent.parts for file in files]
    shared = next((at for at, same in enumerate(map(set, zip(*inner, strict=False)))
                   if len(same) > 1), min(map(len, inner)))  # fmt: skip
    parents = [str(file.path.parent) for file in files]
    return Labels(
        artist=[
            _named(file.artist) or (parts[-2] if len(parts) > 1 else "".join(parts[-1:]))
            for file, parts in zip(files, inner, strict=True)
        ],
        album=[_named(file.album) or parent for file, parent in zip(files, parents, strict=True)],
        genre=[_named(file.genre).casefold() for file in files],
        top_folder=[parts[shared] if len(parts) > shared else "" for parts in inner],
        folder=parents,
        version=_versions(files),
    )


def _named(word: str) -> str:
    return "" if word.casefold() in NO_NAMES else word


def _versions(files: Sequence[MusicFile]) -> list[str]:
    """The same word for files of one folder that are equally long: parts of one recording."""
    words: list[str] = []
    known: dict[str, list[tuple[float, str]]] = {}
    for file in files:
        seconds = seconds_of(file.path)
        others = known.setdefault(str(file.path.parent), [])
        same = (word for length, word in others if abs(length - seconds) <= SAME_LENGTH_S)
        word = next(same, str(file.path))
        others.append((seconds, word))
        words.append(word)
    return words


def seconds_of(path: Path) -> float:
    """How long a file says it is, -1 where it does not, NaN where it cannot be read."""
    with suppress(AudioError), AudioFile(path) as audio:
        return audio.seconds or -1.0
    return float("nan")
