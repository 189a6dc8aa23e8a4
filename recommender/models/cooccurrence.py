"""Decayed session co-occurrence: songs heard close to the last few songs, in either direction."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.models.base import Expert, Moment

REACH = 15
MOST_PLACES = 60
LAST_SONGS = 10


class Cooccurrence(Expert):
    """For each of the last songs, the neighbours of its earlier plays."""

    name = "cooccurrence"
    columns = ("near", "near_fresh", "near_current", "near_forward", "near_breadth")

    def fill(self, moment: Moment, out: FloatArray) -> None:
        history = self.history
        offsets = np.array([d for d in range(-REACH, REACH + 1) if d], np.int64)
        closeness = 1.0 / np.sqrt(np.abs(offsets))
        for back, song in enumerate(moment.recent[:LAST_SONGS]):
            places = history.places_of(song, MOST_PLACES).astype(np.int64)
            places = places[places < history.size - 1 - back]
            if len(places) == 0:
                continue
            turns = places[:, None] + offsets
            valid = (turns >= 0) & (turns < history.size)
            valid &= history.session[np.where(valid, turns, 0)] == history.session[places][:, None]
            age = history.size - places
            old = np.exp(-age / 8000.0) / np.sqrt(2.0 + len(places))
            songs = history.song[turns[valid]]
            base = 0.85**back
            weights = (old[:, None] * closeness * base)[valid]
            fresh = (np.exp(-age / 600.0)[:, None] * closeness * base)[valid]
            size = len(self.catalogue)
            counts = np.bincount(songs, weights, minlength=size)
            out[0] += counts
            out[1] += np.bincount(songs, fresh, minlength=size)
            out[4] += np.minimum(3 * counts, 1)
            if back == 0:
                out[2] = counts
            forward = (turns > places[:, None])[valid]
            out[3] += np.bincount(songs[forward], weights[forward], minlength=size)
        np.log1p(3 * out[:4], out=out[:4])
        out[4] /= 4
