"""Many models as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.data.corpus import Corpus, corpus_of
from recommender.models.base import OptionError
from recommender.models.combination import Combination, CombinationOptions
from recommender.training.settings import TrainingError, TrainSettings, carried
from tests.recommender.models.cycles import QUICK, SONGS, cycles, surprise, vocabulary


def combined(members: str, train: Corpus | None = None) -> Combination:
    model = Combination(CombinationOptions(members=members, holdout=0.2))
    model.fit(train or cycles(), None, QUICK)
    return model


def test_the_member_that_knows_outweighs_the_one_that_does_not() -> None:
    model = combined("popularity+markov")
    assert float(model.weights[1, 0]) > float(model.weights[0, 0])
    assert surprise(model) < surprise(model.members[0]) - 1


def test_a_combination_is_no_worse_than_its_best_member() -> None:
    rng = np.random.default_rng(3)
    walks = []
    for start in range(200):
        steps = np.where(rng.random(9) < 0.7, 1, rng.integers(2, SONGS, 9))
        walks.append(((start + np.concatenate([[0], np.cumsum(steps)])) % SONGS).astype(np.int32))
    model = combined("popularity+markov+cooccurrence", corpus_of(walks[:150], vocabulary()))
    right = np.concatenate([walk[1:] for walk in walks[150:]])

    def loss(rows: np.ndarray) -> float:
        return float(-rows[np.arange(len(right)), right].mean())

    alone = [loss(member.score_lists(walks[150:])) for member in model.members]
    assert loss(model.score_lists(walks[150:])) < min(alone) + 0.02


def test_with_too_few_lists_to_hold_some_out_all_members_count_the_same() -> None:
    model = combined("popularity+markov", cycles(8))
    assert model.weights[:, 0].tolist() == [0.5, 0.5]


def test_counting_members_know_the_lists_that_were_held_out() -> None:
    model = combined("popularity+markov", cycles(60))
    markov = model.members[1]
    assert markov.vocabulary == model.vocabulary
    rows = model.members[0].score_list(np.array([0, 1], np.int32))
    assert np.allclose(np.exp(rows[0]).sum(), 1, atol=1e-4)


def test_a_checkpoint_spells_out_the_members_options(tmp_path: Path) -> None:
    model = combined("markov[order=1]+popularity")
    assert "order=1" in model.options.members
    model.save(tmp_path)
    again = Combination.load(tmp_path)
    lists = [np.array([1, 2, 3], np.int32)]
    assert np.array_equal(again.score_lists(lists), model.score_lists(lists))


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ("", "needs members"),
        ("nobody", "no model 'nobody'"),
        ("combination+markov", "no member"),
        ("markov[colour=red]", "no option 'colour'"),
    ],
)
def test_members_that_cannot_be_are_named(members: str, word: str) -> None:
    with pytest.raises(OptionError, match=word):
        combined(members)


def test_lists_of_one_song_each_teach_nothing() -> None:
    with pytest.raises(TrainingError, match="two songs"):
        combined("markov", corpus_of([[0], [1]], vocabulary()))


def test_members_keep_their_own_training_but_for_what_was_asked() -> None:
    usual, own = TrainSettings(), TrainSettings(batch=40, lr=0.5)
    asked = TrainSettings(epochs=3, seed=7)
    assert carried(asked, usual, own) == TrainSettings(batch=40, lr=0.5, epochs=3, seed=7)
