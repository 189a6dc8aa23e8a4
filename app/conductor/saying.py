"""What the listener says of tracks and of their own taste, and how all of it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.conductor.conductor_parts import ConductorParts
from app.conductor.playing import Playing
from app.conductor.reactions import Skip, no_skip
from app.conductor.undo import QueueStep, SkipStep
from app.library.track import Track
from app.listening.events import Correction, FeedbackKind, Forgotten, Scope
from app.listening.rules import Ending


class Saying(ConductorParts):
    """The conductor's verbs of saying; the skip that comes along with some belongs to them."""

    def like(self, track_id: int | None = None) -> None:
        """Like a track (the present one by default); a liked one is cleared."""
        track = self._track_or_present(track_id)
        if track is not None:
            self._reactions.like(track)

    def dislike(self, track_id: int | None = None) -> None:
        """Dislike a track; a disliked one is cleared. The present one is skipped as well."""
        track = self._track_or_present(track_id)
        if track is None:
            return
        taken_back = self._reactions.opinion(track) is FeedbackKind.DISLIKE
        self._reactions.dislike(track, no_skip if taken_back else self._skip_if_on(track))

    def more_like(self, track_id: int | None = None) -> None:
        """More songs like this one, in this session."""
        self._wish(track_id, FeedbackKind.MORE)

    def less_like(self, track_id: int | None = None) -> None:
        """Fewer songs like this one, in this session."""
        self._wish(track_id, FeedbackKind.LESS)

    def not_now(self, track_id: int | None = None) -> None:
        """Not this song in this session. The present one is skipped as well."""
        self._wish(track_id, FeedbackKind.NOT_NOW)

    def correct(self, scope: Scope, name: str, value: float) -> None:
        """Say how much of an artist, a genre or a song is wanted, for good: -1 to 1, 0 takes back.

        A song's name is its number; raises ValueError for a value outside.
        """
        if not -1 <= value <= 1:
            raise ValueError(f"A correction goes from -1 to 1, not {value}.")
        said = Correction(scope, name, value, datetime.now(UTC))
        self._reactions.believe(said, self._name_of(scope, name))

    def forget(self, scope: Scope, name: str) -> None:
        """Let what was played and said of an artist, a genre or a song count no longer."""
        said = Forgotten(scope, name, datetime.now(UTC))
        self._reactions.believe(said, self._name_of(scope, name))

    def undo(self) -> None:
        """Take back the latest reaction, skip or queue change; says so when there is none."""
        step = self._undo.pop()
        if step is None:
            self._tell("There is nothing to undo.")
        elif isinstance(step, QueueStep):
            self._queue.set(step.queue)
            self._tell("The queue is as it was.")
        elif isinstance(step, SkipStep):
            self._go_back(step)
            self._reactions.take_back_skip(step)
        else:
            if step.skip is not None:
                self._go_back(step.skip)
            self._reactions.take_back(step)

    def _wish(self, track_id: int | None, kind: FeedbackKind) -> None:
        track = self._track_or_present(track_id)
        if track is not None:
            away = kind is FeedbackKind.NOT_NOW
            self._reactions.wish(track, kind, self._skip_if_on(track) if away else no_skip)

    def _name_of(self, scope: Scope, name: str) -> str:
        if scope is not Scope.SONG or not name.isdecimal():
            return name
        track = self._library.track(int(name))
        return f"“{track.title}”" if track is not None else "this song"

    def _skip(self, saved: Callable[[SkipStep], None]) -> None:
        playing = self._deck.playing
        if playing is None:
            return
        left = replace(playing, heard_before_ms=self._deck.heard_ms)
        step = SkipStep(0, left, self._deck.position_ms, self._queue.queue)

        def advance() -> Playing | None:
            self._deck.advance(Ending.NEXT)
            return self._deck.playing

        self._log.skip(step, advance, saved)

    def _skip_if_on(self, track: Track) -> Skip:
        """Skip a track that is on, for one of somebody else if there is one."""
        if self.now_playing is None or self.now_playing.track_id != track.track_id:
            return no_skip
        skips: list[SkipStep] = []
        self._order.avoid_artist = track.artist
        self._skip(skips.append)
        self._order.avoid_artist = ""
        return lambda: skips[0] if skips else None

    def _go_back(self, step: SkipStep) -> None:
        if step.can_go_back(self._deck.playing):
            self._queue.set(step.queue)
            self._log.take_back(step.playing.track.track_id)
            self._deck.resume_play(step.playing, step.position_ms)

    def _track_or_present(self, track_id: int | None) -> Track | None:
        if track_id is None:
            present = self.now_playing
            track_id = present.track_id if present is not None else None
        return self._library.track(track_id) if track_id is not None else None
