"""Beliefs: the share of the coming plays that each artist and each genre may expect.

A Dirichlet posterior over decayed counts; the marginal of one name is a beta distribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from recommender.api import Belief, Scope
from recommender.data.arrays import DoubleArray, IndexArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.scopes import key_of
from recommender.live.events import EventState

HALF_LIFE_S = 42 * 86_400.0
SKIP, LIKE = 0.5, 5.0
"""In plays: what a skip takes away, and what a like adds and a dislike takes away."""

PRIOR, ELSEWHERE = 20.0, 0.4
"""So many plays' worth of belief, and so many for each play heard, lie on the library as it is:
tastes move on. Of 40 Last.fm listeners, 44 % of the later plays were by none of the artists
that were strongest before."""

RUN = 4.0
"""Plays come in runs, by album or by mood: so many say as much as one drawn by itself. With this
the intervals held nine of ten of these listeners' artists."""

SAID = 6.0
"""How many times as strong a belief becomes for a listener who says "far more"."""

MOST = {Scope.ARTIST: 40, Scope.GENRE: 30}
BEST_SONGS = 8
LOW, HIGH = 0.05, 0.95

Said = Mapping[tuple[Scope, str], float]
"""The listener's corrections by what they are of; names without case."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Artists or genres: the code of each song, shape (songs,), -1 for none, and their names."""

    code: IntArray
    names: list[str]


def beliefs_of(state: EventState, said: Said) -> tuple[Belief, ...]:
    """The strongest beliefs of artists and genres, and all corrected ones, the strongest first."""
    worth = song_worth(state)
    found = [
        belief
        for scope, names in _namings(state.catalogue).items()
        for belief in _beliefs(state, scope, names, worth, said)
    ]
    return tuple(sorted(found, key=lambda belief: -belief.strength))


def song_worth(state: EventState) -> DoubleArray:
    """Each song's evidence in plays, fading with HALF_LIFE_S; below 0 if it is skipped more than
    heard; shape (songs,)."""
    history, size = state.history, state.history.size
    age_s = np.maximum(state.now_s - history.at_s[:size], 0)
    amount = np.where(history.skipped[:size], -SKIP, 1.0) * np.exp2(-age_s / HALF_LIFE_S)
    heard = np.bincount(history.song[:size], amount, len(state.catalogue))
    worth: DoubleArray = (heard + LIKE * np.sign(state.liked)) * SAID ** state.rocchio.said()
    return worth


def _namings(catalogue: Catalogue) -> dict[Scope, _Names]:
    genres = np.where(catalogue.genre > 0, catalogue.genre - 1, -1).astype(np.int32)
    names = [""] * int(genres.max(initial=-1) + 1)
    tagged = np.ones(catalogue.artists, bool)
    for song, genre, artist in zip(
        catalogue.songs, genres.tolist(), catalogue.artist.tolist(), strict=True
    ):
        if genre >= 0 and not names[genre]:
            names[genre] = song.genre.strip()
        tagged[artist] = bool(song.artist.strip())
    artists = np.where(tagged[catalogue.artist], catalogue.artist, -1).astype(np.int32)
    return {
        Scope.ARTIST: _Names(artists, catalogue.artist_names),
        Scope.GENRE: _Names(genres, names),
    }


def _beliefs(
    state: EventState, scope: Scope, names: _Names, worth: DoubleArray, said: Said
) -> list[Belief]:
    """The strongest names of one kind that were played, and those that were corrected."""
    size = len(names.names)
    if size == 0:
        return []
    known = names.code >= 0
    code, history = names.code[known], state.history
    own = np.array([said.get((scope, key_of(name)), 0.0) for name in names.names])
    evidence = np.maximum(np.bincount(code, worth[known], size), 0) + LIKE * np.maximum(own, 0)
    active = state.catalogue.active[known]
    songs = np.bincount(code, active, size)
    drawn = np.bincount(code, active * SAID ** state.rocchio.said()[known], size)
    heard = np.bincount(code, (history.plays - history.skips)[known], size)
    touched = np.bincount(code, history.plays[known], size)
    prior = PRIOR + ELSEWHERE * evidence.sum()
    alpha = (evidence + prior * drawn / max(1.0, songs.sum())) / RUN
    total = alpha.sum()
    shown = np.flatnonzero((touched > 0) & (songs > 0))
    shown = shown[np.argsort(-alpha[shown], kind="stable")][: MOST[scope]]
    shown = np.union1d(shown, np.flatnonzero(own))
    low, high = (betaincinv(alpha[shown], total - alpha[shown], edge) for edge in (LOW, HIGH))
    best = _best_songs(state, names, worth, shown)
    return [
        Belief(
            scope, names.names[each], float(alpha[each] / total), _share(below), _share(above),
            int(heard[each]), float(own[each]), tuple(best[place]),
        )
        for place, (each, below, above) in enumerate(zip(shown.tolist(), low, high, strict=True))
    ]  # fmt: skip


def _share(value: float) -> float:
    """A quantile as a share; one without any doubt left has none to tell."""
    return float(np.clip(np.nan_to_num(value, nan=1.0), 0.0, 1.0))


def _best_songs(
    state: EventState, names: _Names, worth: DoubleArray, shown: IndexArray
) -> list[list[int]]:
    """For each name the ids of the songs that speak for it, the best first."""
    wanted = np.isin(names.code, shown) & state.catalogue.active & ~state.disliked
    songs = np.flatnonzero(wanted)
    songs = songs[np.lexsort((songs, -worth[songs], names.code[songs]))]
    starts = np.searchsorted(names.code[songs], shown)
    ends = np.searchsorted(names.code[songs], shown, side="right")
    ids = state.catalogue.songs
    return [
        [ids[song].song_id for song in songs[start : min(end, start + BEST_SONGS)].tolist()]
        for start, end in zip(starts, ends, strict=True)
    ]
