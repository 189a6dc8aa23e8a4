"""What the conductor tells the window; `interface.Conductor` says what each signal means."""

from __future__ import annotations

from app.conductor.up_next import Notice, PredictedView, QueueRow
from app.library.track import Track
from app.player.engine import PlaybackState
from app.signals import Signal
from recommender.api import Tuning


class ConductorSignals:
    """The signals alone, so that the conductor's module holds what it does."""

    def __init__(self) -> None:
        self.now_playing_changed: Signal[[Track | None]] = Signal()
        self.state_changed: Signal[[PlaybackState]] = Signal()
        self.position_changed: Signal[[int, int]] = Signal()
        self.volume_changed: Signal[[int, bool]] = Signal()
        self.modes_changed: Signal[[str, bool]] = Signal()
        self.stream_title_changed: Signal[[str]] = Signal()
        self.queue_changed: Signal[[tuple[QueueRow, ...]]] = Signal()
        self.played_changed: Signal[[tuple[Track, ...]]] = Signal()
        self.predicted_changed: Signal[[PredictedView]] = Signal()
        self.opinion_changed: Signal[[int, bool, bool]] = Signal()
        self.noticed: Signal[[Notice]] = Signal()
        self.history_changed: Signal[[]] = Signal()
        self.tuning_changed: Signal[[Tuning]] = Signal()
        self.undo_changed: Signal[[]] = Signal()
        self.forgotten: Signal[[]] = Signal()
        """Something was forgotten, or came back; the window learns of it by the list."""
