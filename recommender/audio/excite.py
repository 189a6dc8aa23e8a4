"""Finding the moments of a library that excite what listens most, and words for what it hears.

Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from recommender.audio.descriptors import correlations, described, in_words
from recommender.audio.hearing import Hearing
from recommender.audio.moments import Dimension, Moment, Moments
from recommender.audio.net_steps import HeardNet, placed
from recommender.audio.sound import FRAMES_PER_S, WINDOW, Mel, Piece, decibels
from recommender.audio.store import SoundStore
from recommender.audio.training_set import filled
from recommender.data.arrays import BoolArray, FloatArray, IndexArray

MOST_SONGS = 2_000
NAMING, WORDLESS = 2, "hard to put into words"
MOST_DIMENSIONS, MOST_MOMENTS, FEWEST_MOMENTS = 24, 8, 2
MOST_WINDOWS = 40
"""So many moments of a song are listened to."""

ALIKE = 0.8
"""Dimensions whose correlation is larger say the same."""

QUIET = 0.02
"""A dimension that is moved in a smaller share of the moments has learnt nothing to speak of."""

FAINT_DB = 10.0
"""Half a moment that lies so far below the middle of its song is where that fades in or out."""

ENOUGH = 0.5
"""A moment excites by at least so many deviations above what is usual."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """Moments of songs: `excited` (moments, dims), `plain` descriptors (moments, len(WORDS)),
    `songs` their ids and `starts` their seconds, both (moments,)."""

    excited: FloatArray
    plain: FloatArray
    songs: IndexArray
    starts: FloatArray


def moments_of(
    hearing: Hearing,
    store: SoundStore,
    contents: Mapping[int, str],
    tell: Callable[[float], None] = lambda share: None,
    most: int = MOST_SONGS,
) -> Moments:
    """What excites each dimension of what is in use: a network's view of a window, or without one
    the plain properties that hand-made features are about.

    Of at most `most` songs the MOST_MOMENTS strongest moments, at most one a song, for at most
    MOST_DIMENSIONS dimensions that differ from one another, the most varied first. `contents` names
    each song id's sound; `tell` is told the share that is done.
    """
    heard = _listened(hearing, store, _evenly(contents, most), tell)
    if heard is None:
        return Moments(hearing.model.name, ())
    likeness = correlations(heard.excited, heard.plain)
    names: list[str] = []
    found: list[tuple[str, tuple[Moment, ...]]] = []
    for dimension in _varied(heard.excited):
        moments = _strongest(heard, heard.excited[:, dimension])
        if len(moments) >= FEWEST_MOMENTS:
            words = in_words(likeness[dimension])
            names.append(_named(words[:NAMING]))
            also = ", ".join(words[NAMING:])
            found.append((f"also {also}" if also else "", moments))
        if len(found) == MOST_DIMENSIONS:
            break
    told = _told_apart(names)
    dimensions = [Dimension(name, *each) for name, each in zip(told, found, strict=True)]
    return Moments(hearing.model.name, tuple(dimensions))


def _listened(
    hearing: Hearing,
    store: SoundStore,
    contents: Mapping[int, str],
    tell: Callable[[float], None],
) -> _Heard | None:
    excited: list[FloatArray] = []
    plain: list[FloatArray] = []
    songs: list[IndexArray] = []
    starts: list[FloatArray] = []
    for done, (song_id, pieces) in enumerate(_sounds(store, contents), start=1):
        windows, began = _windows(pieces)
        if len(windows):
            plain.append(described(windows))
            excited.append(_excited(hearing, windows, plain[-1]))
            songs.append(np.full(len(windows), song_id, np.int64))
            starts.append(began)
        tell(min(1.0, done / len(contents)))
    if not songs:
        return None
    return _Heard(
        np.concatenate(excited), np.concatenate(plain), np.concatenate(songs),
        np.concatenate(starts),
    )  # fmt: skip


def _sounds(
    store: SoundStore, contents: Mapping[int, str]
) -> Iterator[tuple[int, tuple[Piece, ...]]]:
    """Each sound once, under the first song id that has it."""
    first: dict[str, int] = {}
    for song_id, content in contents.items():
        first.setdefault(content, song_id)
    for content, pieces in store.pieces(list(first)):
        yield first[content], pieces


def _windows(pieces: tuple[Piece, ...]) -> tuple[Mel, FloatArray]:
    """Windows (n, WINDOW, MELS) half over one another, and when each begins in s, (n,); those in
    which a song fades in or out are left out."""
    places = [
        (pieces[number], first)
        for number, first in placed(pieces, WINDOW // 2)
        if len(pieces[number].mel) >= WINDOW
    ]
    if not places:
        return np.zeros((0, WINDOW, 0), np.uint8), np.zeros(0, np.float32)
    step = -(-len(places) // MOST_WINDOWS)
    cut = [filled(piece.mel, first, WINDOW) for piece, first in places[::step]]
    began = [piece.start_s + first / FRAMES_PER_S for piece, first in places[::step]]
    windows, is_there = np.stack(cut), _there(np.stack(cut))
    return windows[is_there], np.array(began, np.float32)[is_there]


def _there(windows: Mel) -> BoolArray:
    """Which windows of a song are not faint beside the others, neither first nor last, (n,)."""
    halves = decibels(windows).max(2).reshape(len(windows), 2, -1).mean(2)
    result: BoolArray = halves.min(1) >= np.median(halves) - FAINT_DB
    return result


def _excited(hearing: Hearing, windows: Mel, plain: FloatArray) -> FloatArray:
    """What moves in each window: a network's view of it, else its plain properties both ways."""
    if isinstance(hearing.model, HeardNet):
        return hearing.model.steps.windows(windows)
    return np.concatenate([plain, -plain], axis=1)


