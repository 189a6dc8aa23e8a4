"""What the window's process and the training's process say to each other."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from app.autoplay import codec
from app.autoplay.codec import MessageError
from app.background.orders import Cancel, Pause, Resume

__all__ = [
    "Cancel",
    "MessageError",
    "Order",
    "Pause",
    "Progressed",
    "Resume",
    "Word",
    "decode_order",
    "decode_word",
    "encode",
]


@dataclass(frozen=True, slots=True)
class Progressed:
    """What is being done, which share of all is done, and about how long the rest takes."""

    step: str
    share: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Paused:
    """It stands still now."""


@dataclass(frozen=True, slots=True)
class Done:
    """The training is over; `taken` says whether a new version is in use, `text` what came."""

    taken: bool
    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The training gave nothing; `text` says why and what to do."""

    text: str


Order = Pause | Resume | Cancel
Word = Progressed | Paused | Done | Failed

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
