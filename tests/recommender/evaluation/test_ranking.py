"""Ranks and figures against values worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from recommender.data.arrays import FloatArray
from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.evaluation import ranking
from recommender.evaluation.ranking import Figures, measure, ranks, sample
from tests.recommender.evaluation.toy import Written

FOUR = Vocabulary(["a", "b", "c", "d"], counts=[7, 2, 2, 1])
CHANCES = [
    [0.1, 0.5, 0.3, 0.1],  # after a
    [0.4, 0.2, 0.2, 0.2],  # after b
    [0.7, 0.1, 0.1, 0.1],  # after c
    [0.1, 0.2, 0.3, 0.4],  # after d
    [0.25, 0.25, 0.25, 0.25],  # after a song that is not known
]


def four() -> Written:
    return Written(FOUR, CHANCES)


def test_a_rank_counts_the_songs_at_least_as_likely() -> None:
    rows = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], np.float32)
    assert ranks(rows, np.array([0, 1, 2], np.int32)).tolist() == [1, 2, 3]


def test_ties_count_against_the_model() -> None:
    rows = np.array([[0.4, 0.4, 0.2], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    assert ranks(rows, np.array([0, 1], np.int32)).tolist() == [2, 3]


def test_a_score_that_is_no_number_is_ranked_last() -> None:
    rows = np.array([[np.nan, 0.4, 0.2], [0.3, np.nan, 0.9]], np.float32)
    assert ranks(rows, np.array([0, 2], np.int32)).tolist() == [3, 2]


def test_an_unknown_target_has_no_rank() -> None:
    assert ranks(np.ones((1, 3), np.float32), np.array([UNKNOWN], np.int32)).tolist() == [math.inf]


def test_figures_are_what_one_works_out_by_hand() -> None:
    # a -> b: rank 1, chance .5; b -> c: ties with b and d, rank 4, chance .2; d -> d: a repeat,
    # rank 1, chance .4; d -> a: rank 4, chance .1. The list of one song has nothing to rank.
    figures = measure(four(), corpus_of([[0, 1, 2], [3, 3, 0], [1]], FOUR))
    assert (figures.lists, figures.transitions, figures.unknown) == (3, 4, 0)
    assert figures.accuracy == {1: 2 / 4, 5: 4 / 4, 10: 4 / 4, 50: 4 / 4, 500: 4 / 4}
    assert figures.mrr == pytest.approx((1 / 1 + 1 / 4 + 1 / 1 + 1 / 4) / 4)
    logs = [math.log(chance) for chance in (0.5, 0.2, 0.4, 0.1)]
    assert figures.log_likelihood == pytest.approx(sum(logs) / 4)
    assert figures.coverage == 4 / 4


def test_a_target_outside_the_vocabulary_is_a_miss_and_counted_apart() -> None:
    seen = corpus_of([[0, 1, 2]], Vocabulary(["a", "new", "b"]))  # a, then new, then b
    figures = measure(four(), seen)
    assert (figures.transitions, figures.unknown) == (2, 1)
    assert figures.accuracy[500] == 1 / 2
    assert figures.mrr == pytest.approx((0 + 1 / 4) / 2)  # b after new: four songs tie
    assert figures.log_likelihood == pytest.approx(math.log(0.25))


def test_songs_are_matched_by_key_not_by_code() -> None:
    turned = corpus_of([[1, 0]], Vocabulary(["b", "a"]))  # a, then b
    assert measure(four(), turned).mrr == 1


def test_coverage_and_popularity_are_of_the_top_ten() -> None:
    songs = 20
    always = Vocabulary([str(n) for n in range(songs)], counts=list(range(songs)))
    weights = np.linspace(1, 2, songs)
    model = Written(always, np.tile(weights / weights.sum(), (songs + 1, 1)).tolist())
    figures = measure(model, corpus_of([[3, 4, 5], [0, 19]], always))
    assert figures.coverage == 10 / 20  # the ten songs most played, each time
    assert figures.popularity == pytest.approx(np.mean([n / 19 for n in range(10, 20)]))


def test_songs_played_equally_often_share_their_place() -> None:
    equal = Vocabulary(["a", "b", "c"], counts=[5, 5, 5])
    model = Written(equal, [[0.5, 0.3, 0.2]] * 4)
    assert measure(model, corpus_of([[0, 1]], equal)).popularity == pytest.approx(0.5)


def test_nothing_to_rank_gives_no_numbers() -> None:
    figures = measure(four(), corpus_of([[1], []], FOUR))
    assert (figures.lists, figures.transitions) == (2, 0)
    assert math.isnan(figures.mrr)
    assert math.isnan(figures.accuracy[5])


def made(lists: int = 60) -> tuple[Written, Corpus]:
    rng = np.random.default_rng(4)
    songs = Vocabulary([str(n) for n in range(30)], counts=rng.integers(1, 99, 30))
    chances = rng.dirichlet(np.ones(30), 31)
    lengths = rng.integers(1, 40, lists)
    return Written(songs, chances.tolist()), corpus_of(
        [rng.integers(-1, 30, n) for n in lengths], songs
    )


def same(one: Figures, other: Figures) -> bool:
    first, second = one.as_dict(), other.as_dict()
    return first.keys() == second.keys() and first == pytest.approx(second, rel=1e-6)


def test_memory_stays_bounded_and_the_figures_stay_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, corpus = made()
    whole = measure(model, corpus)
    sizes: list[int] = []

    def watched(rows: FloatArray, targets: np.ndarray) -> np.ndarray:
        sizes.append(rows.size)
        return ranks(rows, targets)

    monkeypatch.setattr(ranking, "ranks", watched)
    monkeypatch.setattr(ranking, "CELLS", 10 * 30)  # ten rows: most lists come in pieces
    assert same(measure(model, corpus), whole)
    assert max(sizes) <= 10 * 30
    assert sum(sizes) == corpus.transitions * 30


def test_feedback_reaches_the_model_in_groups_and_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Listening(Written):
        def observe(self, state: int, song: int, feedback: int = 0) -> int:
            return 3 if feedback == 1 else song

    told = replace(corpus_of([[0, 1]], FOUR), feedback=np.array([1, 0], np.uint8))
    model = Listening(FOUR, CHANCES)
    assert measure(model, told).log_likelihood == pytest.approx(math.log(0.2))  # as after d
    monkeypatch.setattr(ranking, "CELLS", 0)
    assert measure(model, told).log_likelihood == pytest.approx(math.log(0.2))


def test_progress_is_told_up_to_the_last_transition() -> None:
    model, corpus = made()
    told: list[int] = []
    measure(model, corpus, told.append)
    assert told == sorted(told)
    assert told[-1] == corpus.transitions


def test_a_sample_is_the_same_for_the_same_seed_and_holds_no_list_twice() -> None:
    _, corpus = made()
    drawn = sample(corpus, 20, seed=3)
    assert len(drawn) == 20
    assert len(set(drawn.rows.tolist())) == 20
    assert drawn.rows.tolist() == sample(corpus, 20, seed=3).rows.tolist()
    assert drawn.rows.tolist() != sample(corpus, 20, seed=4).rows.tolist()
    assert sample(corpus, 1000) is corpus


def test_figures_have_stable_names() -> None:
    assert list(measure(four(), corpus_of([[0, 1]], FOUR)).as_dict()) == [
        "accuracy@1", "accuracy@5", "accuracy@10", "accuracy@50", "accuracy@500", "mrr",
        "log_likelihood", "coverage", "popularity", "lists", "transitions", "unknown",
    ]  # fmt: skip
