"""The conductor: joins player, listening and recommender for the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.autoplay.questions import DeliverExplanation
from app.conductor.interface import REPEAT_MODES
from app.conductor.playing import Choice
from app.conductor.saying import Saying
from app.conductor.session_keeper import playing_of
from app.library.track import Track
from app.listening.events import Origin, SessionState
from app.listening.rules import Ending
from app.player.queue import Queue
from recommender.api import Tuning

BACK_TO_START_MS = 3_000


class PlayerConductor(Saying):
    """The `Conductor` of a running player: its verbs of playing, of the queue and of the list."""

    def play(self, track_ids: Sequence[int]) -> None:
        """Play the first now by hand, and put the others in front of the queue."""
        track = self._within_reach(track_ids[0]) if track_ids else None
        if track is None:
            return
        if len(track_ids) > 1:
            self._queue.put_in_front(track_ids[1:])
        self._pick(track)

    def play_at(self, track_id: int, position_ms: int) -> None:
        """Play a track by hand from a position; from its start if the position is beyond its end.

        The present track is not begun again: it goes on from there.
        """
        track = self._within_reach(track_id)
        if track is None:
            return
        is_on = self.now_playing is not None and self.now_playing.track_id == track_id
        length_ms = (self._deck.duration_ms if is_on else 0) or track.duration_ms
        inside = not track.is_stream and (length_ms is None or position_ms < length_ms)
        start_ms = max(0, position_ms) if inside else 0
        if is_on:
            self.seek(start_ms)
            self._deck.go_on()
        else:
            self._pick(track, start_ms)

    def play_predicted(self, track_id: int) -> None:
        """Play a row of the predicted list now."""
        choice = self._list.choice_of(track_id)
        if choice is None:
            self.play([track_id])
        else:
            self._deck.play(choice, Ending.PICKED_OTHER)

    def play_entry(self, entry_id: int) -> None:
        """Play a queue entry now; it leaves the queue."""
        entry = self._queue.queue.find(entry_id)
        track = self._library.track(entry.track_id) if entry else None
        if track is not None:
            self._deck.play(Choice(track, Origin.QUEUE, entry_id=entry_id), Ending.PICKED_OTHER)

    def toggle_play(self) -> None:
        """Play, pause or resume. With nothing loaded the next song starts."""
        if self._deck.playing is not None:
            self._deck.toggle()
            return
        self._deck.advance(Ending.NEXT)
        if self._deck.playing is None:
            self._tell(self._list.view.note or "There is nothing to play yet: add some music.")

    def skip(self) -> None:
        """Go to the next song: the queue first, then the top of the predicted list."""
        if self._deck.playing is None:
            self.toggle_play()
        else:
            self._skip(self._reactions.skipped)

    def previous(self) -> None:
        """Back to the start, or within the first 3 s to the track played before."""
        history = self._log.history
        before = self._library.track(history[-1]) if history else None
        if self._deck.position_ms > BACK_TO_START_MS or before is None:
            self.seek(0)
            return
        history.pop()
        playing = self._deck.playing
        if playing is not None and playing.choice.origin is Origin.QUEUE:
            self._queue.set(self._queue.queue.add([playing.track.track_id], 0))
        self._log.going_back = True
        self._deck.play(Choice(before, Origin.MANUAL), Ending.PICKED_OTHER)
        self._log.going_back = False
        self._log.show()

    def stop(self) -> None:
        """Stop playing."""
        self._deck.stop()

    def seek(self, position_ms: int) -> None:
        """Go to a position of the present track."""
        self._deck.seek(position_ms)
        self.position_changed.emit(self._deck.position_ms, self._deck.duration_ms)
        self.save()

    def set_volume(self, percent: int) -> None:
        """0 to 100."""
        self._set_sound(max(0, min(100, percent)), self._muted)

    def set_muted(self, muted: bool) -> None:
        """Silence without touching the volume."""
        self._set_sound(self._volume, muted)

    def set_repeat(self, mode: str) -> None:
        """One of REPEAT_MODES; raises ValueError for another."""
        if mode not in REPEAT_MODES:
            raise ValueError(f"{mode!r} is no way to repeat; there are {', '.join(REPEAT_MODES)}.")
        self._order.repeat = mode
        if self._deck.playing is not None:
            self._order.rotate(self._queue, self._deck.playing.choice)
        self._modes_have_changed()

    def set_shuffle(self, on: bool) -> None:
        """Shuffle the user's queue, or bring its order back."""
        self._queue.shuffle(on)
        self._modes_have_changed()

    def play_next(self, track_ids: Sequence[int]) -> None:
        """Put tracks in front of the queue."""
        self._queue.enqueue(track_ids, 0)

    def enqueue(self, track_ids: Sequence[int], index: int | None = None) -> None:
        """Add tracks to the queue, at its end or before the entry at `index`."""
        self._queue.enqueue(track_ids, index)

    def move_entry(self, entry_id: int, index: int) -> None:
        """Move a queue entry so that it ends up at `index`."""
        self._queue.move(entry_id, index)

    def remove_entry(self, entry_id: int) -> None:
        """Take an entry out of the queue."""
        self._queue.remove(entry_id)

    def clear_queue(self) -> None:
        """Empty the queue; can be undone."""
        self._queue.clear()

    def explain(self, track_id: int, deliver: DeliverExplanation) -> None:
        """Ask why a track stands where it does: summary, `(expert, share, sentence)` rows, and how
        likely it is played to the end, None where that cannot be said."""
        self._autoplay.explain(track_id, deliver)

    def open_location(self, text: str) -> None:
        """Play a URL, or a playlist or audio file by path or URL."""
        self._opener.open(text, self.play, self._tell)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Play files handed over by the desktop or a second start."""
        self._opener.open_files(paths, self.play, self._tell)

    @property
    def tuning(self) -> Tuning:
        """How the list is held."""
        return self._tuning

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on; a new one comes by itself."""
        if tuning != self._tuning:
            self._tuning = tuning
            self._autoplay.tune(tuning)
            self.tuning_changed.emit(tuning)

    def refresh(self) -> None:
        """Ask for a new predicted list."""
        self._list.request()

    def list_shown(self) -> None:
        """The first rows of the present predicted list are on the screen."""
        self._list.shown()

    def library_changed(self) -> None:
        """The library has other tracks or tags than before."""
        self._autoplay.catalogue_changed()
        self._list.request()
        self._queue.show()
        self._log.show()

    def announce(self) -> None:
        """Emit every signal once with the present values, for a window that was just made."""
        self.now_playing_changed.emit(self.now_playing)
        self.state_changed.emit(self.state)
        self.position_changed.emit(self._deck.position_ms, self._deck.duration_ms)
        self.volume_changed.emit(self._volume, self._muted)
        self.modes_changed.emit(self._order.repeat, self._queue.queue.is_shuffled)
        self._queue.show()
        self._log.show()
        self.predicted_changed.emit(self._list.view)
        self.tuning_changed.emit(self._tuning)

    def restore(self) -> None:
        """Bring back the last session: track (held), position, queue, volume."""
        state = self._listening.load_session() or SessionState()
        self._set_sound(state.volume, state.muted)
        self._order.repeat = state.repeat if state.repeat in REPEAT_MODES else "off"
        self._log.restore(state.history)
        self._queue.set(Queue.restored(state.queue, state.shuffle))
        track = self._library.track(state.track_id) if state.track_id is not None else None
        if track is not None:
            self._deck.restore(playing_of(state, track))
        else:
            self._list.request()

    def _within_reach(self, track_id: int) -> Track | None:
        """A track that can be played now; of one that cannot, the user is told why."""
        track = self._library.track(track_id)
        if track is None or track.available:
            return track
        self._tell(f"“{track.title}” is not there now: its file or drive is missing.")
        return None

    def _pick(self, track: Track, start_ms: int = 0) -> None:
        self._list.broken.discard(track.track_id)
        self._deck.play(Choice(track, Origin.MANUAL), Ending.PICKED_OTHER, start_ms)

    def _set_sound(self, percent: int, muted: bool) -> None:
        self._volume, self._muted = percent, muted
        self._engine.set_volume(percent)
        self._engine.set_muted(muted)
        self.volume_changed.emit(percent, muted)
        self.save()

    def _modes_have_changed(self) -> None:
        self.modes_changed.emit(self._order.repeat, self._queue.queue.is_shuffled)
        self._deck.prepare_next()
        self.save()
