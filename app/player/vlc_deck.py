"""A deck: libVLC decodes one medium into a buffer, a little ahead of what is heard."""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from app.player.engine import Media
from app.player.media_errors import is_stream
from app.player.mixer import FRAME_BYTES, SoundBuffer
from app.player.vlc_library import mrl

log = logging.getLogger(__name__)

FILE_CACHING_MS = 2000
NETWORK_CACHING_MS = 1500
FULL_S = 8.0
LOW_S = 4.0
READY_S = 0.3
MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 192_000
MP4_SUFFIXES = (".m4a", ".m4b", ".mp4", ".aac")


class Aside:
    """Work that may hang, each on a thread of its own."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def run(self, work: Callable[[], None]) -> None:
        """Do it now, elsewhere."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=work, name="engine-aside", daemon=True))
        self._threads[-1].start()

    def wait(self, timeout_s: float) -> None:
        """Wait until all is done, but no longer than `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))


class Deck:
    """One opened medium. Its callbacks touch only its own buffer and `changed`.

    `rate_hz` forces a sample rate; None takes that of the medium. `changed` is called from a
    thread of libVLC when the medium is ready, ended or broke.
    """

    def __init__(
        self,
        vlc: Any,
        instance: Any,
        media: Media,
        changed: Callable[[], None],
        aside: Aside,
        *,
        start_ms: int = 0,
        rate_hz: int | None = None,
        gain: float = 1.0,
    ) -> None:
        self.start_ms = start_ms
        self.rate_hz = rate_hz or 0
        self.buffer = SoundBuffer(gain)
        self.at_end = False
        self.broken = False
        self._changed = changed
        self._closed = threading.Event()
        self._held = False
        self._told_ready = False
        self._vlc = vlc
        self._aside = aside
        self._media = instance.media_new(mrl(media.location))
        for option in media_options(media.location, start_ms):
            self._media.add_option(option)
        self._player = instance.media_player_new()
        self._player.set_media(self._media)
        self._callbacks = self._make_callbacks(vlc)
        play, silent, flush, drain, setup, cleanup = self._callbacks
        self._player.audio_set_callbacks(play, silent[0], silent[1], flush, drain, None)
        self._player.audio_set_format_callbacks(setup, cleanup)
        events = self._player.event_manager()
        events.event_attach(vlc.EventType.MediaPlayerEndReached, self._on_end)
        events.event_attach(vlc.EventType.MediaPlayerEncounteredError, self._on_error)
        self._player.play()

    def _make_callbacks(self, vlc: Any) -> tuple[Any, ...]:
        kinds = vlc.CallbackDecorators
        buffer, closed = self.buffer, self._closed

        def play(_data: Any, samples: int, count: int, _pts: int) -> None:
            if closed.is_set():
                return
            buffer.append(ctypes.string_at(samples, count * FRAME_BYTES))
            if not self._told_ready and self.ready:
                self._told_ready = True
                self._changed()

        def setup(_data: Any, fmt: Any, rate: Any, channels: Any) -> int:
            ctypes.memmove(fmt, b"S16N", 4)
            rates = ctypes.cast(rate, ctypes.POINTER(ctypes.c_uint))
            if not self.rate_hz:
                self.rate_hz = min(max(rates[0], MIN_RATE_HZ), MAX_RATE_HZ)
            rates[0] = self.rate_hz
            ctypes.cast(channels, ctypes.POINTER(ctypes.c_uint))[0] = 2
            return 0

        def ignore(*_arguments: Any) -> None:
            pass

        return (
            kinds.AudioPlayCb(play),
            (kinds.AudioPauseCb(ignore), kinds.AudioResumeCb(ignore)),
            kinds.AudioFlushCb(ignore),
            kinds.AudioDrainCb(ignore),
            kinds.AudioSetupCb(setup),
            kinds.AudioCleanupCb(ignore),
        )

    def _on_end(self, _event: Any) -> None:
        if not self._closed.is_set():
            self.at_end = True
            self._changed()

    def _on_error(self, _event: Any) -> None:
        if not self._closed.is_set():
            self.broken = True
            self._changed()

    @property
    def ready(self) -> bool:
        """Whether enough is decoded to begin."""
        if self.buffer.ended:
            return True
        return self.rate_hz > 0 and self.buffer.waiting_frames >= READY_S * self.rate_hz

    @property
    def decoded_ms(self) -> int:
        """How far into the medium the decoded sound reaches."""
        rate_hz = self.rate_hz or 44_100
        return self.start_ms + self.buffer.total_frames * 1000 // rate_hz

    def regulate(self) -> None:
        """Hold the decoder when it is far ahead, let it go on when it is not."""
        if self.buffer.ended or not self.rate_hz:
            return
        waiting_s = self.buffer.waiting_frames / self.rate_hz
        if not self._held and waiting_s > FULL_S:
            self._held = True
            self._player.set_pause(1)
        elif self._held and waiting_s < LOW_S:
            self._held = False
            self._player.set_pause(0)

    @property
    def length_ms(self) -> int:
        """The length libVLC knows, 0 when it knows none."""
        return max(0, int(self._player.get_length()))

    @property
    def now_playing(self) -> str:
        """The title a radio station sent last."""
        return self._media.get_meta(self._vlc.Meta.NowPlaying) or ""

    def close(self) -> None:
        """Stop decoding. Stopping may hang with a drive or the network, so it is done aside."""
        self._closed.set()
        self.buffer.end()
        self._aside.run(self._release)

    def _release(self) -> None:
        self._player.stop()
        self._player.release()
        self._media.release()


def media_options(location: str, start_ms: int) -> list[str]:
    """How libVLC should open a location.

    avformat's demuxers seek within a few milliseconds where libVLC's own are up to seconds off,
    and lose less of the head of Opus; libVLC's own trim an MP3's padding, so it keeps those for
    playing from the start. libavcodec keeps the first 1024 frames of AAC, faad drops them.
    """
    options = [
        f":file-caching={FILE_CACHING_MS}",
        f":network-caching={NETWORK_CACHING_MS}",
        ":http-reconnect",
    ]
    if start_ms:
        options.append(f":start-time={start_ms / 1000:.3f}")
    if is_stream(location):
        return options
    lowered = location.lower()
    if start_ms or not lowered.endswith(".mp3"):
        options.append(":demux=avformat,any")
    if lowered.endswith(MP4_SUFFIXES):
        options.append(":codec=avcodec,any")
    return options
