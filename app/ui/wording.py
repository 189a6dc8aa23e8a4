"""Numbers and lengths of time in words."""

from __future__ import annotations

from app.library.query import Totals


def count(number: int, thing: str, things: str = "") -> str:
    """`1 track`, `12,480 tracks`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def clock(duration_ms: int | None) -> str:
    """`3:41` or `1:02:03`; a dash when unknown."""
    if not duration_ms or duration_ms < 0:
        return "–"
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def long_time(duration_ms: int) -> str:
    """`41 min`, `2 h 5 min`, `38 days`."""
    minutes = round(duration_ms / 60_000)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return count(round(hours / 24), "day")
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes} min" if minutes else "under a minute"


def totals_in_words(totals: Totals) -> str:
    """`12,480 tracks, 38 days`; empty when there are none."""
    if not totals.track_count:
        return ""
    tracks = count(totals.track_count, "track")
    return f"{tracks}, {long_time(totals.duration_ms)}" if totals.duration_ms else tracks
