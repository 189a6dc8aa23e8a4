"""Skips and diversity on recorded sessions, by hand and where the truth is known."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from recommender.evaluation.judging import recorded_trial
from recommender.evaluation.judging.as_the_seed import (
    diversity_of,
    jittered,
    judge_skips,
    judge_slates,
    last_known,
    median_of,
    slates_of,
)
from recommender.evaluation.judging.errors import JudgingError
from recommender.evaluation.judging.halves import Halves, SongTraits, halves_of, recorded
from recommender.evaluation.judging.offline import Offline, learn_from, proposed, values
from recommender.evaluation.judging.recorded_trial import AIM, WEIGHTS, choose_weight, run_trial
from recommender.evaluation.judging.song_views import folded, views_of
from recommender.simulation.crowd import Heard, LoggedSession
from recommender.skips.base import Persistence
from tests.recommender.skips.logs import as_csv, made_log, made_rows

F, S = int(Heard.FINISHED), int(Heard.SKIPPED)


def session(songs: list[int], heard: list[int]) -> LoggedSession:
    return LoggedSession(np.array(songs, np.int64), np.array(heard, np.int8))


def two() -> Halves:
    """Two sessions, of eight and of ten songs; three of nine songs in second halves are skipped."""
    return halves_of([
        session(list(range(8)), [F, F, F, S, S, F, F, F]),
        session(list(range(10, 20)), [F, F, F, F, F, F, S, F, S, F]),
    ])  # fmt: skip


def test_the_first_half_is_known_and_the_second_is_to_be_foretold() -> None:
    halves = two()
    assert halves.known.songs[0, -4:].tolist() == [0, 1, 2, 3]
    assert halves.known.heard[0, -4:].tolist() == [F, F, F, S]
    assert halves.songs.tolist() == [[4, 5, 6, 7, -1], [15, 16, 17, 18, 19]]
    assert halves.skipped.tolist() == [[True, *[False] * 4], [False, True, False, True, False]]
    assert halves.there.sum() == 9


def test_sessions_too_short_to_be_cut_are_left_out_and_told_when_all_are() -> None:
    with pytest.raises(JudgingError, match="No session has the 8 songs"):
        halves_of([session([1, 2], [F, S])])


def test_skips_of_what_is_valued_highly_by_hand() -> None:
    halves = two()
    worth = np.array([[9.0, 8, 7, 1, 0], [9.0, 1, 2, 3, 8]])
    found = judge_skips(worth, halves, threshold=2.5)
    assert found.slate.recommended.value == pytest.approx((1 / 3 + 1 / 3) / 2)
    assert found.slate.played.value == pytest.approx((1 / 4 + 2 / 5) / 2)
    assert found.slate.ratio.value == pytest.approx((1 / 3) / (13 / 40))
    assert found.recommended.recommended.value == pytest.approx(2 / 6)
    assert found.recommended.played.value == pytest.approx(3 / 9)
    assert found.skips_found.recall.value == pytest.approx(1 / 3)
    assert found.skips_found.precision.value == pytest.approx(1 / 3)
    assert found.skips_found.flagged.value == pytest.approx(3 / 9)


def test_who_knows_the_skips_finds_all_of_them() -> None:
    halves = two()
    found = judge_skips((~halves.skipped).astype(float), halves, 0.5)
    assert found.slate.recommended.value == 0
    assert found.skips_found.recall.value == found.skips_found.precision.value == 1


def test_equals_are_put_in_order_by_chance_so_that_half_are_recommended() -> None:
    halves = two()
    same = np.zeros(halves.songs.shape)
    above = jittered(same, halves.there, 0) > median_of(same, halves)
    assert above[halves.there].sum() == 4


def test_persistence_says_what_became_of_the_last_known_song() -> None:
    assert last_known(two())[:, 0].tolist() == [0, 1]


def test_a_value_that_is_no_number_is_told() -> None:
    halves = two()
    bad = np.zeros(halves.songs.shape)
    bad[0, 0] = np.nan
    with pytest.raises(JudgingError, match="not a number"):
        judge_skips(bad, halves, 0.0)


def test_diversity_is_the_mean_distance_of_pairs() -> None:
    halves = two()
    vectors = np.eye(20, dtype=np.float32)
    vectors[6] = vectors[5]
    vectors[17] = 0
    found = diversity_of(np.array([[0, 1, 2], [5, 6, 0]]), halves, vectors, None)
    assert found.distance.recommended.value == pytest.approx((1 + 2 / 3) / 2)
    assert found.distance.played.value == pytest.approx(2 / 3)
    assert found.distinct == 5 / 6
    assert found.artists is None
    artists = np.arange(20) // 4
    assert diversity_of(np.array([[0, 1, 4], [0, 4, 8]]), halves, vectors, artists).artists == 2.5


def test_a_slate_weighs_diversity_and_leaves_out_what_was_heard() -> None:
    halves = two()
    vectors = np.eye(40, dtype=np.float32)
    vectors[31] = vectors[30]
    songs = np.tile(np.array([0, 30, 31, 32, 33]), (2, 1))
    worth = np.tile(np.array([9.0, 4.0, 3.9, 2.0, 1.0]), (2, 1))
    assert slates_of(songs, worth, vectors, halves, 0.0).tolist() == [[1, 2, 3], [0, 1, 2]]
    assert slates_of(songs, worth, vectors, halves, 0.5)[0].tolist() == [1, 3, 4]
    songs[:, 1], worth[:, 1] = -1, -np.inf
    assert slates_of(songs, worth, vectors, halves, 0.0)[0].tolist() == [2, 3, 4]
    with pytest.raises(JudgingError, match="three candidates"):
        slates_of(songs[:, :2], worth[:, :2], vectors, halves, 0.5)


def test_skips_of_a_slate_are_a_share_a_session() -> None:
    found = judge_slates(np.array([[0, 1, 2], [1, 3, 0]]), two())
    assert found.recommended.value == pytest.approx((1 / 3 + 2 / 3) / 2)
    assert found.played.value == pytest.approx((1 / 4 + 2 / 5) / 2)


def test_rare_songs_are_taken_to_be_like_others() -> None:
    traits = SongTraits.of([session([0] * 8 + [1], [S] * 4 + [F] * 4 + [F])], 3)
    usual = 5 / 9
    assert traits.finished().tolist() == pytest.approx([
        (4 + 4 * usual) / 12, (1 + 4 * usual) / 5, usual
    ])  # fmt: skip


def test_skips_count_for_a_song_beyond_those_of_its_sessions() -> None:
    """Both songs are skipped half the time: one by who skips all, the other by who skips one."""
    sessions = [session([0, 2, 2, 2], [S, S, S, S]), session([1, 2, 2, 2], [S, F, F, F]),
                session([0, 1], [F, F])]  # fmt: skip
    traits = SongTraits.of(sessions, 4)
    assert traits.finished()[0] == traits.finished()[1]
    assert traits.beyond.tolist() == [0, 0.75, -0.75, 0]
    views = views_of(np.eye(4, dtype=np.float32), traits)
    assert views[0, -1] > views[1, -1]
    assert views[2, -2] > views[0, -2] > views[3, -2]
    assert np.linalg.norm(views, axis=1).tolist() == pytest.approx([1] * 4)
    assert views[2, 2] > views[1, 1] > 0


def test_nobody_learns_from_figures_that_hold_the_outcome() -> None:
    """Each song is heard in one session alone, so the other sessions say nothing of it."""
    sessions = [session([2 * n, 2 * n + 1], [S, F]) for n in range(10)]
    parts = folded(sessions, np.zeros((20, 2), np.float32))
    assert sum(len(some) for some, _ in parts) == 10
    for some, views in parts:
        own = np.concatenate([each.songs for each in some])
        assert len(np.unique(views[own], axis=0)) == 1
        assert len(np.unique(views, axis=0)) == 3


def test_diversity_counts_as_little_as_reaches_the_aim(monkeypatch: pytest.MonkeyPatch) -> None:
    def trained(ratios: list[float]) -> Mock:
        found = [Mock(distance=Mock(ratio=Mock(value=each))) for each in ratios]
        return Mock(on=Mock(return_value=Mock(diversity=Mock(return_value=iter(found)))))

    sessions = [session([0] * 8, [F] * 8)] * 10
    rest = [AIM + 1] * (len(WEIGHTS) - 3)
    monkeypatch.setattr(recorded_trial, "Trained", trained([0.9, AIM - 0.01, AIM + 0.01, *rest]))
    assert choose_weight(sessions, 1, Offline(), lambda words: None, 0) == (WEIGHTS[2], AIM + 0.01)
    monkeypatch.setattr(recorded_trial, "Trained", trained([0.5] * len(WEIGHTS)))
    assert choose_weight(sessions, 1, Offline(), lambda words: None, 0) == (WEIGHTS[-1], 0.5)


def test_an_agent_learns_from_sessions_alone_which_songs_are_left(tmp_path: Path) -> None:
    log = recorded(made_log(tmp_path, 150))
    vectors = np.eye(40, dtype=np.float32)
    agent = learn_from([(log, vectors)], Offline(steps=250, rate=2e-3, hidden=(32,)))
    halves = halves_of(recorded(made_log(tmp_path, 60, seed=1)))
    worth = values(agent, halves, vectors)
    left = halves.songs % 4 == 0
    there = halves.there
    assert worth[there & left].mean() < worth[there & ~left].mean() - 0.2
    assert np.isneginf(worth[~there]).all()
    near, valued = proposed(agent, halves, vectors, np.arange(10, 30), 6)
    assert near.shape == valued.shape == (len(halves), 6)
    assert near.min() >= 10
    assert near.max() < 30


def test_sessions_of_one_song_teach_nothing() -> None:
    with pytest.raises(JudgingError, match="nothing follows"):
        learn_from([([session([1], [F])], np.eye(2, dtype=np.float32))], Offline())


@pytest.mark.parametrize(("level", "words"), [(0, "No song"), (3, "Every song")])
def test_logs_in_which_all_is_one_are_told(tmp_path: Path, level: int, words: str) -> None:
    rows = made_rows(20)
    for row in rows:
        row["skip_2"] = str(bool(level))
    file = tmp_path / "a.csv"
    file.write_text(as_csv(rows), encoding="utf-8")
    with pytest.raises(JudgingError, match=f"{words} in these sessions was skipped"):
        run_trial(file, lambda words: None)


def test_the_whole_trial_finds_what_the_sessions_hide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_trial, "Boosting", lambda seed: Persistence())
    file = tmp_path / "a.csv"
    file.write_text(as_csv(made_rows(160)), encoding="utf-8")
    found = run_trial(file, lambda words: None, way=Offline(steps=120, rate=2e-3, hidden=(32,)))
    assert (found.learnt_from, found.judged_by) == (128, 32)
    by = found.by
    assert by["songs' own rate"].slate.ratio.high < 1
    assert by["persistence"].recommended.ratio.high < 1
    assert by["boosting, knows places"].recommended.ratio.high < 1
    assert by["agent"].recommended.ratio.high < 1
    assert by["chance"].recommended.ratio.low < 1 < by["chance"].recommended.ratio.high
    assert found.slate.ratio.high < 1
    assert found.weight in WEIGHTS
    assert found.diverse.distance.recommended.value >= found.plain.distance.recommended.value
