"""The session as text in the database: a state that seldom changes, and a tick every second."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.listening.events import Origin, QueueEntry, SessionState
from app.listening.records import from_ms, to_ms

log = logging.getLogger(__name__)

VERSION = 1
STATE_KEY = "state"
TICK_KEY = "tick"
UNREADABLE_KEY = "state-unreadable"
"""Where a state that could not be read is kept, so that a later version may still use it."""

_STARTED = "started_at_ms"
_HEARD = "heard_ms"


class UnreadableSessionError(ValueError):
    """A saved session that is damaged or of another version; says which."""


def same_state(a: SessionState, b: SessionState | None) -> bool:
    """Whether two sessions differ in their tick at most."""
    return b is not None and replace(a, position_ms=b.position_ms, extra=b.extra) == b


def encode_state(state: SessionState) -> str:
    """All but the tick."""
    return json.dumps(
        {
            "version": VERSION,
            "track_id": state.track_id,
            "origin": state.origin.value,
            "queue": [[entry.entry_id, entry.track_id] for entry in state.queue],
            "history": list(state.history),
            "volume": state.volume,
            "muted": state.muted,
            "repeat": state.repeat,
            "shuffle": state.shuffle,
        },
        separators=(",", ":"),
    )


def encode_tick(state: SessionState) -> str:
    """Where in the track we are, with the extras; it names the track it belongs to."""
    return json.dumps(
        {
            "version": VERSION,
            "track_id": state.track_id,
            "position_ms": state.position_ms,
            "extra": state.extra,
        },
        separators=(",", ":"),
    )


def decode(state_text: str, tick_text: str | None) -> SessionState:
    """Put state and tick together; a tick that is damaged or of another track is left out.

    Raises UnreadableSessionError for a state that cannot be used.
    """
    state = _decode_state(_object(state_text))
    if tick_text is None:
        return state
    try:
        tick = _object(tick_text)
        if tick["track_id"] != state.track_id:
            return state
        extra = tick["extra"]
        if not isinstance(extra, dict):
            raise UnreadableSessionError("The extras are not a table.")
        texts = {str(key): str(value) for key, value in extra.items()}
        return replace(state, position_ms=max(0, _number(tick["position_ms"])), extra=texts)
    except (KeyError, UnreadableSessionError) as problem:
        log.warning("The saved position was left out: %s", problem)
        return state


def with_progress(state: SessionState, started_at: datetime, heard_ms: int) -> SessionState:
    """Keep with the session which listening is under way, so that a restore continues it."""
    extra = state.extra | {_STARTED: str(to_ms(started_at)), _HEARD: str(heard_ms)}
    return replace(state, extra=extra)


def progress(state: SessionState) -> tuple[datetime, int] | None:
    """The listening under way when the session was saved: its start and what was heard, in ms."""
    try:
        return from_ms(int(state.extra[_STARTED])), max(0, int(state.extra[_HEARD]))
    except (KeyError, ValueError, OverflowError):
        return None


def _decode_state(value: Mapping[str, object]) -> SessionState:
    try:
        track_id, queue, history = value["track_id"], value["queue"], value["history"]
        if not isinstance(queue, list) or not isinstance(history, list):
            raise UnreadableSessionError("The queue or the history is not a list.")
        return SessionState(
            track_id=None if track_id is None else _number(track_id),
            origin=Origin(str(value["origin"])),
            queue=tuple(_entry(pair) for pair in queue),
            history=tuple(_number(item) for item in history),
            volume=min(100, max(0, _number(value["volume"]))),
            muted=bool(value["muted"]),
            repeat=str(value["repeat"]),
            shuffle=bool(value["shuffle"]),
        )
    except KeyError as problem:
        raise UnreadableSessionError(f"The session lacks {problem}.") from problem
    except UnreadableSessionError:
        raise
    except ValueError as problem:
        raise UnreadableSessionError(str(problem)) from problem


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError, TypeError) as problem:
        raise UnreadableSessionError(f"Not JSON: {problem}") from problem
    if not isinstance(value, dict):
        raise UnreadableSessionError("Not a table.")
    if value.get("version") != VERSION:
        raise UnreadableSessionError(f"Version {value.get('version')!r} is unknown.")
    return value


def _entry(pair: object) -> QueueEntry:
    if not isinstance(pair, list) or len(pair) != 2:
        raise UnreadableSessionError("A queue entry is not a pair.")
    return QueueEntry(_number(pair[0]), _number(pair[1]))


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnreadableSessionError(f"{value!r} is not a whole number.")
    return value
