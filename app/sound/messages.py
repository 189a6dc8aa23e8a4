"""What the window's process and the listening process say to each other."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from app.autoplay import codec
from app.autoplay.codec import MessageError
from app.background.orders import Cancel, Pause, Resume

__all__ = ["Cancel", "MessageError", "Pause", "Resume", "decode_order", "decode_word", "encode"]


@dataclass(frozen=True, slots=True)
class Look:
    """Other files are there than before; `serial` comes back with the last word."""

    serial: int


@dataclass(frozen=True, slots=True)
class Whole:
    """Listen to songs as a whole from now on, or to excerpts of them."""

    is_whole: bool


@dataclass(frozen=True, slots=True)
class Progressed:
    """So many tracks of the library were heard, or have a problem; `kept` counts the sounds that
    this process has kept, `left_s` is about how long the rest takes."""

    heard: int
    total: int
    problems: int
    kept: int
    current: str
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Paused:
    """It stands still now, with nothing in hand."""


@dataclass(frozen=True, slots=True)
class Rested:
    """All that can be heard now has been; it waits a while for more."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The process ends; `looked` is the serial of the latest Look that was followed. `again` asks
    for a new process: this one holds a file that does not come to an end."""

    looked: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Troubled:
    """The process ends, since it cannot go on; `text` says why and what to do."""

    text: str


Order = Pause | Resume | Cancel | Look | Whole
Word = Progressed | Paused | Rested | Ended | Troubled

_ORDERS: dict[str, type] = {cls.__name__: cls for cls in typing.get_args(Order)}
_WORDS: dict[str, type] = {cls.__name__: cls for cls in typing.get_args(Word)}


def encode(message: object) -> bytes:
    """A message as bytes; raises MessageError for one that cannot be sent."""
    return codec.encode(message, _ORDERS | _WORDS)


def decode_order(data: bytes) -> Order:
    """Raises MessageError, in words, for anything that is no order."""
    message = codec.decode(data, _ORDERS)
    assert isinstance(message, Order)
    return message


def decode_word(data: bytes) -> Word:
    """Raises MessageError, in words, for anything that is no word."""
    message = codec.decode(data, _WORDS)
    assert isinstance(message, Word)
    return message
