"""A small recommender with the five verbs, whose answers a test can work out by itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Self

from recommender.api import (
    CheckpointError,
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
    Tuning,
)
from recommender.live.events import without_retracted

KEY = {Play: "end_reason", Reaction: "kind"}
WORTH = {"finished": 1.0, "skipped": -0.5, "picked_other": -0.1, "stopped": 0.0, "error": 0.0}


class StandIn:
    """Ranks by what was heard to the end; a disliked song is out; the song that plays is out.

    Held towards discovery, the latest songs of the library come first.
    """

    model_version = "stand-in"

    def __init__(self) -> None:
        self.songs: dict[int, Song] = {}
        self.events: dict[int, Play | Reaction] = {}
        self.current: int | None = None
        self.gone: set[int] = set()
        self.restored = False
        self.tuning = Tuning()

    @property
    def note(self) -> str:
        return "Restored." if self.restored else "" if self.events else "Goes by tags alone."

    def tune(self, tuning: Tuning) -> None:
        self.tuning = tuning

    def set_catalogue(self, songs: Sequence[Song]) -> None:
        self.songs = {song.song_id: song for song in songs}
        self.gone = set()

    def remove_songs(self, song_ids: Sequence[int]) -> None:
        self.gone = set(song_ids)

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        self.songs = {song.song_id: song for song in songs}
        self.events = {}
        self.current = None
        for event in without_retracted(events, songs):
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
        discovers = self.tuning.discover > 0.5
        scores = {song_id: song_id / 1000 * discovers for song_id in self.songs}
        opinion: dict[int, ReactionKind] = {}
        for event in self.events.values():
            if isinstance(event, Play):
                scores[event.song_id] = scores.get(event.song_id, 0) + WORTH[event.end_reason]
            elif isinstance(event, Reaction):
                opinion[event.song_id] = event.kind
        for song_id, kind in opinion.items():
            scores[song_id] = scores.get(song_id, 0) + 2.0 * (kind is ReactionKind.LIKE)
        banned = {i for i, kind in opinion.items() if kind is ReactionKind.DISLIKE}
        usable = self.songs.keys() - exclude - banned - {self.current} - self.gone
        best = sorted(usable, key=lambda i: (-scores[i], i))[:n]
        return [Recommendation(i, scores[i], f"Scored {scores[i]:g}", "stand-in") for i in best]

    def explain(self, song_id: int) -> Explanation:
        song = self.songs[song_id]
        return Explanation(song_id, f"{song.title} stands here", (("stand-in", 1.0, "Because"),))

    def save(self, folder: Path) -> None:
        saved = [
            [
                type(event).__name__,
                event.event_id,
                event.song_id,
                str(getattr(event, KEY[type(event)])),
            ]
            for event in self.events.values()
        ]
        (folder / "events.json").write_text(json.dumps(saved))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Says in its note that it was restored."""
        made = cls()
        try:
            saved = json.loads((folder / "events.json").read_text())
        except (OSError, ValueError) as problem:
            raise CheckpointError("The stand-in's checkpoint is damaged.") from problem
        for name, event_id, song_id, word in saved:
            if name == "Play":
                made.observe(Play(event_id, song_id, 0.0, 0, EndReason(word)))
            else:
                made.observe(Reaction(event_id, song_id, 0.0, ReactionKind(word)))
        made.restored = True
        return made


class Chosen(StandIn):
    """Made as a model that the user chose; learns a lesson once something was played."""

    model_version = "chosen"

    def __init__(self, name: str, folder: Path | None) -> None:
        super().__init__()
        self.lessons = 0

    def __call__(self) -> Self:
        return self

    def load(self, folder: Path) -> Self:
        raise CheckpointError("There is none.")

    @property
    def note(self) -> str:
        return f"{self.lessons} lessons."

    def lesson(self) -> Chosen | None:
        return self if self.events and not self.lessons else None

    def learn(self) -> int:
        return 1

    def adopt(self, lesson: Chosen, learnt: int) -> None:
        self.lessons += learnt


class CrashingChoice(Chosen):
    """Cannot even be made."""

    def __init__(self, name: str, folder: Path | None) -> None:
        os._exit(3)


class Crashing(StandIn):
    """Cannot even read the library."""

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        os._exit(3)
