"""What the window may ask of the conductor, and what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from app.autoplay.questions import DeliverExplanation
from app.conductor.up_next import Notice, PredictedView, QueueRow
from app.library.track import Track
from app.listening.events import Scope
from app.player.engine import PlaybackState
from app.signals import Signal
from recommender.api import Tuning

REPEAT_MODES = ("off", "one", "all")


class Conductor(Protocol):
    """Joins player, listening and recommender. All calls and signals on the window's thread.

    Every call returns at once. Signals carry whole values, so a receiver needs no state.
    """

    now_playing_changed: Signal[[Track | None]]
    state_changed: Signal[[PlaybackState]]
    position_changed: Signal[[int, int]]
    """position_ms, duration_ms (0 when unknown)."""
    volume_changed: Signal[[int, bool]]
    """percent, muted."""
    modes_changed: Signal[[str, bool]]
    """repeat ("off", "one", "all"), shuffle of the user's queue."""
    stream_title_changed: Signal[[str]]
    queue_changed: Signal[[tuple[QueueRow, ...]]]
    played_changed: Signal[[tuple[Track, ...]]]
    """The tracks played lately, latest first, at most 50."""
    predicted_changed: Signal[[PredictedView]]
    opinion_changed: Signal[[int, bool, bool]]
    """track_id, liked, disliked: emitted once it is saved."""
    noticed: Signal[[Notice]]
    """A toast to show."""
    history_changed: Signal[[]]
    """A play was saved."""
    tuning_changed: Signal[[Tuning]]
    """How the list is held from now on."""
    undo_changed: Signal[[]]
    """`undo` would now take back something else than what was offered before."""

    @property
    def now_playing(self) -> Track | None:
        """The present track."""

    @property
    def state(self) -> PlaybackState:
        """What the engine does."""

    @property
    def engine_message(self) -> str:
        """Empty, or why there is no sound and how to get it."""

    def play(self, track_ids: Sequence[int]) -> None:
        """Play the first now by hand, and put the others in front of the queue."""

    def play_at(self, track_id: int, position_ms: int) -> None:
        """Play a track by hand from a position; from its start if the position is beyond its end.

        The present track is not begun again: it goes on from there.
        """

    def play_predicted(self, track_id: int) -> None:
        """Play a row of the predicted list now."""

    def play_entry(self, entry_id: int) -> None:
        """Play a queue entry now; it leaves the queue."""

    def play_next(self, track_ids: Sequence[int]) -> None:
        """Put tracks in front of the queue."""

    def enqueue(self, track_ids: Sequence[int], index: int | None = None) -> None:
        """Add tracks to the queue, at its end or before the entry at `index`."""

    def move_entry(self, entry_id: int, index: int) -> None:
        """Move a queue entry so that it ends up at `index`."""

    def remove_entry(self, entry_id: int) -> None:
        """Take an entry out of the queue."""

    def clear_queue(self) -> None:
        """Empty the queue; can be undone."""

    def toggle_play(self) -> None:
        """Play, pause or resume. With nothing loaded the next song starts."""

    def skip(self) -> None:
        """Go to the next song: the queue first, then the top of the predicted list."""

    def previous(self) -> None:
        """Back to the start, or within the first 3 s to the track played before."""

    def stop(self) -> None:
        """Stop playing."""

    def seek(self, position_ms: int) -> None:
        """Go to a position of the present track."""

    def set_volume(self, percent: int) -> None:
        """0 to 100."""

    def set_muted(self, muted: bool) -> None:
        """Silence without touching the volume."""

    def set_repeat(self, mode: str) -> None:
        """One of REPEAT_MODES."""

    def set_shuffle(self, on: bool) -> None:
        """Shuffle the user's queue."""

    def like(self, track_id: int | None = None) -> None:
        """Like a track (the present one by default); a liked one is cleared."""

    def dislike(self, track_id: int | None = None) -> None:
        """Dislike a track; a disliked one is cleared. The present one is skipped as well."""

    def more_like(self, track_id: int | None = None) -> None:
        """More songs like this one, in this session."""

    def less_like(self, track_id: int | None = None) -> None:
        """Fewer songs like this one, in this session."""

    def not_now(self, track_id: int | None = None) -> None:
        """Not this song in this session. The present one is skipped as well."""

    def correct(self, scope: Scope, name: str, value: float) -> None:
        """Say how much of an artist, a genre or a song is wanted, for good: -1 to 1, 0 takes back.

        A song's name is its number.
        """

    def forget(self, scope: Scope, name: str) -> None:
        """Let what was played and said of an artist, a genre or a song count no longer."""

    def undo(self) -> None:
        """Take back the latest reaction, skip or queue change; says so when there is none."""

    def explain(self, track_id: int, deliver: DeliverExplanation) -> None:
        """Ask why a track stands where it does: summary, `(expert, share, sentence)` rows, and how
        likely it is played to the end, None where that cannot be said."""

    def open_location(self, text: str) -> None:
        """Play a URL, or a playlist or audio file by path or URL."""

    def open_files(self, paths: Sequence[Path]) -> None:
        """Play files handed over by the desktop or a second start."""

    @property
    def tuning(self) -> Tuning:
        """How the list is held."""

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on; a new one comes by itself."""

    def refresh(self) -> None:
        """Ask for a new predicted list."""

    def list_shown(self) -> None:
        """The first rows of the present predicted list are on the screen."""

    def announce(self) -> None:
        """Emit every signal once with the present values, for a window that was just made."""
