"""Reasons for a sequence model's list, true of the listener's own history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.data.arrays import FloatArray
from recommender.data.history import History
from recommender.live.sequence_state import SequenceScored
from recommender.pipeline.reasons import Part, wish_for

REACTIONS = "rocchio"
"""Likes and skips, under the name that the live list has for them too."""

LATELY = 5
USUAL = 400
"""Shares are what a song has above the mean of so many songs that lead the list."""

LEAST = 1e-3


class SequenceReasons:
    """Sentences for the songs of one scored moment; `title` is the model's."""

    def __init__(
        self, history: History, scored: SequenceScored, liked: FloatArray, title: str,
        asked: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self.history, self.scored, self.liked, self.title = history, scored, liked, title
        self._asked = asked
        self.songs = history.catalogue.songs
        best = np.argsort(-scored.scores, kind="stable")[:USUAL]
        self._usual = [float(each[best].mean()) for each in (scored.model, scored.reactions)]

    def parts(self, song: int) -> list[Part]:
        """The model's part and that of the reactions, largest share first."""
        model = max(float(self.scored.model[song]) - self._usual[0], LEAST)
        reactions = float(self.scored.reactions[song]) - self._usual[1]
        liked = self._liked(song) if reactions > 0 else ""
        if not liked:
            return [Part(self.title, 1.0, self._model(song))]
        total = model + reactions
        parts = [
            Part(self.title, model / total, self._model(song)),
            Part(REACTIONS, reactions / total, liked),
        ]
        return sorted(parts, key=lambda part: -part.share)

    def _model(self, song: int) -> str:
        """What the history says of the song after the latest one, else what the model says."""
        last = self.scored.moment.anchor
        after = self._followed(last, song) if last >= 0 else 0
        if after:
            often = {1: "Once followed", 2: "Twice followed"}.get(after, "Often follows")
            return f"{often} {self._name(last)}"
        return self._together(song) or self._fits(last, song)

    def _fits(self, last: int, song: int) -> str:
        artist = self.songs[song].artist.strip()
        is_new = not self.history.plays[song]
        if last >= 0 and len(self.scored.moment.session) and self.scored.known[song]:
            fits = f"Fits after {self._name(last)} – {self.title}"
            return f"New to you, fits after {self._name(last)} – {self.title}" if is_new else fits
        if not is_new:
            return f"You have played it {_times(int(self.history.plays[song]))}"
        return f"New to you, by {artist}" if artist else "New to you"

    def _followed(self, last: int, song: int) -> int:
        """How often the song came right after the last one within a session."""
        history = self.history
        places = history.places_of(last, 200)
        places = places[places + 1 < history.size]
        same = history.session[places] == history.session[places + 1]
        return int(np.count_nonzero(same & (history.song[places + 1] == song)))

    def _together(self, song: int) -> str:
        history = self.history
        here = set(history.session[history.places_of(song, 60)].tolist())
        best, most = -1, 1
        for other in self.scored.moment.recent[:LATELY] if here else ():
            there = set(history.session[history.places_of(other, 60)].tolist())
            if other != song and len(here & there) > most:
                best, most = other, len(here & there)
        return f"Heard together with {self._name(best)} in {most} sessions" if best >= 0 else ""

    def _liked(self, song: int) -> str:
        wished = wish_for(self.songs, song, self._asked)
        if wished:
            return wished
        if self.liked[song] > 0:
            return "You liked it"
        mine = self.songs[song]
        for other in np.flatnonzero(self.liked > 0)[::-1].tolist():
            tag = self.songs[other]
            if tag.artist == mine.artist and tag.artist:
                return f"You liked {tag.title}, same artist"
            if tag.genre and tag.genre == mine.genre:
                return f"You liked {tag.title}, also {tag.genre}"
        return ""

    def _name(self, song: int) -> str:
        return self.songs[song].title or "the last song"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
