"""Lists that were shown, as choices."""

from __future__ import annotations

from recommender.data.corpus import Feedback
from recommender.data.formats.impressions import ShownList
from recommender.evaluation.judging.logged import GAP_MS, choices_of
from recommender.evaluation.judging.off_policy import NONE
from recommender.simulation.crowd import Rewards

CHANCES = (0.5, 0.2)


def test_choices_are_paid_by_what_became_of_the_row() -> None:
    lists = [
        ShownList(1, ("a", "b"), CHANCES, 0, Feedback.PLAYED),
        ShownList(2, ("b", "c"), CHANCES, 1, Feedback.LIKED),
        ShownList(3, ("a", "c"), CHANCES, 1, Feedback.SKIPPED),
        ShownList(4, ("a", "c"), CHANCES, None, Feedback.LIKED),
    ]
    found = choices_of(lists, Rewards(finish=1, skip=-0.5, like=2))
    assert [each.reward for each in found.choices] == [1, 3, -0.5, 0]
    assert [each.songs.tolist() for each in found.choices] == [[0, 1], [1, 2], [0, 2], [0, 2]]
    assert found.choices[3].chosen == NONE
    assert (found.elsewhere, found.plays.tolist()) == (1, [1, 0, 2])


def test_half_an_hour_without_a_list_begins_another_session() -> None:
    times = [5, 5 + GAP_MS, 6 + 2 * GAP_MS, 6]
    lists = [ShownList(at, ("a",), (0.5,), 0, Feedback.PLAYED) for at in times]
    first, second, third, fourth = choices_of(lists, Rewards()).choices
    assert first.session == second.session == third.session != fourth.session
