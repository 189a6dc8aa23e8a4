"""A library's sounds and plays gathered for a network to learn from, in bounded memory.

Needs numpy only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from recommender.api import Song
from recommender.audio.sound import Mel
from recommender.audio.store import SoundStore
from recommender.audio.training_set import TrainingSet, room_for, stretches_of
from recommender.data.arrays import BoolArray, FloatArray, IndexArray

MOST_OTHERS = 2_000
"""So many songs without plays teach what songs sound like at all."""

MOST_TAGS, FEWEST_TAGGED = 100, 5


def gathered(
    store: SoundStore,
    contents: Mapping[int, str],
    songs: Sequence[Song],
    targets: FloatArray,
    seed: int = 0,
) -> TrainingSet:
    """The songs that were heard, those with a target first; all of them where memory allows.

    `contents` names each song id's sound, `targets` (contents, dim) is in its order.
    """
    ids = np.fromiter(contents, np.int64, len(contents))
    chosen, most = _chosen(np.abs(targets).max(1, initial=0.0) > 0, seed)
    names = [contents[int(song_id)] for song_id in ids[chosen]]
    hands = dict(zip(*store.hands(names), strict=True))
    parts: dict[str, Mel] = {}
    for content, pieces in store.pieces(list(dict.fromkeys(names))):
        cut = stretches_of(pieces, most)
        if len(cut):
            parts[content] = cut
    there = [place for place, name in enumerate(names) if name in hands and name in parts]
    kept = chosen[there]
    of_id = {song.song_id: song for song in songs}
    known = [of_id.get(int(song_id)) for song_id in ids[kept]]
    return TrainingSet.joined(
        np.array([hands[names[place]] for place in there], np.float32),
        [parts[names[place]] for place in there],
        targets[kept],
        artists(known),
        tagged(known),
    )


def _chosen(known: BoolArray, seed: int) -> tuple[IndexArray, int]:
    """Which songs are gathered, and how many stretches of each."""
    chance = np.random.default_rng(seed)
    played, others = (chance.permutation(np.flatnonzero(each)) for each in (known, ~known))
    wanted = np.concatenate([played, others[:MOST_OTHERS]])
    kept, most = room_for(len(wanted))
    return wanted[:kept], most


def artists(songs: Sequence[Song | None]) -> IndexArray:
    """A number for each song's artist, (songs,); a song without one has a number of its own."""
    names = [song.artist.strip().casefold() if song else "" for song in songs]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(filter(None, names)))}
    found = [numbers.get(name, len(numbers) + place) for place, name in enumerate(names)]
    return np.array(found, np.int64)


def tagged(songs: Sequence[Song | None]) -> FloatArray:
    """The commonest artists and genres, and whose they are, 0 or 1, (songs, tags)."""
    words = [
        {("artist", song.artist.strip().casefold()), ("genre", song.genre.strip().casefold())}
        if song
        else set()
        for song in songs
    ]
    counts = Counter(word for each in words for word in sorted(each) if word[1])
    common = [word for word, count in counts.most_common(MOST_TAGS) if count >= FEWEST_TAGGED]
    rows = np.array([[word in each for word in common] for each in words], np.float32)
    return rows.reshape(len(songs), len(common))
