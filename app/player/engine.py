"""What an audio engine can do. The libVLC engine and the silent one both answer to this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.signals import Signal


class PlaybackState(StrEnum):
    """What the engine is doing."""

    STOPPED = "stopped"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Media:
    """Something to play. `token` comes back with every event about it; `gain_db` is ReplayGain."""

    token: int
    location: str
    gain_db: float = 0.0
    start_ms: int = 0
    duration_ms: int | None = None


class Engine(Protocol):
    """Plays one medium and keeps the next one ready.

    Methods return at once and may be called from the window's thread only. Signals are emitted
    on the window's thread. Every medium that began ends in exactly one of `finished` (it came to
    its end; the prepared medium, if any, then sounds without a gap and `started` follows) or
    `failed`, unless `play`, `stop` or `close` replaced it first. A prepared medium may fail while
    the present one sounds; that disturbs nothing, and the medium is no longer prepared. When the
    present medium fails, all is silent and the prepared medium is forgotten.
    """

    name: str
    message: str
    """Empty, or what the user should know: for example why there is no sound and how to get it."""

    message_changed: Signal[[str]]
    """The new `message`; whether there is sound is known only some time after the start."""
    started: Signal[[int]]
    """token: the medium sounds now."""
    finished: Signal[[int]]
    """token: the medium came to its end."""
    failed: Signal[[int, str]]
    """token, sentence: the medium cannot be played."""
    position_changed: Signal[[int, int]]
    """position_ms, duration_ms (0 when unknown), at least four times a second while playing."""
    state_changed: Signal[[PlaybackState]]
    stream_title_changed: Signal[[int, str]]
    """token, title: a radio station told what it plays."""

    def play(self, media: Media) -> None:
        """Replace what is playing by `media`; any prepared medium is dropped."""

    def prepare(self, media: Media | None) -> None:
        """Open `media` beforehand, to sound when the present one ends; None drops it."""

    def pause(self) -> None:
        """Hold; does nothing when not playing. While opening: open, but do not sound yet."""

    def resume(self) -> None:
        """Go on after `pause`."""

    def stop(self) -> None:
        """Silence, and forget both media."""

    def seek(self, position_ms: int) -> None:
        """Go to a position of the present medium, clamped to its length."""

    def set_volume(self, percent: int) -> None:
        """0 to 100."""

    def set_muted(self, muted: bool) -> None:
        """Silence without touching the volume."""

    def close(self) -> None:
        """Release everything; the engine cannot be used afterwards."""
