"""How the listening to the library's files stands, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Doing(StrEnum):
    """What the listener does now."""

    OFF = "off"
    RESTING = "resting"
    """All that is there has been heard, or nothing has begun yet."""
    LISTENING = "listening"
    PAUSED = "paused"
    ON_BATTERY = "on_battery"
    """It waits for mains power."""
    TROUBLE = "trouble"
    """It cannot go on; `HearingState.trouble` says why and what to do."""


@dataclass(frozen=True, slots=True)
class HearingState:
    """`heard` of `total` tracks have been heard, `current` is named now; `left_s` is about how long
    the rest takes, None while that is unknown. `problems` counts files that cannot be heard."""

    doing: Doing = Doing.RESTING
    heard: int = 0
    total: int = 0
    current: str = ""
    left_s: float | None = None
    problems: int = 0
    trouble: str = ""
