"""The parts of a running player joined: what one tells reaches the others and the window."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

from app.autoplay.client import AutoplayClient
from app.conductor.conductor_signals import ConductorSignals
from app.conductor.deck import Deck, Gain
from app.conductor.list_keeper import ListKeeper
from app.conductor.opening import LocationOpener
from app.conductor.order import PlayOrder
from app.conductor.play_log import PlayLog
from app.conductor.playing import Choice, Playing
from app.conductor.queue_keeper import QueueKeeper
from app.conductor.reactions import Reactions
from app.conductor.session_keeper import SessionKeeper
from app.conductor.undo import UndoStack
from app.conductor.up_next import Notice, PredictedView, QueueRow
from app.library.library import Library
from app.library.track import Track
from app.listening.store import ListeningStore
from app.player.engine import Engine, PlaybackState
from recommender.api import Tuning

log = logging.getLogger(__name__)


class ConductorParts(ConductorSignals):
    """The parts and what follows from what they tell; `library` belongs to the window's thread."""

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

    def save(self) -> None:
        """Keep the session as it is now."""
        queue = self._queue.queue
        self._keeper.save(
            queue,
            self._log.history,
            (self._volume, self._muted),
            (self._order.repeat, queue.is_shuffled),
        )

    def _request_list(self) -> None:
        """Ask for a list, unless the play that is being saved will ask for a better one."""
        if not self._log.is_saving:
            self._list.request()

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
