"""Small libraries and histories that the recommender's tests share."""

from __future__ import annotations

from recommender.api import EndReason, Origin, Play, Song
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.pipeline.ranker import Ranker

NOON_S = 1_714_564_800.0
WORDS = ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Grove", "Harbour", "Indigo",
         "Juniper")  # fmt: skip


def library(songs: int = 60, artists: int = 12) -> list[Song]:
    """Songs numbered from 1; artist k sings songs k, k + artists, ..., two albums each."""
    return [
        Song(
            number + 1,
            f"{WORDS[number % 10]} {WORDS[number // 10 % 10]}",
            f"Artist {number % artists}",
            f"Album {number % artists}-{number // artists % 2}",
            ("Rock", "Jazz", "Folk")[number % 3],
            1980 + number % 40,
            number // artists + 1,
            200_000,
        )
        for number in range(songs)
    ]


def play(
    event_id: int,
    song_id: int,
    minute: float,
    end: EndReason = EndReason.FINISHED,
    origin: Origin = Origin.MANUAL,
) -> Play:
    """A play that ended `minute` minutes after noon."""
    heard_ms = 200_000 if end is EndReason.FINISHED else 8_000
    return Play(event_id, song_id, NOON_S + 60 * minute, heard_ms, end, origin, 200_000)


def plays(song_ids: list[int], gap_min: float = 4, first_id: int = 1) -> list[Play]:
    """Finished plays of the songs one after another."""
    return [play(first_id + n, song, n * gap_min) for n, song in enumerate(song_ids)]


def heard(song_ids: list[int], songs: int = 60, gap_min: float = 4) -> Ranker:
    """A ranker whose log holds finished plays of these dense song indexes."""
    history = History(Catalogue(library(songs)))
    ranker = Ranker(history)
    for turn, song in enumerate(song_ids):
        at_s = NOON_S + turn * gap_min * 60
        ranker.observe(LoggedPlay(song, at_s, 200.0, False), Ledger(keep=False))
    return ranker