def _varied(excited: FloatArray) -> list[int]:
    """The dimensions that differ from one another, those that move most first."""
    spread = excited.std(0)
    alive = (excited > excited.min(0) + 1e-6).mean(0) > QUIET
    order = [int(place) for place in np.argsort(-spread, kind="stable") if alive[place]]
    likeness = correlations(excited, excited)
    kept: list[int] = []
    for place in order:
        if spread[place] > 1e-6 and all(likeness[place, other] < ALIKE for other in kept):
            kept.append(place)
    return kept


def _strongest(heard: _Heard, values: FloatArray) -> tuple[Moment, ...]:
    """The strongest moments, at most one a song."""
    strength = (values - values.mean()) / max(float(values.std()), 1e-9)
    found: dict[int, Moment] = {}
    for place in np.argsort(-strength, kind="stable"):
        if strength[place] < ENOUGH or len(found) == MOST_MOMENTS:
            break
        start_s = float(heard.starts[place])
        end_s = start_s + WINDOW / FRAMES_PER_S
        song_id = int(heard.songs[place])
        found.setdefault(
            song_id,
            Moment(song_id, round(start_s, 2), round(end_s, 2), round(float(strength[place]), 2)),
        )
    return tuple(found.values())


def _named(words: list[str]) -> str:
    """`loud and busy`, or `choppy, with a steady beat`."""
    plain = [word for word in words if " " not in word]
    phrases = [word for word in words if " " in word]
    return ", ".join(filter(None, (" and ".join(plain), *phrases))) or WORDLESS


def _told_apart(words: list[str]) -> list[str]:
    """A short name for each, never the same twice."""
    counts: dict[str, int] = {}
    names = []
    for each in words:
        counts[each] = counts.get(each, 0) + 1
        name = each[:1].upper() + each[1:]
        names.append(name if counts[each] == 1 else f"{name} {counts[each]}")
    return names


def _evenly(contents: Mapping[int, str], most: int) -> dict[int, str]:
    """Every so-many-th of the songs."""
    ids = list(contents)
    chosen = np.unique(np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int))
    return {ids[place]: contents[ids[place]] for place in chosen}
