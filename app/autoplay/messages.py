"""What the window's process and the recommender's process say to each other."""

from __future__ import annotations

import typing
from dataclasses import dataclass

from app.autoplay import codec
from app.autoplay.codec import MessageError
from recommender.api import (
    AgentStanding,
    Correction,
    Explanation,
    Forgotten,
    Play,
    Reaction,
    Recommendation,
    Retracted,
    Started,
    Taste,
    Tuning,
)

__all__ = ["Answer", "MessageError", "Request", "decode_answer", "decode_request", "encode"]


@dataclass(frozen=True, slots=True)
class Observe:
    """Something happened. An event the process has already taken is left out there."""

    event: Play | Reaction | Correction | Forgotten | Started | Retracted


@dataclass(frozen=True, slots=True)
class Recommend:
    """Send a list. Of several waiting, only the newest is answered."""

    serial: int
    n: int
    exclude: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Explain:
    """Say why a track stands where it does."""

    serial: int
    track_id: int


@dataclass(frozen=True, slots=True)
class CatalogueChanged:
    """Tracks came, went or changed: read the library again."""


@dataclass(frozen=True, slots=True)
class Tune:
    """The listener holds the list differently from now on."""

    tuning: Tuning


@dataclass(frozen=True, slots=True)
class AskTaste:
    """Say what the model believes of its listener."""

    serial: int


@dataclass(frozen=True, slots=True)
class SoundsChanged:
    """Songs were listened to: read how they sound."""


@dataclass(frozen=True, slots=True)
class AskNear:
    """Say which tracks sound most like this one, `n` at most."""

    serial: int
    track_id: int
    n: int


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take over what a training gave, from its folder; an empty one takes all such back."""

    folder: str


@dataclass(frozen=True, slots=True)
class Relearn:
    """Drop what was learnt and learn again from what is saved; Relearnt tells when it is done."""

    serial: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Answer with a Pong of the same serial."""

    serial: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Save and exit."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The model has read the library and all events up to `last_event_id`."""

    model_version: str
    songs: int
    events: int
    last_event_id: int


@dataclass(frozen=True, slots=True)
class Busy:
    """No answer comes for `at_most_s`; `text` says why, or is empty if that concerns nobody."""

    text: str
    at_most_s: float


@dataclass(frozen=True, slots=True)
class NewList:
    """The list, best first; `note` says in words what the user should know of it, or is empty."""

    serial: int
    rows: tuple[Recommendation, ...]
    note: str
    model_version: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer to Explain; no explanation for a track that the model does not know."""

    serial: int
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class TasteIs:
    """The answer to AskTaste; None from a model that holds no beliefs."""

    serial: int
    taste: Taste | None


@dataclass(frozen=True, slots=True)
class HearingIs:
    """What compares sounds now, in words, and how many songs it knows; empty for nothing."""

    words: str
    songs: int


@dataclass(frozen=True, slots=True)
class AgentIs:
    """How the agent did against the usual order; None from a model that has none."""

    standing: AgentStanding | None


@dataclass(frozen=True, slots=True)
class Near:
    """The answer to AskNear, the nearest first; or none, and in words why."""

    serial: int
    track_ids: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Relearnt:
    """All is learnt again, as Relearn of this serial asked."""

    serial: int


@dataclass(frozen=True, slots=True)
class Adopted:
    """What serves now: the version of a training, empty for none; `trouble` says why it is not the
    one that was asked for."""

    version: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Pong:
    """The process is alive and takes requests."""

    serial: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A request could not be answered; `text` says why."""

    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The model cannot be served at all, and the process ends; `text` says why."""

    text: str


Request = (
    Observe | Recommend | Explain | CatalogueChanged | Tune | AskTaste | SoundsChanged | AskNear
    | Adopt | Relearn | Ping | Shutdown
)  # fmt: skip
Answer = (
    Ready | Busy | NewList | Explained | TasteIs | HearingIs | AgentIs | Near | Relearnt | Adopted
    | Pong | Failed | Refused
)  # fmt: skip

_EVENTS = (Play, Reaction, Correction, Forgotten, Started, Retracted)
_REQUESTS: dict[str, type] = {cls.__name__: cls for cls in (*typing.get_args(Request), *_EVENTS)}
_ANSWERS: dict[str, type] = {cls.__name__: cls for cls in typing.get_args(Answer)}


def encode(message: Request | Answer) -> bytes:
    """A message as bytes; raises MessageError for one that holds a number that is not finite."""
    return codec.encode(message, _REQUESTS | _ANSWERS)


def decode_request(data: bytes) -> Request:
    """Raises MessageError, in words, for anything that is no request."""
    message = codec.decode(data, _REQUESTS)
    if not isinstance(message, Request):
        raise MessageError(f"{type(message).__name__} is not a request by itself.")
    return message


def decode_answer(data: bytes) -> Answer:
    """Raises MessageError, in words, for anything that is no answer."""
    message = codec.decode(data, _ANSWERS)
    if not isinstance(message, Answer):
        raise MessageError(f"{type(message).__name__} is not an answer.")
    return message
