"""Plays one choice after another on an engine, and tells what became of each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from app.conductor.playing import Choice, Playing, media_for
from app.library.track import Track
from app.listening.events import PlayEvent
from app.listening.rules import Ending, end_reason
from app.player.engine import Engine, PlaybackState
from app.player.heard import HeardClock
from app.signals import Signal

FAILURES_IN_A_ROW = 5
"""After so many tracks that cannot be played the deck stops and says so."""

Gain = Callable[[Track], float]


class Deck:
    """One choice on, one prepared. What comes next is asked of `choose`, never decided here."""

    def __init__(
        self,
        engine: Engine,
        choose: Callable[[bool], Choice | None],
        gain: Gain,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`choose(by_itself)` names the next choice; by_itself is False when the user skips.

        `clock` gives seconds; heard is only what took its time.
        """
        self.began: Signal[[Playing, bool]] = Signal()
        """A choice is on now; False when it is a play that goes on, not a new one."""
        self.ended: Signal[[Playing, PlayEvent]] = Signal()
        """A play is over."""
        self.broken: Signal[[Choice, str]] = Signal()
        """A choice cannot be played; the sentence says why."""
        self.emptied: Signal[[]] = Signal()
        """Nothing is on any more."""
        self.playing: Playing | None = None
        self.duration_ms = 0
        self.state = PlaybackState.STOPPED
        self._engine = engine
        self._choose = choose
        self._gain = gain
        self._heard = HeardClock()
        self._heard_before_ms = 0
        self._clock = clock
        self.position_ms = 0
        """Where the present play stands."""
        self._prepared: tuple[Choice, int] | None = None
        self._tokens = count(1)
        self._failures = 0
        self._picked_at: datetime | None = None
        engine.finished.connect(self._on_finished)
        engine.failed.connect(self._on_failed)
        engine.position_changed.connect(self._on_position)
        engine.state_changed.connect(self._on_state)

    @property
    def heard_ms(self) -> int:
        """How much of the present play was heard."""
        return self._heard_before_ms + self._heard.heard_ms

    def play(self, choice: Choice, ending: Ending, start_ms: int = 0) -> None:
        """Put on a choice; what was on before ends for the reason given."""
        self._end(ending)
        if ending is Ending.PICKED_OTHER:
            self._picked_at = datetime.now(UTC)
        self._load(Playing(choice, next(self._tokens), datetime.now(UTC), start_ms))

    def resume_play(self, playing: Playing, position_ms: int) -> None:
        """Go back to an earlier play as if it had never been left; the present one is dropped."""
        self._load(replace(playing, token=next(self._tokens), start_ms=position_ms), is_new=False)

    def restore(self, playing: Playing) -> None:
        """Show a play of an earlier run, silent until `toggle`."""
        self.playing = replace(playing, token=0)
        self._begin_clock(self.playing)
        self.began.emit(self.playing, False)

    def advance(self, ending: Ending) -> None:
        """Go to the next choice, or fall silent when there is none."""
        choice = self._choose(False)
        if choice is None:
            self.stop(ending)
        else:
            self.play(choice, ending)

    def stop(self, ending: Ending = Ending.STOPPED) -> None:
        """Silence; what was on ends for the reason given."""
        self._end(ending)
        self._engine.stop()
        self._prepared = None
        self.playing = None
        self.emptied.emit()

    def toggle(self) -> None:
        """Pause or go on."""
        if self.playing is None:
            return
        if self.playing.token == 0 or self.state is PlaybackState.PAUSED:
            self.go_on()
        else:
            self._engine.pause()

    def go_on(self) -> None:
        """Sound on, if what is on is paused or was restored."""
        if self.playing is None:
            return
        if self.playing.token == 0:
            start_ms = self.position_ms
            again = replace(self.playing, token=next(self._tokens), start_ms=start_ms)
            self._load(again, is_new=False)
        else:
            self._engine.resume()

    def seek(self, position_ms: int) -> None:
        """Go to a position of the present play."""
        target_ms = max(0, position_ms)
        if self.playing is None:
            return
        self.position_ms = target_ms
        self._heard.interrupted()
        if self.playing.token:
            self._engine.seek(target_ms)

    def prepare_next(self) -> None:
        """Open what comes next beforehand, if that has changed."""
        if self.playing is None or self.playing.token == 0:
            return
        choice = self._choose(True)
        if choice is None or choice.track.is_stream:
            if self._prepared is not None:
                self._prepared = None
                self._engine.prepare(None)
            return
        if self._prepared is not None and _same_medium(self._prepared[0], choice):
            self._prepared = (choice, self._prepared[1])
            return
        token = next(self._tokens)
        self._prepared = (choice, token)
        self._engine.prepare(media_for(choice, token, self._gain(choice.track)))

    def refresh_track(self, track: Track) -> None:
        """Take fresher facts about the present track."""
        if self.playing is not None and self.playing.track.track_id == track.track_id:
            self.playing = self.playing.with_track(track)

    def _load(self, playing: Playing, is_new: bool = True) -> None:
        self._prepared = None
        self.playing = playing
        self._begin_clock(playing)
        self._engine.play(
            media_for(playing.choice, playing.token, self._gain(playing.track), playing.start_ms)
        )
        self.began.emit(playing, is_new)

    def _begin_clock(self, playing: Playing) -> None:
        self._heard.start()
        self._heard_before_ms = playing.heard_before_ms
        self.position_ms = playing.start_ms
        self.duration_ms = playing.track.duration_ms or 0

    def _end(self, ending: Ending) -> None:
        playing = self.playing
        if playing is None:
            return
        since_s = None
        if self._picked_at is not None:
            since_s = (datetime.now(UTC) - self._picked_at).total_seconds()
        duration_ms = self.duration_ms or playing.track.duration_ms
        reason = end_reason(ending, self.heard_ms, duration_ms, since_s)
        self.playing = None
        self.ended.emit(playing, playing.ended(self.heard_ms, duration_ms, reason))

    def _on_finished(self, token: int) -> None:
        if self.playing is None or self.playing.token != token:
            return
        self._failures = 0
        self._heard.ended(self.duration_ms)
        prepared, self._prepared = self._prepared, None
        self._end(Ending.RAN_OUT)
        if prepared is not None:
            choice, new_token = prepared
            self.playing = Playing(choice, new_token, datetime.now(UTC))
            self._begin_clock(self.playing)
            self.began.emit(self.playing, True)
            return
        choice_now = self._choose(True)
        if choice_now is None:
            self._engine.stop()
            self.emptied.emit()
        else:
            self._load(Playing(choice_now, next(self._tokens), datetime.now(UTC)))

    def _on_failed(self, token: int, sentence: str) -> None:
        if self._prepared is not None and self._prepared[1] == token:
            choice, self._prepared = self._prepared[0], None
            self.broken.emit(choice, sentence)
            self.prepare_next()
            return
        if self.playing is None or self.playing.token != token:
            return
        choice = self.playing.choice
        self._failures += 1
        self._end(Ending.ERROR)
        self.broken.emit(choice, sentence)
        following = self._choose(False) if self._failures < FAILURES_IN_A_ROW else None
        if following is None:
            self._failures = 0
            self._engine.stop()
            self.emptied.emit()
        else:
            self._load(Playing(following, next(self._tokens), datetime.now(UTC)))

    def _on_position(self, position_ms: int, duration_ms: int) -> None:
        if self.playing is None or self.playing.token == 0:
            return
        self.position_ms = position_ms
        if self.state is PlaybackState.PLAYING:
            self._heard.moved_to(position_ms, self._clock())
        if duration_ms > 0:
            self.duration_ms = duration_ms

    def _on_state(self, state: PlaybackState) -> None:
        self.state = state
        if state is not PlaybackState.PLAYING:
            self._heard.interrupted()


def _same_medium(a: Choice, b: Choice) -> bool:
    return (a.track.track_id, a.entry_id) == (b.track.track_id, b.entry_id)
