"""What a play's end means: finished, skipped or neither, and what may be learned from it.

The raw event is kept as it was; these rules are read again each time, so they can be improved
without losing anything. A restored session continues its play: the same `started_at` goes on, and
`heard_ms` goes on counting, so one listening stays one event.
"""

from __future__ import annotations

from enum import StrEnum

from app.listening.events import EndReason, PlayEvent

FINISHED_SHARE = 0.9
"""Heard this much of a track, its end by any button counts as finished."""

FINISHED_REST_MS = 15_000
"""So does an end in the last 15 s (outro, applause), if at least half was heard."""

FINISHED_UNKNOWN_MS = 240_000
"""A stream has no length: after four minutes going on to another is no skip."""

BROWSING_HEARD_MS = 2_000
"""A track left sooner was only looked at, if the user was picking by hand."""

BROWSING_WINDOW_S = 3.0
"""The user is picking by hand for this long after each pick."""


class Ending(StrEnum):
    """How a play came to its end."""

    RAN_OUT = "ran_out"
    NEXT = "next"
    PICKED_OTHER = "picked_other"
    STOPPED = "stopped"
    ERROR = "error"


class Label(StrEnum):
    """What the recommender may learn from a play."""

    LISTENED = "listened"
    SKIPPED = "skipped"
    LEFT = "left"
    """Left for another picked by hand, or stopped: weak, never a dislike."""
    NOTHING = "nothing"


def is_mostly_heard(heard_ms: int, duration_ms: int | None) -> bool:
    """Whether so much was heard that leaving now is no verdict on the track."""
    if duration_ms is None or duration_ms <= 0:
        return heard_ms >= FINISHED_UNKNOWN_MS
    if heard_ms >= FINISHED_SHARE * duration_ms:
        return True
    return duration_ms - heard_ms <= FINISHED_REST_MS and 2 * heard_ms >= duration_ms


def end_reason(
    ending: Ending,
    heard_ms: int,
    duration_ms: int | None,
    since_picked_by_hand_s: float | None = None,
) -> EndReason:
    """Why a play ended, as it is kept.

    `since_picked_by_hand_s` is how long ago the user last chose a track by hand, None for never.
    """
    if ending is Ending.ERROR:
        return EndReason.ERROR
    if ending is Ending.RAN_OUT or is_mostly_heard(heard_ms, duration_ms):
        return EndReason.FINISHED
    if ending is Ending.STOPPED:
        return EndReason.STOPPED
    if ending is Ending.PICKED_OTHER or _is_browsing(heard_ms, since_picked_by_hand_s):
        return EndReason.PICKED_OTHER
    return EndReason.SKIPPED


def label(event: PlayEvent) -> Label:
    """What may be learned from a kept play."""
    reason = event.end_reason
    if reason is EndReason.FINISHED:
        return Label.LISTENED
    if reason is EndReason.SKIPPED:
        return Label.SKIPPED
    if reason is EndReason.ERROR or event.heard_ms < BROWSING_HEARD_MS:
        return Label.NOTHING
    return Label.LEFT


def _is_browsing(heard_ms: int, since_picked_by_hand_s: float | None) -> bool:
    if since_picked_by_hand_s is None or heard_ms >= BROWSING_HEARD_MS:
        return False
    return since_picked_by_hand_s <= BROWSING_WINDOW_S
