"""A conductor that records what the window asked of it, with real signals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.autoplay.prediction import Finish
from app.autoplay.questions import DeliverExplanation
from app.conductor.conductor_signals import ConductorSignals
from app.library.track import Track
from app.listening.events import Scope
from app.player.engine import PlaybackState
from recommender.api import Tuning


class FakeConductor(ConductorSignals):
    """Implements the Conductor protocol. `calls` holds `(verb, arguments)` in order."""

    def __init__(self, engine_message: str = "") -> None:
        super().__init__()
        self.calls: list[tuple[object, ...]] = []
        self.lists_shown = 0
        self.now_playing: Track | None = None
        self.state = PlaybackState.STOPPED
        self.engine_message = engine_message
        self.tuning = Tuning()
        self.explanation: tuple[str, list[tuple[str, float, str]]] = ("No reason yet.", [])
        self.finish: Finish | None = None

    def _record(self, *call: object) -> None:
        self.calls.append(call)

    def start(self, track: Track) -> None:
        """Pretend that a track began."""
        self.now_playing = track
        self.state = PlaybackState.PLAYING
        self.now_playing_changed.emit(track)
        self.state_changed.emit(self.state)

    def play(self, track_ids: Sequence[int]) -> None:
        self._record("play", tuple(track_ids))

    def play_at(self, track_id: int, position_ms: int) -> None:
        self._record("play_at", track_id, position_ms)

    def play_predicted(self, track_id: int) -> None:
        self._record("play_predicted", track_id)

    def play_entry(self, entry_id: int) -> None:
        self._record("play_entry", entry_id)

    def play_next(self, track_ids: Sequence[int]) -> None:
        self._record("play_next", tuple(track_ids))

    def enqueue(self, track_ids: Sequence[int], index: int | None = None) -> None:
        self._record("enqueue", tuple(track_ids), index)

    def move_entry(self, entry_id: int, index: int) -> None:
        self._record("move_entry", entry_id, index)

    def remove_entry(self, entry_id: int) -> None:
        self._record("remove_entry", entry_id)

    def clear_queue(self) -> None:
        self._record("clear_queue")

    def toggle_play(self) -> None:
        self._record("toggle_play")

    def skip(self) -> None:
        self._record("skip")

    def previous(self) -> None:
        self._record("previous")

    def stop(self) -> None:
        self._record("stop")

    def seek(self, position_ms: int) -> None:
        self._record("seek", position_ms)

    def set_volume(self, percent: int) -> None:
        self._record("set_volume", percent)

    def set_muted(self, muted: bool) -> None:
        self._record("set_muted", muted)

    def set_repeat(self, mode: str) -> None:
        self._record("set_repeat", mode)

    def set_shuffle(self, on: bool) -> None:
        self._record("set_shuffle", on)

    def like(self, track_id: int | None = None) -> None:
        self._record("like", track_id)

    def dislike(self, track_id: int | None = None) -> None:
        self._record("dislike", track_id)

    def more_like(self, track_id: int | None = None) -> None:
        self._record("more_like", track_id)

    def less_like(self, track_id: int | None = None) -> None:
        self._record("less_like", track_id)

    def not_now(self, track_id: int | None = None) -> None:
        self._record("not_now", track_id)

    def correct(self, scope: Scope, name: str, value: float) -> None:
        self._record("correct", scope, name, value)

    def forget(self, scope: Scope, name: str) -> None:
        self._record("forget", scope, name)

    def undo(self) -> None:
        self._record("undo")

    def explain(self, track_id: int, deliver: DeliverExplanation) -> None:
        self._record("explain", track_id)
        deliver(*self.explanation, self.finish)

    def open_location(self, text: str) -> None:
        self._record("open_location", text)

    def open_files(self, paths: Sequence[Path]) -> None:
        self._record("open_files", tuple(paths))

    def tune(self, tuning: Tuning) -> None:
        self._record("tune", tuning)
        self.tuning = tuning
        self.tuning_changed.emit(tuning)

    def refresh(self) -> None:
        self._record("refresh")

    def list_shown(self) -> None:
        self.lists_shown += 1

    def announce(self) -> None:
        self._record("announce")
