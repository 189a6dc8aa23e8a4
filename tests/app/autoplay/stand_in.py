"""A small recommender with the five verbs, whose answers a test can work out by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Self

from recommender.api import (
    EndReason,
    Event,
    Explanation,
    Play,
    Reaction,
    ReactionKind,
    Recommendation,
    Retracted,
    Song,
    Started,
)

WORTH = {"finished": 1.0, "skipped": -0.5, "picked_other": -0.1, "stopped": 0.0, "error": 0.0}


class StandIn:
    """Ranks by what was heard to the end; a disliked song is out; the song that plays is out."""

    version = "stand-in"

    def __init__(self) -> None:
        self.songs: dict[int, Song] = {}
        self.events: dict[int, Play | Reaction] = {}
        self.current: int | None = None

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        self.songs = {song.song_id: song for song in songs}
        self.events = {}
        self.current = None
        for event in events:
            self.observe(event)

    def observe(self, event: Event) -> None:
        if isinstance(event, Retracted):
            self.events.pop(event.event_id, None)
        elif isinstance(event, Started):
            self.current = event.song_id
        else:
            assert event.event_id not in self.events, "an event came twice"
            self.events[event.event_id] = event

    def recommend(self, n: int, exclude: AbstractSet[int] = frozenset()) -> list[Recommendation]:
        scores = dict.fromkeys(self.songs, 0.0)
        opinion: dict[int, ReactionKind] = {}
        for event in self.events.values():
            if isinstance(event, Play):
                scores[event.song_id] = scores.get(event.song_id, 0) + WORTH[event.end_reason]
            else:
                opinion[event.song_id] = event.kind
        for song_id, kind in opinion.items():
            scores[song_id] += 2.0 * (kind is ReactionKind.LIKE)
        banned = {i for i, kind in opinion.items() if kind is ReactionKind.DISLIKE}
        usable = scores.keys() - exclude - banned - {self.current}
        best = sorted(usable, key=lambda i: (-scores[i], i))[:n]
        return [Recommendation(i, scores[i], f"Scored {scores[i]:g}", "stand-in") for i in best]

    def explain(self, song_id: int) -> Explanation:
        song = self.songs[song_id]
        return Explanation(song_id, f"{song.title} stands here", (("stand-in", 1.0, "Because"),))

    def save(self, folder: Path) -> None:
        raise NotImplementedError

    @classmethod
    def load(cls, folder: Path) -> Self:
        raise NotImplementedError


class Hanging(StandIn):
    """Stops answering for ever at a skip; a new process has its events from the database."""

    def observe(self, event: Event) -> None:
        super().observe(event)
        if isinstance(event, Started) and event.song_id == 13:
            while True:
                time.sleep(1)


class Crashing(StandIn):
    """Cannot even read the library."""

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        os._exit(3)


__all__ = ["Crashing", "EndReason", "Hanging", "StandIn"]
