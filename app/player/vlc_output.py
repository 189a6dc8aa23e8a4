"""The way out: libVLC plays the mixer's endless frames on the sound device."""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from app.player.mixer import Mixer

log = logging.getLogger(__name__)

CACHING_MS = 300
PREFETCH_KIB = 32
READ_BYTES = 8_192
PRELUDE_S = 0.03
DEVICE_LATENCY_S = 0.05
SETTLE_S = 0.5
DEVICE_PATIENCE_S = 2.0
ENDLESS = 2**64 - 1


class Output:
    """Plays what the mixer gives; knows which of its frames is heard now."""

    def __init__(self, vlc: Any, instance: Any, mixer: Mixer, changed: Callable[[], None]) -> None:
        self.rate_hz = 0
        self._vlc = vlc
        self._instance = instance
        self._mixer = mixer
        self._changed = changed
        self._volume = 100
        self._muted = False
        self._running = False
        self._paused = False
        self._broken = False
        self._clock = Clock()
        self._media: Any = None
        self._began_at = 0.0
        self._taken = 0
        self._taken_at = 0.0
        self._player = instance.media_player_new()
        self._callbacks = self._make_callbacks(vlc)
        events = self._player.event_manager()
        events.event_attach(vlc.EventType.MediaPlayerPlaying, self._on_playing)
        events.event_attach(vlc.EventType.MediaPlayerAudioVolume, self._on_playing)
        events.event_attach(vlc.EventType.MediaPlayerTimeChanged, self._on_time)
        events.event_attach(vlc.EventType.MediaPlayerEndReached, self._on_break)
        events.event_attach(vlc.EventType.MediaPlayerEncounteredError, self._on_break)

    def _make_callbacks(self, vlc: Any) -> tuple[Any, ...]:
        kinds = vlc.CallbackDecorators
        mixer = self._mixer

        def opened(_data: Any, _handle: Any, size: Any) -> int:
            ctypes.cast(size, ctypes.POINTER(ctypes.c_uint64))[0] = ENDLESS
            return 0

        def read(_data: Any, target: Any, size: int) -> int:
            sound = mixer.read(min(size, READ_BYTES))
            ctypes.memmove(target, sound, len(sound))
            return len(sound)

        def seek(_data: Any, _offset: int) -> int:
            return -1

        def closed(_data: Any) -> None:
            pass

        return (
            kinds.MediaOpenCb(opened),
            kinds.MediaReadCb(read),
            kinds.MediaSeekCb(seek),
            kinds.MediaCloseCb(closed),
        )

    def _on_playing(self, _event: Any) -> None:
        self._changed()

    def _on_time(self, event: Any) -> None:
        self._clock.tell(event.u.new_time)

    def _on_break(self, _event: Any) -> None:
        self._broken = True
        self._changed()

    def start(self, rate_hz: int) -> None:
        """Sound the mixer's frames from its first on; drops what was on the way."""
        self.stop()
        if rate_hz != self.rate_hz or self._media is None:
            self._open(rate_hz)
        self._mixer.restart(int(PRELUDE_S * rate_hz))
        self._clock.start()
        self._running, self._paused, self._broken = True, False, False
        self._taken = 0
        self._began_at = self._taken_at = time.monotonic()
        self._player.set_media(self._media)
        self._apply_volume()
        self._player.play()

    def _open(self, rate_hz: int) -> None:
        if self._media is not None:
            self._media.release()
        self.rate_hz = rate_hz
        self._media = self._instance.media_new_callbacks(*self._callbacks, None)
        for option in (
            ":demux=rawaud",
            ":rawaud-channels=2",
            f":rawaud-samplerate={rate_hz}",
            ":rawaud-fourcc=s16l",
            f":network-caching={CACHING_MS}",
            f":prefetch-buffer-size={PREFETCH_KIB}",
            f":prefetch-read-size={READ_BYTES}",
        ):
            self._media.add_option(option)

    def stop(self) -> None:
        """Silence at once."""
        if self._running:
            self._running = False
            self._player.stop()

    @property
    def running(self) -> bool:
        """Whether frames are sounding or paused."""
        return self._running

    def pause(self) -> None:
        """Hold."""
        if self._running and not self._paused:
            self._paused = True
            self._clock.hold()
            self._player.set_pause(1)

    def resume(self) -> None:
        """Go on."""
        if self._running and self._paused:
            self._paused = False
            self._taken_at = time.monotonic()
            self._clock.go_on()
            self._player.set_pause(0)

    def set_volume(self, percent: int) -> None:
        """0 to 100."""
        self._volume = percent
        self._apply_volume()

    def set_muted(self, muted: bool) -> None:
        """Silence without touching the volume."""
        self._muted = muted
        self._apply_volume()

    def settle_volume(self) -> None:
        """Set the volume again while the sound starts: libVLC forgets it between two starts.

        Later on the user may have changed it in the system's own mixer.
        """
        if time.monotonic() - self._began_at < SETTLE_S:
            self._apply_volume()

    def _apply_volume(self) -> None:
        if self._player.audio_get_volume() != self._volume:
            self._player.audio_set_volume(self._volume)
        if bool(self._player.audio_get_mute()) != self._muted:
            self._player.audio_set_mute(self._muted)

    def heard_frame(self) -> float:
        """The frame of the mixer's output that is heard now."""
        heard_s = max(0.0, self._clock.now_s() - DEVICE_LATENCY_S)
        return min(heard_s * self.rate_hz, float(self._mixer.given_frames))

    @property
    def sounded(self) -> bool:
        """Whether the device has taken sound since the start."""
        return self._taken > 0

    def without_device(self) -> bool:
        """Whether it has become clear that the sound goes nowhere, or no longer anywhere."""
        if not self._running or self._paused:
            return False
        if self._broken:
            return True
        now = time.monotonic()
        stats = self._vlc.MediaStats()
        self._media.get_stats(stats)
        if stats.played_abuffers != self._taken:
            self._taken = stats.played_abuffers
            self._taken_at = now
        return now - self._taken_at > DEVICE_PATIENCE_S

    def close(self) -> None:
        """Release the device."""
        self.stop()
        self._player.release()
        if self._media is not None:
            self._media.release()
            self._media = None


class Clock:
    """Seconds heard since the start: libVLC tells four times a second, between it is reckoned."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._anchor_s = 0.0
        self._anchor_at: float | None = None
        self._latest_s = 0.0

    def start(self) -> None:
        """Count from zero."""
        with self._lock:
            self._anchor_s = self._latest_s = 0.0
            self._anchor_at = time.monotonic()

    def tell(self, time_ms: int) -> None:
        """libVLC's own idea of the present time."""
        with self._lock:
            if self._anchor_at is not None:
                self._anchor_s = time_ms / 1000
                self._anchor_at = time.monotonic()

    def hold(self) -> None:
        """Stop counting."""
        now_s = self.now_s()
        with self._lock:
            self._anchor_s, self._anchor_at = now_s, None

    def go_on(self) -> None:
        """Count on."""
        with self._lock:
            self._anchor_at = time.monotonic()

    def now_s(self) -> float:
        """Never less than before, whatever libVLC tells."""
        with self._lock:
            now_s = self._anchor_s
            if self._anchor_at is not None:
                now_s += time.monotonic() - self._anchor_at
            self._latest_s = max(self._latest_s, now_s)
            return self._latest_s
