"""A medium that the libVLC engine has been given, and what it knows of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.player.engine import Media
from app.player.media_errors import is_stream, local_path
from app.player.mixer import SoundBuffer
from app.player.vlc_deck import Deck

OPEN_TIMEOUT_S = 10.0
STALL_TIMEOUT_S = 10.0
EARLY_END_MS = 3_000
EARLY_END_SHARE = 0.9


@dataclass(eq=False)
class Item:
    """A medium the backend has been given, and what became of it."""

    media: Media
    start_ms: int
    opened_at: float = field(default_factory=time.monotonic)
    deck: Deck | None = None
    seeking: Deck | None = None
    started: bool = False
    fault: str = ""
    checked: bool = False
    explaining: bool = False
    joined: bool = False
    length_ms: int = 0
    """How long it is, 0 when nobody knows."""
    size_bytes: int = 0
    position_ms: int = 0
    title: str = ""

    @classmethod
    def of(cls, media: Media) -> Item:
        """A medium that was just asked for."""
        return cls(
            media,
            media.start_ms,
            position_ms=media.start_ms,
            length_ms=media.duration_ms or 0,
        )

    @property
    def buffer(self) -> SoundBuffer | None:
        """Where its sound is decoded to."""
        return self.deck.buffer if self.deck is not None else None

    def learn_length(self) -> None:
        """Ask the decoder for the length, until it knows one; later answers may be of less."""
        if not self.length_ms and self.deck is not None:
            self.length_ms = self.deck.length_ms

    @property
    def is_live(self) -> bool:
        """Whether it is a stream without an end."""
        return is_stream(self.media.location) and not self.length_ms

    def close(self) -> None:
        """Release its decks."""
        for deck in (self.deck, self.seeking):
            if deck is not None:
                deck.close()
        self.deck = self.seeking = None

    def ended_early(self, deck: Deck) -> bool:
        """Whether a deck that came to its end cannot have decoded all there is."""
        if is_stream(self.media.location):
            return self.is_live
        length_ms = self.length_ms
        if deck.decoded_ms > min(length_ms - EARLY_END_MS, length_ms * EARLY_END_SHARE):
            return False
        path = local_path(self.media.location)
        try:
            size_bytes = path.stat().st_size
        except OSError:
            return True
        # The length of an MP3 is often only guessed from its first frames.
        return size_bytes != self.size_bytes or path.suffix.lower() not in (".mp3", ".aac")
