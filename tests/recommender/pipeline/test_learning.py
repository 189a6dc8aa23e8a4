"""The weights learn from what is played."""

from __future__ import annotations

import numpy as np

from recommender.data.ledger import Ledger
from recommender.pipeline.linear import GatedLinear, sample, softmax
from recommender.pipeline.network import LIST, Network


def test_softmax_adds_up_to_one_however_large_its_input() -> None:
    result = softmax(np.array([1000.0, 1000.0, -1000.0], np.float32))
    np.testing.assert_allclose(result, [0.5, 0.5, 0], atol=1e-6)


def test_a_column_that_foretells_the_song_gains_weight() -> None:
    linear = GatedLinear(("useful", "noise"), 1, {})
    rng = np.random.default_rng(3)
    for _ in range(200):
        columns = rng.random((2, 20)).astype(np.float32)
        columns[0, 0] = 1
        linear.learn(columns, np.zeros(20, np.float32), 0, np.ones(1, np.float32), 1.0, Ledger())
    assert linear.weights[0, 0] > 1
    assert abs(linear.weights[1, 0]) < linear.weights[0, 0] / 3


def test_a_prediction_turned_down_loses_score() -> None:
    linear = GatedLinear(("only",), 1, {"only": 1.0})
    columns = np.array([[1.0, 0.2, 0.1]], np.float32)
    linear.learn(columns, np.zeros(3, np.float32), 0, np.ones(1, np.float32), -0.3, Ledger())
    assert linear.weights[0, 0] < 1


def test_weights_depend_on_the_mood() -> None:
    linear = GatedLinear(("column",), 2, {})
    skipped, calm = np.array([1, 1], np.float32), np.array([1, 0], np.float32)
    for _ in range(50):
        for signals, sign in ((skipped, -1.0), (calm, 1.0)):
            columns = np.array([[sign, 0, 0]], np.float32)
            linear.learn(columns, np.zeros(3, np.float32), 0, signals, 1.0, Ledger())
    assert linear.effective(skipped)[0] < 0 < linear.effective(calm)[0]


def test_the_sample_has_the_target_first_and_only_once() -> None:
    scores = np.arange(50, dtype=np.float32)
    places, offsets = sample(scores, 49, np.arange(40, 50), 30, np.random.default_rng(0))
    assert places[0] == 49
    assert (places == 49).sum() == 1
    assert len(places) == len(offsets)
    assert np.isneginf(offsets[places > 40][10:]).all()


def lesson(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Songs with two columns; the one played is where exactly one of them is high."""
    matrix = rng.integers(0, 2, (2, 120)).astype(np.float32)
    song = int(rng.choice(np.flatnonzero(matrix[0] != matrix[1])))
    return matrix, song


def test_the_network_learns_what_no_weighted_sum_can() -> None:
    rng = np.random.default_rng(1)
    network = Network(2, 1, seed=0)
    signals, flat = np.ones(1, np.float32), np.zeros(120, np.float32)
    everything = np.arange(120)
    for _ in range(400):
        matrix, song = lesson(rng)
        scores = network.score(matrix, flat, signals)
        network.learn(matrix, flat, everything, scores, song, signals, 1.0, rng, Ledger())
    matrix, _ = lesson(rng)
    scores = network.score(matrix, flat, signals)
    odd = matrix[0] != matrix[1]
    assert scores[odd].min() > scores[~odd].max()


def test_steps_taken_back_leave_the_network_as_it_was() -> None:
    rng = np.random.default_rng(1)
    network, flat = Network(2, 1, seed=0), np.zeros(120, np.float32)
    signals, everything = np.ones(1, np.float32), np.arange(120)
    ledgers = []
    lessons = [lesson(rng) for _ in range(30)]
    for number, (matrix, song) in enumerate(lessons):
        if number == 25:
            kept = network.params.copy(), network.steps
        ledgers.append(Ledger())
        network.learn(matrix, flat, everything, flat, song, signals, 1.0,
                      np.random.default_rng(number), ledgers[-1])  # fmt: skip
    for ledger in reversed(ledgers[25:]):
        ledger.undo()
    assert np.array_equal(network.params, kept[0])
    assert network.steps == kept[1]
    assert network.kept.shape[1] == LIST
