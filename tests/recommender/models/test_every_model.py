"""What every sequence model must do, on lists whose next song is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.api import CheckpointError
from recommender.data.corpus import Feedback
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.base import SequenceModel
from recommender.models.checkpoint import load_model
from recommender.models.registry import model_class, model_names
from recommender.training.settings import TrainingError
from tests.recommender.models.cycles import QUICK, SONGS, cycles, fitted, small

BLIND = frozenset({"popularity", "wals", "mf_sgd"})
"""Models that do not see the order of a list, so that the next song on a circle cannot be found."""

LISTS = [
    np.array(each, np.int32)
    for each in ([3, 4, 5], [7], [], [11, 0, 1, 2, 3, 4, 5, 6, 7, 8], [2, UNKNOWN, 3, 4], [9, 1])
]


@pytest.fixture(scope="module", params=model_names())
def model(request: pytest.FixtureRequest) -> SequenceModel[Any]:
    """Each model in turn, fitted once."""
    return fitted(model_class(request.param))


def after(model: SequenceModel[Any], songs: list[int]) -> Any:
    state = model.start()
    for song in songs:
        state = model.observe(state, song)
    return state


def test_it_has_a_name_and_a_title(model: SequenceModel[Any]) -> None:
    assert model_class(model.name) is type(model)
    assert model.title
    assert model.parameters > 0


def test_it_finds_the_next_song(model: SequenceModel[Any]) -> None:
    rows = model.score_lists([np.array([at, at + 1, at + 2, 0]) % SONGS for at in range(SONGS)])
    right = np.array([(at + np.array([1, 2, 3])) % SONGS for at in range(SONGS)]).ravel()
    share = float((rows.argmax(1) == right).mean())
    assert share == 1 or model.name in BLIND


def test_log_probabilities_are_finite_and_add_up_to_one(model: SequenceModel[Any]) -> None:
    for songs in ([], [0], [3, 4, 5], [UNKNOWN], [5] * 40):
        row = model.log_probabilities(after(model, songs))
        assert row.shape == (SONGS,)
        assert row.dtype == np.float32
        assert np.isfinite(row).all()
        assert np.exp(row.astype(np.float64)).sum() == pytest.approx(1, abs=1e-4)


def test_observing_leaves_the_old_state_as_it_was(model: SequenceModel[Any]) -> None:
    state = after(model, [1, 2, 3])
    before = model.log_probabilities(state).copy()
    for song in (9, 4, UNKNOWN):
        model.log_probabilities(model.observe(state, song, Feedback.SKIPPED))
    assert np.array_equal(model.log_probabilities(state), before)


def test_step_by_step_equals_one_list_equals_many(model: SequenceModel[Any]) -> None:
    steps = [
        model.log_probabilities(after(model, each[:end].tolist()))
        for each in LISTS
        for end in range(1, len(each))
    ]
    alone = np.concatenate([model.score_list(each) for each in LISTS])
    together = model.score_lists(LISTS)
    assert together.shape == (sum(max(len(each) - 1, 0) for each in LISTS), SONGS)
    np.testing.assert_allclose(alone, np.stack(steps), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(together, np.stack(steps), rtol=1e-3, atol=1e-4)


def test_no_lists_give_no_rows(model: SequenceModel[Any]) -> None:
    assert model.score_lists([]).shape == (0, SONGS)


def test_feedback_is_read_the_same_way_step_by_step_and_in_lists(
    model: SequenceModel[Any],
) -> None:
    said = np.array([Feedback.PLAYED, Feedback.SKIPPED, Feedback.LIKED, Feedback.PLAYED], np.uint8)
    songs = np.array([2, 3, 4, 5], np.int32)
    state, steps = model.start(), []
    for song, word in zip(songs[:-1], said, strict=False):
        state = model.observe(state, int(song), int(word))
        steps.append(model.log_probabilities(state))
    rows = model.score_lists([songs, songs[:2]], [said, said[:2]])
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows[:3], np.stack(steps), rtol=1e-3, atol=1e-4)


def test_the_same_seed_gives_the_same_model_whatever_was_learnt_before(
    model: SequenceModel[Any],
) -> None:
    again = small(type(model))
    few = cycles(12)
    again.fit(replace(few, songs=few.songs[::-1].copy()), None, replace(QUICK, epochs=1))
    again.fit(cycles(), None, QUICK)
    assert np.array_equal(again.score_lists(LISTS), model.score_lists(LISTS))


def test_nothing_to_learn_from_is_said_in_words(model: SequenceModel[Any]) -> None:
    nothing = cycles().select([])
    with pytest.raises(TrainingError, match=r"\.$"):
        small(type(model)).fit(nothing.recoded(Vocabulary([])), None, QUICK)


def test_a_loaded_model_scores_as_the_saved_one(model: SequenceModel[Any], tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = load_model(tmp_path)
    assert type(loaded) is type(model)
    assert loaded.options == model.options
    assert loaded.vocabulary.keys == model.vocabulary.keys
    assert loaded.parameters == model.parameters
    np.testing.assert_allclose(loaded.score_lists(LISTS), model.score_lists(LISTS), atol=1e-6)


def test_a_checkpoint_of_a_newer_format_is_refused_in_words(
    model: SequenceModel[Any], tmp_path: Path
) -> None:
    model.save(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["format_version"] = model.version + 1
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"newer version .* Update Segue"):
        type(model).load(tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "changed", "empty"])
def test_damaged_weights_are_refused_in_words(
    model: SequenceModel[Any], tmp_path: Path, damage: str
) -> None:
    model.save(tmp_path)
    path = tmp_path / "weights.safetensors"
    weights = bytearray(path.read_bytes())
    weights[-1] ^= 1
    path.write_bytes({"truncated": weights[:-9], "changed": weights, "empty": b""}[damage])
    with pytest.raises(CheckpointError, match=r"damaged .* train it again"):
        type(model).load(tmp_path)
