"""Lists that the player showed, as choices to estimate from.

The probabilities in such a log are the model's that a song comes next. They are not those with
which the player puts songs on: when a song ends or is skipped it puts on the top row, whatever its
probability, and only a click picks another row. The log does not tell the two apart. What is
estimated is so how well the rows that a policy puts on agree with what came next and was liked, and
where the player chose by itself most times the weights' mean is far from 1, which `estimate` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.data.arrays import IndexArray
from recommender.data.corpus import Feedback
from recommender.data.formats.impressions import ShownList, read_impressions
from recommender.evaluation.judging.off_policy import NONE, LoggedChoice
from recommender.simulation.crowd import Rewards

MEANING = (
    "The probabilities are the model's that a song comes next, not those with which the player "
    "puts songs on: by itself it always puts on the top row. So this tells how well the rows that "
    "a policy puts on agree with what was picked, and not surely what the policy would bring."
)

GAP_MS = 30 * 60_000
"""A session ends where nothing is shown for so long."""


@dataclass(frozen=True, slots=True)
class LoggedChoices:
    """The choices in order of time; `plays` is how often each song came next, (songs,)."""

    choices: tuple[LoggedChoice, ...]
    plays: IndexArray
    elsewhere: int


def read_choices(path: Path, rewards: Rewards | None = None) -> LoggedChoices:
    """What a file of shown lists says; raises ReadError."""
    return choices_of(read_impressions(path), rewards or Rewards())


def choices_of(lists: Iterable[ShownList], rewards: Rewards) -> LoggedChoices:
    """Songs get numbers in the order in which they appear.

    A song from elsewhere brings nothing: what a list is worth is what comes of its own rows.
    """
    numbers: dict[str, int] = {}
    worth = {
        Feedback.PLAYED: rewards.finish,
        Feedback.SKIPPED: rewards.skip,
        Feedback.LIKED: rewards.finish + rewards.like,
    }
    found: list[LoggedChoice] = []
    session, latest_ms = 0, 0
    for each in sorted(lists, key=lambda shown: shown.at_ms):
        session += each.at_ms - latest_ms > GAP_MS
        latest_ms = each.at_ms
        songs = np.array([numbers.setdefault(key, len(numbers)) for key in each.keys], np.int64)
        chosen = NONE if each.chosen is None else each.chosen
        reward = 0.0 if chosen == NONE else worth[each.outcome]
        chances = np.array(each.probabilities, np.float64)
        found.append(LoggedChoice(songs, chances, chosen, reward, session))
    played = [int(each.songs[each.chosen]) for each in found if each.chosen != NONE]
    plays = np.bincount(np.array(played, np.int64), minlength=len(numbers))
    return LoggedChoices(tuple(found), plays, len(found) - len(played))
