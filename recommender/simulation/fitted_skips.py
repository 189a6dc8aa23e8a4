"""When fitted listeners skip: by the session so far, and a little by the song.

What was done in the session, and whether this very song was heard in it, goes into trees (gradient
boosting). What the song is adds to their log-odds, linearly and shrunk: how much more it was
skipped than the sessions around it, its fame, and where it lies between what was finished and what
was skipped. Nothing is learnt from the sessions it is measured on: the trees, the vectors and the
songs' effects behind each fold of sessions come from the other folds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.models.pair_vectors import co_listening
from recommender.simulation.fitted_sessions import Begun, Steps, steps

DIM = 32
FOLDS = 5
RIDGE = 20.0
SPREADS = (0.001, 0.01, 0.03, 0.1, 0.3, 1.0)
"""How much songs may differ: the variances of their effect on the log-odds that are tried."""
TURNS = 8


def sigmoid(values: DoubleArray) -> DoubleArray:
    """The probability behind log-odds."""
    result: DoubleArray = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return result


def log_loss(right: BoolArray, chances: DoubleArray) -> float:
    """The mean of minus the logarithm of what was given to what happened, in nats."""
    return float(log_losses(right, chances).mean())


def log_losses(right: BoolArray, chances: DoubleArray) -> DoubleArray:
    """Minus the logarithm of what was given to what happened, each in nats, (n,)."""
    losses: DoubleArray = -np.log(np.maximum(np.where(right, chances, 1 - chances), 1e-12))
    return losses


def ridge_logistic(
    columns: DoubleArray, right: BoolArray, offset: DoubleArray | float, ridge: float
) -> DoubleArray:
    """The weights of a logistic regression by Newton's method, shape (columns,); the first column
    is not shrunk."""
    weights = np.zeros(columns.shape[1])
    penalty = np.full(len(weights), ridge)
    penalty[0] = 1e-6
    for _ in range(TURNS):
        chances = sigmoid(columns @ weights + offset)
        slope = columns.T @ (chances - right) + penalty * weights
        bend = (columns * (chances * (1 - chances))[:, None]).T @ columns + np.diag(penalty)
        weights = weights - np.linalg.solve(bend, slope)
    return weights


@dataclass(frozen=True)
class SkipModel:
    """The probability that a song is skipped.

    `trees` read the session's history. `effects` (songs,) and `fame` (songs,), the logarithm of
    one more than the plays, belong to the song, `vectors` (songs, dim) place it; `weights` (5,)
    are those of a constant, effect, fame and the likeness to finished and to skipped songs.
    `spread` is the variance of the effects that fitted the other folds best.
    """

    trees: HistGradientBoostingClassifier
    effects: DoubleArray
    fame: DoubleArray
    vectors: FloatArray
    weights: DoubleArray
    spread: float

    def session_part(self, history: DoubleArray) -> DoubleArray:
        """The log-odds of a skip by the session so far, shape (n,)."""
        result: DoubleArray = self.trees.decision_function(history)
        return result

    def song_part(self, songs: IndexArray, likeness: DoubleArray) -> DoubleArray:
        """What the songs (n,) add to the log-odds of a skip, shape (n,)."""
        result: DoubleArray = _columns(songs, likeness, self.effects, self.fame) @ self.weights
        return result


def fit_skips(sessions: Begun, songs: int, seed: int) -> tuple[SkipModel, DoubleArray]:
    """A model of when these listeners skip, over a catalogue of `songs`.

    Also returns what each song of the sessions adds to its log-odds, as a model that has not seen
    its session says, in the order of `steps`.
    """
    rng = np.random.default_rng(seed)
    fold_of = rng.permutation(np.arange(len(sessions)) % FOLDS)
    every = steps(sessions, np.zeros((songs, 1), np.float32))
    fold = fold_of[every.session]
    base = _across(every, fold, seed)
    spread = _best_spread(every, fold, base, songs)
    columns = np.zeros((len(fold), 5))
    for each in range(FOLDS):
        rest, here = np.flatnonzero(fold_of != each), np.flatnonzero(fold_of == each)
        vectors = co_listening(_songs_of(sessions.some(rest)), songs, DIM, seed)
        effects = song_effects(every, fold != each, base, songs, spread)
        fame = _fame(every.songs[fold != each], songs, FOLDS / (FOLDS - 1))
        near = steps(sessions.some(here), vectors).likeness
        columns[fold == each] = _columns(every.songs[fold == each], near, effects, fame)
    weights = ridge_logistic(columns, every.skipped, base, RIDGE)
    all_rows = np.ones(len(fold), np.bool_)
    model = SkipModel(
        _trees(every.history, every.skipped, seed),
        song_effects(every, all_rows, base, songs, spread), _fame(every.songs, songs, 1.0),
        co_listening(_songs_of(sessions), songs, DIM, seed), weights, spread,
    )  # fmt: skip
    return model, columns @ weights


def song_effects(
    every: Steps, rows: BoolArray, base: DoubleArray, songs: int, spread: float
) -> DoubleArray:
    """How much more each song is skipped than its sessions let expect, in log-odds, (songs,).

    One step of Newton's from 0 under a normal prior with the variance `spread`, so that a song
    with few plays, or none, stays near 0. `base` (rows,) are the log-odds by the session alone.
    """
    known = rows & (every.songs >= 0)
    chances = sigmoid(base[known])
    surplus = np.bincount(every.songs[known], every.skipped[known] - chances, songs)
    certain = np.bincount(every.songs[known], chances * (1 - chances), songs)
    effects: DoubleArray = surplus / (certain + 1 / spread)
    return effects


def _best_spread(every: Steps, fold: IndexArray, base: DoubleArray, songs: int) -> float:
    losses = []
    for spread in SPREADS:
        added = base.copy()
        for each in range(FOLDS):
            effects = song_effects(every, fold != each, base, songs, spread)
            own = every.songs[fold == each]
            added[fold == each] += np.where(own >= 0, effects[np.maximum(own, 0)], 0)
        losses.append(log_loss(every.skipped, sigmoid(added)))
    return SPREADS[int(np.argmin(losses))]


def _across(every: Steps, fold: IndexArray, seed: int) -> DoubleArray:
    """The log-odds of each row by trees that grew on the other folds."""
    base = np.zeros(len(fold))
    for each in range(FOLDS):
        trees = _trees(every.history[fold != each], every.skipped[fold != each], seed)
        base[fold == each] = trees.decision_function(every.history[fold == each])
    return base


def _trees(history: DoubleArray, skipped: BoolArray, seed: int) -> HistGradientBoostingClassifier:
    trees = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.1, max_leaf_nodes=8, min_samples_leaf=100,
        l2_regularization=1.0, early_stopping=False, random_state=seed,
    )  # fmt: skip
    return trees.fit(history, skipped)


def _fame(songs: IndexArray, count: int, scale: float) -> DoubleArray:
    plays = np.bincount(songs[songs >= 0], minlength=count)
    fame: DoubleArray = np.log1p(scale * plays)
    return fame


def _songs_of(sessions: Begun) -> list[IndexArray]:
    pairs = zip(sessions.songs, sessions.lengths, strict=True)
    return [songs[:length] for songs, length in pairs]


def _columns(
    songs: IndexArray, likeness: DoubleArray, effects: DoubleArray, fame: DoubleArray
) -> DoubleArray:
    known, at = songs >= 0, np.maximum(songs, 0)
    return np.column_stack([
        np.ones(len(songs)), np.where(known, effects[at], 0), np.where(known, fame[at], 0), likeness
    ])  # fmt: skip
