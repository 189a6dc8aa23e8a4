"""The bar at the bottom: what plays, where in it, and everything to steer it."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QToolTip, QWidget

from app.conductor.interface import REPEAT_MODES, Conductor
from app.library.track import Track
from app.player.engine import PlaybackState
from app.ui.covers import Covers
from app.ui.icons import icon
from app.ui.playback_clock import PlaybackClock, position_text
from app.ui.theme import Theme
from app.ui.transport_view import COVER_PX, TransportView

FRAME_MS = 33
NOTHING_PLAYS = "Nothing is playing"
_REPEAT = {
    "off": ("repeat", "muted", "Repeat: off"),
    "all": ("repeat", "accent", "Repeat: the whole queue"),
    "one": ("repeat_one", "accent", "Repeat: this song"),
}


class TransportBar(TransportView):
    """Follows the conductor's signals; every control calls it."""

    def __init__(
        self, conductor: Conductor, covers: Covers, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._conductor, self._covers = conductor, covers
        self._track: Track | None = None
        self._state = conductor.state
        self._mode, self._shuffled = "off", False
        self._stream_title = ""
        self._clock = PlaybackClock()
        self._frames = QTimer(self, interval=FRAME_MS)
        self._frames.timeout.connect(self._show_position)
        self._connect_controls()
        self._connect_signals()
        self._show_modes("off", False)
        self._show_track(conductor.now_playing)
        self._show_state(conductor.state)
        self.refresh_message()

    def _connect_controls(self) -> None:
        conductor = self._conductor
        self.play.clicked.connect(lambda: conductor.toggle_play())
        self.skip.clicked.connect(lambda: conductor.skip())
        self.skip.set_label("Skip", "Right")
        self.previous.clicked.connect(lambda: conductor.previous())
        self.shuffle.clicked.connect(lambda: conductor.set_shuffle(not self._shuffled))
        self.repeat.clicked.connect(lambda: conductor.set_repeat(self._next_mode()))
        self.like.clicked.connect(self._like)
        self.dislike.clicked.connect(self._dislike)
        self.warning_button.clicked.connect(self._tell_message)
        self.slider.sought.connect(self._seek)
        self.slider.dragged.connect(self._show_times)
        self.volume.volume_wanted.connect(lambda percent: conductor.set_volume(percent))
        self.volume.mute_wanted.connect(lambda muted: conductor.set_muted(muted))
        self._theme.changed.connect(self._show_play_icon)
        self._theme.changed.connect(self._show_cover)
        self._covers.loaded.connect(self._cover_loaded)

    def _connect_signals(self) -> None:
        conductor = self._conductor
        conductor.now_playing_changed.connect(self._show_track)
        conductor.state_changed.connect(self._show_state)
        conductor.position_changed.connect(self._take_position)
        conductor.volume_changed.connect(self.volume.show_volume)
        conductor.modes_changed.connect(self._show_modes)
        conductor.stream_title_changed.connect(self._show_stream_title)
        conductor.opinion_changed.connect(self._show_opinion)

    # What plays

    def _show_track(self, track: Track | None) -> None:
        before = self._track.track_id if self._track is not None else None
        self._track = track
        if track is None or track.track_id != before:
            self._stream_title = ""
            self._clock.reset((track.duration_ms or 0) if track is not None else 0, _now())
        self._show_names()
        self._show_cover()
        for control in (self.like, self.dislike):
            control.setEnabled(track is not None)
        self._hold_opinion()
        self._show_position()

    def _show_names(self) -> None:
        track = self._track
        if track is None:
            self.title.setText(NOTHING_PLAYS)
            self.artist.setText("Press play to begin the list")
            return
        if self._stream_title:
            self.title.setText(self._stream_title)
            self.artist.setText(track.title)
            return
        self.title.setText(track.title)
        self.artist.setText(", ".join(filter(None, (track.artist, track.album))))

    def _show_stream_title(self, title: str) -> None:
        self._stream_title = title.strip()
        self._show_names()

    @Slot()
    def _show_cover(self) -> None:
        side = self._theme.px(COVER_PX)
        if self._track is None:
            self.cover.clear()
        else:
            ratio = self.devicePixelRatioF()
            self.cover.setPixmap(self._covers.pixmap(self._track, side, ratio))

    @Slot(str)
    def _cover_loaded(self, cover_key: str) -> None:
        if self._track is not None and self._track.cover_key == cover_key:
            self._show_cover()

    def _show_opinion(self, track_id: int, liked: bool, disliked: bool) -> None:
        if self._track is not None and self._track.track_id == track_id:
            self._track = replace(self._track, liked=liked, disliked=disliked)
            self._hold_opinion()

    def refresh_message(self) -> None:
        """Show why there is no sound, if the engine says so."""
        message = self._conductor.engine_message
        for widget in (self.warning, self.warning_button):
            widget.setVisible(bool(message))
        self.warning.setText(message)
        self.warning_button.set_label(message)

    @Slot()
    def _tell_message(self) -> None:
        """Show the whole message to who has no mouse to hover with."""
        where = self.warning_button.mapToGlobal(QPoint(0, -2 * self.warning_button.height()))
        QToolTip.showText(where, self._conductor.engine_message, self.warning_button)

    # State and position

    def _show_state(self, state: PlaybackState) -> None:
        self._state = state
        self._clock.run(state is PlaybackState.PLAYING, _now())
        self._show_play_icon()
        self._run_frames()
        self.refresh_message()

    @Slot()
    def _show_play_icon(self) -> None:
        playing = self._state in (PlaybackState.PLAYING, PlaybackState.OPENING)
        name = "pause_fill" if playing else "play_arrow_fill"
        self.play.setIcon(icon(name, self._theme.colours.knob_text, self._theme.px(26)))
        self.play.setAccessibleName("Pause" if playing else "Play")
        self.play.setToolTip("Pause  (Space)" if playing else "Play  (Space)")

    def _take_position(self, position_ms: int, duration_ms: int) -> None:
        self._clock.report(position_ms, duration_ms, _now())
        if not self._frames.isActive():
            self._show_position()

    @Slot()
    def _show_position(self) -> None:
        position = self._clock.position_ms(_now())
        self.slider.show_position(position, self._clock.duration_ms)
        if not self.slider.holding:
            self._show_times(int(position))

    @Slot(int)
    def _show_times(self, position_ms: int) -> None:
        duration = self._clock.duration_ms
        left = f"−{position_text(duration - position_ms)}" if duration else ""
        if self._track is not None and not duration and self._track.is_stream:
            left = "live"
        elapsed = position_text(position_ms) if self._track is not None else ""
        for label, words in ((self.elapsed, elapsed), (self.remaining, left)):
            if label.text() != words:
                label.setText(words)

    @Slot(int)
    def _seek(self, position_ms: int) -> None:
        self._clock.jump(position_ms, _now())
        self._show_position()
        self._conductor.seek(position_ms)

    def _run_frames(self) -> None:
        """Ask for frames only while they would show something new."""
        if self._state is PlaybackState.PLAYING and self.isVisible():
            self._frames.start()
        else:
            self._frames.stop()
            self._show_position()

    def showEvent(self, event: QShowEvent) -> None:
        """Move again."""
        super().showEvent(event)
        self._run_frames()

    def hideEvent(self, event: QHideEvent) -> None:
        """No frames for nobody."""
        super().hideEvent(event)
        self._frames.stop()

    # Modes and opinions

    def _show_modes(self, repeat: str, shuffled: bool) -> None:
        self._mode, self._shuffled = repeat, shuffled
        name, tint, label = _REPEAT[repeat]
        self.repeat.set_icon(name, tint)
        self.repeat.set_label(label)
        self.shuffle.set_icon("shuffle", "accent" if shuffled else "muted")
        self.shuffle.set_label("Shuffle the queue: on" if shuffled else "Shuffle the queue: off")

    def _next_mode(self) -> str:
        order = ("off", "all", "one")
        assert set(order) == set(REPEAT_MODES)
        return order[(order.index(self._mode) + 1) % len(order)]

    @Slot()
    def _like(self) -> None:
        self._hold_opinion()
        self._conductor.like()

    @Slot()
    def _dislike(self) -> None:
        self._hold_opinion()
        self._conductor.dislike()

    def _hold_opinion(self) -> None:
        """A press toggles the pill by itself; show only what the conductor has saved."""
        track = self._track
        self.like.setChecked(track is not None and track.liked)
        self.dislike.setChecked(track is not None and track.disliked)


def _now() -> float:
    return time.perf_counter() * 1000
