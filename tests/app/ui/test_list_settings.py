from __future__ import annotations

from pathlib import Path

import pytest

from app.ui.list_settings import save_tuning, saved_tuning
from app.ui.settings import Settings
from recommender.api import Tuning


def test_the_list_is_held_after_a_restart_as_before(database: Path) -> None:
    tuning = Tuning(0.85, ("markov", "clock"))
    settings = Settings(database)
    assert saved_tuning(settings) == Tuning()
    save_tuning(settings, tuning)
    settings.close()
    assert saved_tuning(Settings(database)) == tuning


@pytest.mark.parametrize("word", ["", "nan", "much", "2", "-0.1"])
def test_what_cannot_be_read_is_as_learnt(database: Path, word: str) -> None:
    settings = Settings(database)
    settings.set("list/discover", word)
    assert saved_tuning(settings) == Tuning()
    settings.close()
