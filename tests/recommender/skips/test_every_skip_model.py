"""What each model of skips must do, on made sessions whose skips have causes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from recommender.skips.base import Persistence, SkipError, SkipModel
from recommender.skips.boosting import Boosting
from recommender.skips.combined import Combined
from recommender.skips.metric import scores
from recommender.skips.sequence import Sequence
from recommender.skips.sessions import Field, SessionLog
from tests.recommender.skips.logs import made_log

MODELS: dict[str, Callable[[], SkipModel]] = {
    "persistence": Persistence,
    "boosting": lambda: Boosting(rows=3_000, trees=25),
    "sequence": lambda: Sequence(epochs=40),
    "combined": lambda: Combined(rows=1_000, trees=8, epochs=3, parts=2),
}
LEARNT = [name for name in MODELS if name != "persistence"]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[SessionLog, SessionLog]:
    """Sessions to learn from, and others."""
    folder = tmp_path_factory.mktemp("logs")
    return made_log(folder, 240), made_log(folder, 80, seed=1)


@pytest.fixture(scope="module")
def fitted(logs: tuple[SessionLog, SessionLog]) -> dict[str, SkipModel]:
    """Each model, fitted."""
    models = {name: make() for name, make in MODELS.items()}
    for model in models.values():
        model.fit(logs[0])
    return models


@pytest.mark.parametrize("name", MODELS)
def test_chances_are_given_for_the_second_half_alone(
    name: str, fitted: dict[str, SkipModel], logs: tuple[SessionLog, SessionLog]
) -> None:
    halves = logs[1].halves()
    chances, predicted = fitted[name].probabilities(halves), fitted[name].predict(halves)
    assert chances.shape == predicted.shape == halves.songs.shape
    assert ((chances >= 0) & (chances <= 1)).all()
    assert not chances[~halves.asked()].any()
    assert not predicted[~halves.asked()].any()


@pytest.mark.parametrize("name", MODELS)
def test_nothing_that_comes_after_the_half_can_leak(
    name: str, fitted: dict[str, SkipModel], logs: tuple[SessionLog, SessionLog]
) -> None:
    log = logs[1]
    later = log.halves().asked()[:, :, None]
    chance = np.random.default_rng(3)
    other = np.where(later, chance.integers(0, 4, log.values.shape), log.values)
    changed = replace(log, values=other.astype(np.float32))
    assert not np.array_equal(changed.values, log.values, equal_nan=True)
    before = fitted[name].probabilities(log.halves())
    assert np.array_equal(before, fitted[name].probabilities(changed.halves()))


@pytest.mark.parametrize("name", LEARNT)
def test_a_listener_in_the_mood_to_skip_is_told_from_one_who_stays(
    name: str, fitted: dict[str, SkipModel], logs: tuple[SessionLog, SessionLog]
) -> None:
    halves = logs[1].halves()
    share = np.nanmean(halves.values[:, :, Field.SKIP_2], axis=1)
    chances = fitted[name].probabilities(halves)
    mean = chances.sum(1) / halves.asked().sum(1)
    assert mean[share > 0.7].mean() > mean[share < 0.4].mean() + 0.2


@pytest.mark.parametrize("name", ["boosting", "sequence"])
def test_a_song_that_all_skip_is_told_from_the_others(
    name: str, fitted: dict[str, SkipModel], logs: tuple[SessionLog, SessionLog]
) -> None:
    halves = logs[1].halves()
    chances = fitted[name].probabilities(halves)
    disliked = (halves.songs % 4 == 0) & halves.asked()
    others = (halves.songs % 4 != 0) & halves.asked()
    assert chances[disliked].mean() > chances[others].mean() + 0.2


@pytest.mark.parametrize("name", ["boosting", "sequence"])
def test_learning_beats_persistence(
    name: str, fitted: dict[str, SkipModel], logs: tuple[SessionLog, SessionLog]
) -> None:
    halves, skipped = logs[1].halves(), logs[1].skipped()
    plain = scores(skipped, fitted["persistence"].predict(halves), halves.asked())
    learnt = scores(skipped, fitted[name].predict(halves), halves.asked())
    assert learnt.maa > plain.maa + 0.1


@pytest.mark.parametrize("name", MODELS)
def test_songs_that_nobody_has_met_get_a_chance(
    name: str, fitted: dict[str, SkipModel], logs: tuple[SessionLog, SessionLog]
) -> None:
    log = logs[1]
    strange = replace(log, songs=np.where(log.songs >= 0, log.songs + 10_000, -1)).halves()
    chances = fitted[name].probabilities(strange)
    assert ((chances >= 0) & (chances <= 1)).all()
    if name != "persistence":
        assert (chances[strange.asked()] > 0).all()


@pytest.mark.parametrize("name", ["boosting", "sequence"])
def test_the_same_seed_learns_the_same(name: str, logs: tuple[SessionLog, SessionLog]) -> None:
    make: dict[str, Callable[[int], SkipModel]] = {
        "boosting": lambda seed: Boosting(seed, rows=1_000, trees=5),
        "sequence": lambda seed: Sequence(seed, epochs=1),
    }
    some, halves = logs[0].take(np.arange(60)), logs[1].halves()
    found = []
    for seed in (4, 4, 5):
        model = make[name](seed)
        model.fit(some)
        found.append(model.probabilities(halves))
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


@pytest.mark.parametrize("name", LEARNT)
def test_sessions_without_a_skip_teach_nothing(
    name: str, logs: tuple[SessionLog, SessionLog]
) -> None:
    values = logs[0].values.copy()
    values[:, :, Field.SKIP_2] *= 0
    with pytest.raises(SkipError, match="no song is skipped, so there is nothing to learn"):
        MODELS[name]().fit(replace(logs[0], values=values))
    with pytest.raises(SkipError, match="every song is skipped"):
        MODELS[name]().fit(replace(logs[0], values=values + np.float32(1)))


def test_persistence_goes_on_as_it_was(logs: tuple[SessionLog, SessionLog]) -> None:
    halves = logs[1].halves()
    predicted = Persistence().predict(halves)
    for row in range(5):
        known, length = int(halves.known[row]), int(halves.lengths[row])
        last = bool(logs[1].skipped()[row, known - 1])
        assert predicted[row, known:length].tolist() == [last] * (length - known)


def test_few_sessions_cannot_weigh_models(logs: tuple[SessionLog, SessionLog]) -> None:
    with pytest.raises(SkipError, match="12 sessions are too few"):
        Combined().fit(logs[0].take(np.arange(12)))


def test_workers_fit_the_same_members(logs: tuple[SessionLog, SessionLog]) -> None:
    some, halves = logs[0].take(np.arange(60)), logs[1].halves()
    found = []
    for workers in (1, 2):
        model = Combined(rows=300, trees=2, epochs=1, parts=2, workers=workers)
        model.fit(some)
        found.append(model.probabilities(halves))
    assert np.allclose(found[0], found[1], atol=1e-4)
