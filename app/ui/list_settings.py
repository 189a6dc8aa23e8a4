"""How the listener holds the list, kept in the settings."""

from __future__ import annotations

import math

from app.ui.settings import Settings
from recommender.api import Tuning

DISCOVER_KEY = "list/discover"
WITHOUT_KEY = "list/without"
AGENT_KEY = "list/agent"


def saved_tuning(settings: Settings) -> Tuning:
    """The tuning as it was left; what cannot be read is as learnt."""
    try:
        discover = float(settings.text(DISCOVER_KEY))
    except ValueError:
        discover = math.nan
    if not 0 <= discover <= 1:
        discover = Tuning().discover
    agent = settings.number(AGENT_KEY, 0) == 1
    return Tuning(discover, tuple(settings.text(WITHOUT_KEY).split()), agent)


def save_tuning(settings: Settings, tuning: Tuning) -> None:
    """Keep the tuning for the next start."""
    settings.set(DISCOVER_KEY, f"{tuning.discover:g}")
    settings.set(WITHOUT_KEY, " ".join(tuning.without))
    settings.set(AGENT_KEY, int(tuning.agent))
