"""The stage: what is in the mixer, what goes to the device, and what of it is heard now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.player.mixer import Mixer, SoundBuffer
from app.player.vlc_item import Item
from app.player.vlc_output import Output

FALLBACK_RATE_HZ = 44_100


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard: whether it is the following medium already, where, and whether all was."""

    following: bool
    position_ms: int | None
    ended: bool


class Stage:
    """Puts the decks of the present and the following medium one after the other."""

    def __init__(self, vlc: Any, instance: Any, changed: Callable[[], None]) -> None:
        self._mixer = Mixer()
        self.output = Output(vlc, instance, self._mixer, changed)

    def sound(self, present: Item, following: Item | None) -> None:
        """Start anew with what the present deck has decoded."""
        assert present.deck is not None
        self.output.stop()
        rate_hz = present.deck.rate_hz or FALLBACK_RATE_HZ
        self._mixer.load(present.deck.buffer)
        if following is not None and following.deck is not None:
            deck = following.deck
            if deck.buffer.taken_frames or deck.rate_hz not in (0, rate_hz):
                following.close()
            elif deck.ready and not present.fault:
                following.joined = True
                self._mixer.follow_with(deck.buffer)
        self.output.start(rate_hz)

    def join(self, present: Item, following: Item) -> bool:
        """Let a medium that is ready follow; False when the present one is over for the mixer."""
        if present.fault or not self.output.running or present.deck is None:
            return True
        if present.deck.buffer.exhausted:
            return False
        self._mixer.follow_with(following.buffer)
        return True

    def part(self) -> None:
        """Let nothing follow the present medium."""
        self._mixer.follow_with(None)

    def take_back(self, present: Item) -> bool:
        """The mixer is past the end, but something else should follow: go back to the end.

        What is on its way to the device and belongs to the present medium goes back to its deck.
        Afterwards the stage is silent; False when there was nothing to take back.
        """
        if present.deck is None or not self.output.running:
            return False
        heard = self.output.heard_frame()
        buffer, frame = self._mixer.sounding_at(heard)
        rest = SoundBuffer()
        rest.append(self._mixer.unheard(present.deck.buffer, int(heard)))
        rest.end()
        if buffer is present.deck.buffer:
            present.deck.start_ms += frame * 1000 // self.output.rate_hz
        present.deck.buffer = rest
        self.output.stop()
        return True

    def heard(self, present: Item, following: Item | None) -> Heard:
        """What is heard now."""
        buffer, frame = self._mixer.sounding_at(self.output.heard_frame())
        crossed = following is not None and buffer is not None and buffer is following.buffer
        item = following if crossed else present
        if item is None or item.deck is None:
            return Heard(crossed, None, False)
        own = item.deck.buffer
        frames = frame if buffer is own else 0
        position_ms = None
        if buffer is own:
            position_ms = item.deck.start_ms + frame * 1000 // self.output.rate_hz
        return Heard(crossed, position_ms, own.exhausted and frames >= own.total_frames)

    def clear(self) -> None:
        """Silence, with nothing left to sound."""
        self.output.stop()
        self._mixer.load()

    def close(self) -> None:
        """Release the device."""
        self.output.close()
