"""Matrix factorisation: what lies together, folding in, and what the similarities prefer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from recommender.data.corpus import Corpus, Feedback, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.models.factors import SIMILARITIES, confidences
from recommender.models.matrix_factorisation import MatrixFactorisation, Wals, WalsOptions
from recommender.models.matrix_factorisation_sgd import MfSgd, MfSgdOptions
from recommender.training.settings import TrainSettings

STYLES, SONGS_EACH = 4, 10
SONGS = STYLES * SONGS_EACH
QUICK = TrainSettings(epochs=60, batch=512, lr=0.03, warmup=0, device="cpu")
SMALL: dict[str, Any] = {"factors": 8, "regularisation": 1.0}
both = pytest.mark.parametrize("kind", [Wals, MfSgd])


def by_style(lists: int = 200, seed: int = 0) -> Corpus:
    """Lists of six songs of one style each, the earlier songs of a style more often."""
    random = np.random.default_rng(seed)
    chances = 1 / np.arange(1.0, SONGS_EACH + 1)
    chances /= chances.sum()
    parts = [
        SONGS_EACH * (n % STYLES) + random.choice(SONGS_EACH, 6, replace=False, p=chances)
        for n in range(lists)
    ]
    return corpus_of(
        [part.astype(np.int32) for part in parts], Vocabulary([*map(str, range(SONGS))])
    )


def fitted(kind: type[MatrixFactorisation], corpus: Corpus, **options: Any) -> MatrixFactorisation:
    model = kind(kind.Options(**{**SMALL, **options}))
    model.fit(corpus, None, QUICK)
    return model


def after(model: MatrixFactorisation, *songs: int, said: int = Feedback.PLAYED) -> np.ndarray:
    state = model.start()
    for song in songs:
        state = model.observe(state, song, said)
    return model.log_probabilities(state)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


@both
@pytest.mark.parametrize("how", SIMILARITIES)
def test_songs_of_the_same_lists_come_first(kind: type[MatrixFactorisation], how: str) -> None:
    model = fitted(kind, by_style(), similarity=how, popular=0.0)
    for style in range(STYLES):
        first = SONGS_EACH * style
        best = np.argsort(-after(model, first + 1, first + 2))[: SONGS_EACH - 3]
        assert (best // SONGS_EACH == style).all()


@both
def test_what_was_skipped_pushes_its_like_away(kind: type[MatrixFactorisation]) -> None:
    model = fitted(kind, by_style())
    state = model.observe(model.start(), 1)
    played = model.observe(state, SONGS_EACH + 1)
    skipped = model.observe(state, SONGS_EACH + 1, Feedback.SKIPPED)
    alike = SONGS_EACH + 2
    assert model.log_probabilities(skipped)[alike] < model.log_probabilities(played)[alike]


@both
def test_the_dot_product_prefers_the_popular_and_the_cosine_does_not(
    kind: type[MatrixFactorisation],
) -> None:
    corpus = by_style()
    counts = corpus.counts()[:SONGS_EACH]
    model = fitted(kind, corpus)
    query = model.fold_in(np.arange(5), np.ones(5))
    vectors = model.vectors[:SONGS_EACH]
    dots = vectors @ query
    cosines = dots / np.linalg.norm(vectors, axis=1)
    assert np.corrcoef(dots, counts)[0, 1] > 0.5
    assert np.corrcoef(dots, counts)[0, 1] > np.corrcoef(cosines, counts)[0, 1]


def test_folding_a_session_in_is_one_half_step_of_the_library() -> None:
    corpus = by_style()
    model = fitted(Wals, corpus)
    with threadpool_limits(1, "blas"):
        step = AlternatingLeastSquares(factors=8, regularization=1.0, alpha=1.0)
    step.item_factors = model.vectors
    new = corpus_of([[3, 4, 5, 14]], corpus.vocabulary)
    exact = step.recalculate_user(0, confidences(new, model.options.alpha))
    np.testing.assert_allclose(model.fold_in(np.array([3, 4, 5, 14]), np.ones(4)), exact, rtol=1e-3)


def test_folding_in_takes_many_songs_as_it_takes_few() -> None:
    model = fitted(Wals, by_style())
    songs = np.arange(7)
    few = model.fold_in(songs, np.ones(7))
    many = model.fold_in(np.arange(20), np.where(np.arange(20) < 7, 1.0, 0.0))
    np.testing.assert_allclose(few, many, rtol=1e-4, atol=1e-6)


@both
def test_a_session_folded_in_ranks_as_a_refit_that_knew_it(
    kind: type[MatrixFactorisation],
) -> None:
    corpus = by_style()
    new = np.array([21, 23, 24, 20], np.int32)
    before, refit = fitted(kind, corpus), fitted(kind, _with_list(corpus, new))
    folded = before.vectors @ before.fold_in(new, np.ones(4))
    known = refit.vectors @ refit.fold_in(new, np.ones(4))
    assert cosine(folded, known) > 0.9
    assert len(set(np.argsort(-folded)[:8]) & set(np.argsort(-known)[:8])) >= 7


@both
def test_a_song_folded_in_has_the_neighbours_that_a_refit_gives_it(
    kind: type[MatrixFactorisation],
) -> None:
    corpus, song = by_style(), 11
    old = corpus_of([part[part != song] for part in corpus], corpus.vocabulary)
    holders = [place for place in range(len(corpus)) if song in corpus[place]]
    before, refit = fitted(kind, old), fitted(kind, corpus)
    rows = np.array([before.fold_in(old[place], np.ones(len(old[place]))) for place in holders])
    folded = before.vectors @ before.fold_in_song(rows, np.ones(len(rows)))
    known = refit.vectors @ refit.vectors[song]
    others = np.arange(SONGS) != song
    assert cosine(folded[others], known[others]) > 0.95
    assert (np.argsort(-folded * others)[:6] // SONGS_EACH == 1).all()


def _with_list(corpus: Corpus, songs: np.ndarray) -> Corpus:
    return corpus_of([*corpus, songs], corpus.vocabulary)


def test_gravity_holds_the_scores_of_pairs_that_were_never_seen_down() -> None:
    strong, weak = (fitted(MfSgd, by_style(), gravity=each, negatives=0) for each in (1.0, 1e-3))

    def unseen(model: MatrixFactorisation) -> float:
        scores = model.vectors[SONGS_EACH:] @ model.fold_in(np.arange(5), np.ones(5))
        return float((scores**2).mean())

    assert unseen(strong) < unseen(weak)


def test_a_like_weighs_more_and_a_skip_is_left_out_of_the_training() -> None:
    corpus = corpus_of([[0, 1, 2]], Vocabulary(["a", "b", "c"]))
    said = np.array([Feedback.PLAYED, Feedback.LIKED, Feedback.SKIPPED], np.uint8)
    weights = confidences(replace(corpus, feedback=said), 10.0, liked=2.0).toarray()
    assert weights.tolist() == [[11, 21, 0]]


@pytest.mark.parametrize(
    "wrong",
    [{"factors": 0}, {"alpha": 0.0}, {"fade": 1.5}, {"similarity": "taxi"}, {"rounds": 0},
     {"backoff": 1.0}, {"skipped": -1.0}],
)  # fmt: skip
def test_options_out_of_range_are_said_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        WalsOptions(**wrong)


def test_sgd_without_gravity_is_refused() -> None:
    with pytest.raises(ValueError, match="gravity"):
        MfSgdOptions(gravity=0.0)
