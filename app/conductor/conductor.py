"""The conductor: joins player, listening and recommender for the window."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.autoplay.client import AutoplayClient, DeliverExplanation
from app.conductor.conductor_signals import ConductorSignals
from app.conductor.deck import Deck, Gain
from app.conductor.interface import REPEAT_MODES
from app.conductor.list_keeper import ListKeeper
from app.conductor.opening import LocationOpener
from app.conductor.order import PlayOrder
from app.conductor.play_log import PlayLog
from app.conductor.playing import Choice, Playing
from app.conductor.queue_keeper import QueueKeeper
from app.conductor.reactions import Reactions, Skip, no_skip
from app.conductor.session_keeper import SessionKeeper, playing_of
from app.conductor.undo import QueueStep, SkipStep, UndoStack
from app.conductor.up_next import Notice, PredictedView, QueueRow
from app.library.library import Library
from app.library.track import Track
from app.listening.events import (
    Correction,
    FeedbackKind,
    Forgotten,
    Origin,
    Scope,
    SessionState,
)
from app.listening.rules import Ending
from app.listening.store import ListeningStore
from app.player.engine import Engine, PlaybackState
from app.player.queue import Queue
from recommender.api import Tuning

log = logging.getLogger(__name__)

BACK_TO_START_MS = 3_000


class PlayerConductor(ConductorSignals):
    """The `Conductor` of a running player; `library` belongs to the window's thread."""

    def __init__(
        self,
        library: Library,
        listening: ListeningStore,
        autoplay: AutoplayClient,
        engine: Engine,
        opener: LocationOpener,
        gain: Gain,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._library = library
        self._listening = listening
        self._autoplay = autoplay
        self._engine = engine
        self._opener = opener
        self._volume, self._muted = 80, False
        self._tuning = Tuning()
        self._order = PlayOrder()
        self._undo = UndoStack()
        self._queue = QueueKeeper(library, self._undo, random.Random())
        self._deck = Deck(
            engine, lambda alone: self._order.choose(alone, self._queue, self._list), gain, clock
        )
        self._list = ListKeeper(
            autoplay, library, listening, lambda: self._order.excluded(self._queue.queue)
        )
        self._reactions = Reactions(listening, autoplay, self._list, self._undo)
        self._log = PlayLog(library, listening, autoplay, self._list)
        self._keeper = SessionKeeper(listening, self._deck)
        self._connect()

    def _connect(self) -> None:
        deck, engine = self._deck, self._engine
        deck.began.connect(self._on_began)
        deck.ended.connect(self._log.add)
        deck.broken.connect(self._on_broken)
        deck.emptied.connect(self._on_emptied)
        engine.state_changed.connect(self.state_changed.emit)
        engine.position_changed.connect(self._on_position)
        engine.stream_title_changed.connect(self._on_stream_title)
        self._log.played_changed.connect(self.played_changed.emit)
        self._log.saved.connect(self.history_changed.emit)
        self._queue.changed.connect(self._on_queue)
        self._list.changed.connect(self._on_list)
        for part in (self._list, self._queue, self._reactions):
            part.noticed.connect(self.noticed.emit)
        self._reactions.opinion_changed.connect(self._on_opinion)
        self._reactions.forgotten.connect(self.forgotten.emit)
        self._undo.changed.connect(self._list.forget_story)
        self._undo.changed.connect(self.undo_changed.emit)
        self._listening.failed.connect(self._tell)

    # What is on

    @property
    def now_playing(self) -> Track | None:
        """The present track."""
        return self._deck.playing.track if self._deck.playing else None

    @property
    def state(self) -> PlaybackState:
        """What the engine does."""
        return self._deck.state

    @property
    def engine_message(self) -> str:
        """Empty, or why there is no sound and how to get it."""
        return self._engine.message

    def play(self, track_ids: Sequence[int]) -> None:
        """Play the first now by hand, and put the others in front of the queue."""
        track = self._library.track(track_ids[0]) if track_ids else None
        if track is None:
            return
        if not track.available:
            self._tell(f"“{track.title}” is not there now: its file or drive is missing.")
            return
        if len(track_ids) > 1:
            self._queue.put_in_front(track_ids[1:])
        self._list.broken.discard(track.track_id)
        self._deck.play(Choice(track, Origin.MANUAL), Ending.PICKED_OTHER)

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

    def explain(self, track_id: int, deliver: DeliverExplanation) -> None:
        """Ask why a track stands where it does: summary, then `(expert, share, sentence)` rows."""
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

    def save(self) -> None:
        """Keep the session as it is now."""
        queue = self._queue.queue
        self._keeper.save(
            queue,
            self._log.history,
            (self._volume, self._muted),
            (self._order.repeat, queue.is_shuffled),
        )

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

    def _go_back(self, step: SkipStep) -> None:
        if step.can_go_back(self._deck.playing):
            self._queue.set(step.queue)
            self._log.take_back(step.playing.track.track_id)
            self._deck.resume_play(step.playing, step.position_ms)

    def _request_list(self) -> None:
        """Ask for a list, unless the play that is being saved will ask for a better one."""
        if not self._log.is_saving:
            self._list.request()

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

    def _track_or_present(self, track_id: int | None) -> Track | None:
        if track_id is None:
            present = self.now_playing
            track_id = present.track_id if present is not None else None
        return self._library.track(track_id) if track_id is not None else None

    def _tell(self, text: str) -> None:
        log.info("%s", text)
        self.noticed.emit(Notice(text))

    def _on_began(self, playing: Playing, is_new: bool) -> None:
        choice = playing.choice
        self._order.latest = choice
        self._queue.drop(choice.entry_id)
        if is_new:
            self._order.rotate(self._queue, choice)
        if not playing.track.is_stream:
            self._autoplay.started(playing.track.track_id, playing.started_at)
        self._request_list()
        self.now_playing_changed.emit(playing.track)
        self.position_changed.emit(self._deck.position_ms, self._deck.duration_ms)
        self._deck.prepare_next()
        self.save()

    def _on_broken(self, choice: Choice, sentence: str) -> None:
        self._list.broken.add(choice.track.track_id)
        self._queue.drop(choice.entry_id)
        self._list.request()
        self._tell(sentence)

    def _on_emptied(self) -> None:
        self._order.latest = None
        self.now_playing_changed.emit(None)
        self.position_changed.emit(0, 0)
        self.save()

    def _on_queue(self, rows: tuple[QueueRow, ...]) -> None:
        self.queue_changed.emit(rows)
        self._request_list()
        self._deck.prepare_next()
        self.save()

    def _on_position(self, position_ms: int, duration_ms: int) -> None:
        self.position_changed.emit(position_ms, duration_ms)
        if self._keeper.is_due():
            self.save()

    def _on_stream_title(self, token: int, title: str) -> None:
        if self._deck.playing is not None and self._deck.playing.token == token:
            self.stream_title_changed.emit(title)

    def _on_list(self, view: PredictedView) -> None:
        self.predicted_changed.emit(view)
        self._deck.prepare_next()

    def _on_opinion(self, track_id: int, liked: bool, disliked: bool) -> None:
        track = self._library.track(track_id)
        if track is not None:
            self._deck.refresh_track(track)
        self.opinion_changed.emit(track_id, liked, disliked)
