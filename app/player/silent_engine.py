"""An engine that keeps time and makes no sound: for tests and machines without sound."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from app.player.engine import Media, PlaybackState
from app.player.engine_thread import Backend, Host, ThreadedEngine
from app.player.media_errors import MediaError, check_file, is_stream, no_answer, not_audio
from app.player.probe import read_duration_ms
from app.signals import Post

log = logging.getLogger(__name__)

POSITION_PERIOD_S = 0.1
OPEN_TIMEOUT_S = 10.0


class SilentEngine(ThreadedEngine):
    """Plays in real time without sound; `rate` makes its clock faster.

    `check_files=False` also plays files that do not exist, if `Media.duration_ms` is given.
    """

    def __init__(
        self, post: Post, *, rate: float = 1.0, check_files: bool = True, message: str = ""
    ) -> None:
        def open_backend(host: Host) -> SilentBackend:
            if message:
                host.message(message)
            return SilentBackend(host, rate=rate, check_files=check_files)

        super().__init__("silent", post, open_backend)


class SilentBackend:
    """A clock that answers as if it played."""

    name = "silent"

    def __init__(
        self,
        host: Host,
        *,
        rate: float = 1.0,
        check_files: bool = True,
        wake: Callable[[], Backend] | None = None,
    ) -> None:
        """`wake` makes a backend with sound, to be tried at the next `play`."""
        self._host = host
        self._wake = wake
        self._rate = rate
        self._check_files = check_files
        self._current: Media | None = None
        self._next: Media | None = None
        self._lengths: dict[int, int] = {}
        self._state = PlaybackState.STOPPED
        self._held = False
        self._anchor_ms = 0.0
        self._anchor_at = 0.0
        self._deadline = 0.0

    def play(self, media: Media) -> None:
        """Open `media`; its clock runs from `start_ms` when it turns out to be audio."""
        if self._wake is not None:
            backend = self._wake()
            self._host.replace_backend(backend)
            backend.play(media)
            return
        self._forget()
        self._current = media
        self._anchor_ms = float(media.start_ms)
        self._held = False
        self._deadline = time.monotonic() + OPEN_TIMEOUT_S
        self._set_state(PlaybackState.OPENING)
        self._probe(media)

    def go_on(self, media: Media, following: Media | None) -> None:
        """Take over a medium that another backend has started already."""
        self._current, self._next = media, following
        self._anchor_ms = float(media.start_ms)
        self._anchor_at = time.monotonic()
        self._lengths[media.token] = media.duration_ms or 0
        self._state = PlaybackState.PLAYING
        for present in (media, following):
            if present is not None:
                self._probe(present)

    def prepare(self, media: Media | None) -> None:
        """Check `media` beforehand."""
        self._next = media
        if media is not None:
            self._probe(media)

    def pause(self) -> None:
        """Hold the clock."""
        if self._state is PlaybackState.PLAYING:
            self._anchor_ms = self._position_ms()
            self._state = PlaybackState.PAUSED
            self._tell_position()
            self._set_state(PlaybackState.PAUSED)
        elif self._state is PlaybackState.OPENING:
            self._held = True

    def resume(self) -> None:
        """Let the clock run on."""
        if self._state is PlaybackState.OPENING:
            self._held = False
        elif self._state is PlaybackState.PAUSED and self._current is not None:
            self._anchor_at = time.monotonic()
            self._set_state(PlaybackState.PLAYING)
            if self._held:
                self._held = False
                self._host.started(self._current.token)

    def stop(self) -> None:
        """Forget both media."""
        self._forget()
        self._set_state(PlaybackState.STOPPED)

    def seek(self, position_ms: int) -> None:
        """Set the clock."""
        if self._current is None:
            return
        length_ms = self._length_ms()
        self._anchor_ms = float(max(0, min(position_ms, length_ms or position_ms)))
        self._anchor_at = time.monotonic()
        if self._state is not PlaybackState.OPENING:
            self._tell_position()

    def set_volume(self, percent: int) -> None:
        """Nothing to set."""

    def set_muted(self, muted: bool) -> None:
        """Nothing to mute."""

    def tick(self) -> float | None:
        """End what is over and tell the position."""
        if self._state is PlaybackState.OPENING:
            if time.monotonic() >= self._deadline and self._current is not None:
                self._fail(self._current, no_answer(self._current.location))
            return POSITION_PERIOD_S
        if self._state is not PlaybackState.PLAYING:
            return None
        length_ms = self._length_ms()
        while length_ms and self._position_ms() >= length_ms:
            self._come_to_end(length_ms)
            if self._state is not PlaybackState.PLAYING:
                return None
            length_ms = self._length_ms()
        self._tell_position()
        if not length_ms:
            return POSITION_PERIOD_S
        left_s = (length_ms - self._position_ms()) / 1000 / self._rate
        return max(0.0, min(POSITION_PERIOD_S, left_s))

    def close(self) -> None:
        """Nothing to release."""
        self._forget()

    def _probe(self, media: Media) -> None:
        def work() -> None:
            try:
                length_ms = self._read_length_ms(media)
            except MediaError as error:
                self._host.call_soon(partial(self._fail, media, str(error)))
            else:
                self._host.call_soon(partial(self._opened, media, length_ms))

        threading.Thread(target=work, name="silent-probe", daemon=True).start()

    def _read_length_ms(self, media: Media) -> int:
        if is_stream(media.location):
            return media.duration_ms or 0
        if not self._check_files and media.duration_ms:
            return media.duration_ms
        check_file(media.location)
        length_ms = read_duration_ms(media.location)
        if not length_ms:
            raise MediaError(not_audio(media.location))
        return media.duration_ms or length_ms

    def _opened(self, media: Media, length_ms: int) -> None:
        if media not in (self._current, self._next):
            return
        self._lengths[media.token] = length_ms
        if media is self._current and self._state is PlaybackState.OPENING:
            self._begin(media)

    def _begin(self, media: Media) -> None:
        length_ms = self._length_ms()
        if length_ms:
            self._anchor_ms = min(self._anchor_ms, float(length_ms))
        self._anchor_at = time.monotonic()
        if self._held:
            self._set_state(PlaybackState.PAUSED)
        else:
            self._set_state(PlaybackState.PLAYING)
            self._host.started(media.token)
        self._tell_position()

    def _fail(self, media: Media, sentence: str) -> None:
        if media is self._next:
            self._next = None
            self._host.failed(media.token, sentence)
        elif media is self._current:
            self._forget()
            self._host.failed(media.token, sentence)
            self._set_state(PlaybackState.STOPPED)

    def _come_to_end(self, length_ms: int) -> None:
        ended, following = self._current, self._next
        assert ended is not None
        over_ms = self._position_ms() - length_ms
        self._host.position(length_ms, length_ms)
        self._host.finished(ended.token)
        self._current, self._next = following, None
        self._lengths.pop(ended.token, None)
        if following is None:
            self._set_state(PlaybackState.STOPPED)
            return
        self._anchor_ms = following.start_ms + over_ms
        if following.token in self._lengths:
            self._anchor_at = time.monotonic()
            self._host.started(following.token)
        else:
            self._deadline = time.monotonic() + OPEN_TIMEOUT_S
            self._set_state(PlaybackState.OPENING)

    def _forget(self) -> None:
        self._current = self._next = None
        self._lengths.clear()

    def _set_state(self, state: PlaybackState) -> None:
        self._state = state
        self._host.state(state)

    def _length_ms(self) -> int:
        return self._lengths.get(self._current.token, 0) if self._current is not None else 0

    def _position_ms(self) -> float:
        if self._state is not PlaybackState.PLAYING:
            return self._anchor_ms
        return self._anchor_ms + (time.monotonic() - self._anchor_at) * 1000 * self._rate

    def _tell_position(self) -> None:
        self._host.position(int(self._position_ms()), self._length_ms())
