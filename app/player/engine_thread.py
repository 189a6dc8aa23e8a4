"""The thread an engine lives on: the window only posts to it and is only posted to."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from app.player.engine import Media, PlaybackState
from app.signals import Post, Signal

log = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 3.0


class Backend(Protocol):
    """What makes the sound. Every method is called on the engine's thread only."""

    name: str

    def play(self, media: Media) -> None:
        """See `Engine.play`."""

    def prepare(self, media: Media | None) -> None:
        """See `Engine.prepare`."""

    def pause(self) -> None:
        """See `Engine.pause`."""

    def resume(self) -> None:
        """See `Engine.resume`."""

    def stop(self) -> None:
        """See `Engine.stop`."""

    def seek(self, position_ms: int) -> None:
        """See `Engine.seek`."""

    def set_volume(self, percent: int) -> None:
        """See `Engine.set_volume`."""

    def set_muted(self, muted: bool) -> None:
        """See `Engine.set_muted`."""

    def tick(self) -> float | None:
        """Do what is due; return the seconds until the next call, None when nothing will be."""

    def close(self) -> None:
        """Release everything."""


class Host:
    """What a backend tells, and its way to get work back on the engine's thread."""

    def __init__(self, engine: ThreadedEngine) -> None:
        self._engine = engine
        self._told = (PlaybackState.STOPPED, 0)

    def call_soon(self, work: Callable[[], None]) -> None:
        """Run `work` on the engine's thread; may be called from any thread."""
        self._engine._commands.put(work)

    def started(self, token: int) -> None:
        """The medium sounds."""
        self._engine._tell(lambda: self._engine.started.emit(token))

    def finished(self, token: int) -> None:
        """The medium came to its end."""
        self._engine._tell(lambda: self._engine.finished.emit(token))

    def failed(self, token: int, sentence: str) -> None:
        """The medium cannot be played."""
        log.warning("medium %d failed: %s", token, sentence)
        self._engine._tell(lambda: self._engine.failed.emit(token, sentence))

    def position(self, position_ms: int, duration_ms: int) -> None:
        """Where the present medium is; dropped when a seek has been asked for since."""
        engine, seeks = self._engine, self._engine._seeks_done

        def deliver() -> None:
            if seeks == engine._seeks_asked:
                engine.position_changed.emit(position_ms, duration_ms)

        engine._tell(deliver)

    def state(self, state: PlaybackState) -> None:
        """What the backend does now; told once for each change, and anew after `play` or `stop`:
        what was told of the medium before may not have been delivered."""
        told = (state, self._engine._done)
        if told != self._told:
            self._told = told
            self._engine._tell(lambda: self._engine.state_changed.emit(state))

    def stream_title(self, token: int, title: str) -> None:
        """A radio station told what it plays."""
        self._engine._tell(lambda: self._engine.stream_title_changed.emit(token, title))

    def replace_backend(self, backend: Backend) -> None:
        """Let another backend go on from here; the old one is closed. On the engine's thread.

        The work posted last makes the new backend tick although the old one's tick asked for no
        more.
        """
        old, self._engine._backend = self._engine._backend, backend
        self._engine.name = backend.name
        backend.set_volume(self._engine._volume)
        backend.set_muted(self._engine._muted)
        if old is not None:
            old.close()
        self.call_soon(lambda: None)

    def message(self, message: str) -> None:
        """What the user should know about the engine as a whole."""
        self._engine._tell_message(message)


class ThreadedEngine:
    """An `Engine` whose backend is opened, called and closed on one thread of its own.

    Events about a medium that `play` or `stop` has replaced meanwhile are not delivered.
    """

    def __init__(self, name: str, post: Post, open_backend: Callable[[Host], Backend]) -> None:
        self.name = name
        self.message = ""
        self.message_changed: Signal[[str]] = Signal()
        self.started: Signal[[int]] = Signal()
        self.finished: Signal[[int]] = Signal()
        self.failed: Signal[[int, str]] = Signal()
        self.position_changed: Signal[[int, int]] = Signal()
        self.state_changed: Signal[[PlaybackState]] = Signal()
        self.stream_title_changed: Signal[[int, str]] = Signal()
        self._post = post
        self._open_backend = open_backend
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._asked = 0
        self._done = 0
        self._seeks_asked = 0
        self._seeks_done = 0
        self._closed = False
        self._volume = 100
        self._muted = False
        self._backend: Backend | None = None
        self._thread = threading.Thread(target=self._run, name=f"engine-{name}", daemon=True)
        self._thread.start()

    def play(self, media: Media) -> None:
        """Replace what is playing by `media`; any prepared medium is dropped."""
        self._replace(lambda backend: backend.play(media))

    def prepare(self, media: Media | None) -> None:
        """Open `media` beforehand, to sound when the present one ends; None drops it."""
        self._command(lambda backend: backend.prepare(media))

    def pause(self) -> None:
        """Hold; does nothing when not playing. While opening: open, but do not sound yet."""
        self._command(lambda backend: backend.pause())

    def resume(self) -> None:
        """Go on after `pause`."""
        self._command(lambda backend: backend.resume())

    def stop(self) -> None:
        """Silence, and forget both media."""
        self._replace(lambda backend: backend.stop())

    def seek(self, position_ms: int) -> None:
        """Go to a position of the present medium, clamped to its length."""
        self._seeks_asked += 1
        number = self._seeks_asked

        def work(backend: Backend) -> None:
            self._seeks_done = number
            if number == self._seeks_asked:
                backend.seek(position_ms)

        self._command(work)

    def set_volume(self, percent: int) -> None:
        """0 to 100."""
        self._volume = min(max(percent, 0), 100)
        self._command(lambda backend: backend.set_volume(self._volume))

    def set_muted(self, muted: bool) -> None:
        """Silence without touching the volume."""
        self._muted = muted
        self._command(lambda backend: backend.set_muted(self._muted))

    def close(self) -> None:
        """Release everything; the engine cannot be used afterwards."""
        if not self._closed:
            self._closed = True
            self._commands.put(None)
            self._thread.join(CLOSE_TIMEOUT_S)

    def _command(self, work: Callable[[Backend], None]) -> None:
        def run() -> None:
            if self._backend is not None:
                work(self._backend)

        if not self._closed:
            self._commands.put(run)

    def _replace(self, work: Callable[[Backend], None]) -> None:
        self._asked += 1
        number = self._asked

        def run(backend: Backend) -> None:
            self._done = number
            work(backend)

        self._command(run)

    def _tell(self, emit: Callable[[], None]) -> None:
        number = self._done

        def deliver() -> None:
            if number == self._asked and not self._closed:
                emit()

        self._post(deliver)

    def _tell_message(self, message: str) -> None:
        def deliver() -> None:
            if not self._closed and message != self.message:
                self.message = message
                self.message_changed.emit(message)

        self._post(deliver)

    def _run(self) -> None:
        self._backend = self._open_backend(Host(self))
        self.name = self._backend.name
        try:
            while True:
                try:
                    command = self._commands.get(timeout=self._backend.tick())
                except queue.Empty:
                    continue
                if command is None:
                    break
                command()
        finally:
            backend, self._backend = self._backend, None
            backend.close()
