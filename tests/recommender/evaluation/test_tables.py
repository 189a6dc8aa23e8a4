"""Means, spreads and the Markdown of a comparison."""

from __future__ import annotations

import json
import math

import pytest

from recommender.evaluation.entries import Entry, entries
from recommender.evaluation.runs import Run
from recommender.evaluation.tables import MEASURES, Mean, Row, markdown
from recommender.models.base import Options
from recommender.training.settings import TrainSettings
from tests.recommender.evaluation.toy import Written


def run(seed: int, **figures: float | None) -> Run:
    return Run(seed, {"options": {}, "settings": {"seed": seed}}, "", figures)


def gru(*runs: Run) -> Row:
    return Row(entries("gru[hidden=8]")[0], runs)


def counting(*runs: Run) -> Row:
    class Counting(Written):
        seeded = False

    return Row(Entry("counting", Counting, Options(), TrainSettings()), runs)


def test_the_spread_is_the_samples_standard_deviation() -> None:
    mean = Mean.of([1.0, 2.0, 6.0])
    assert mean.mean == 3
    assert mean.spread == pytest.approx(math.sqrt((4 + 1 + 9) / 2))


def test_one_run_has_no_spread() -> None:
    assert Mean.of([0.5]) == Mean(0.5, None, (0.5,))


def test_the_table_shows_mean_and_spread_of_each_figure() -> None:
    row = gru(run(0, mrr=0.05, parameters=1234567), run(1, mrr=0.07, parameters=1234567))
    head, rule, line = markdown([row]).split("\n")
    cells = dict(zip(head.split(" | "), line.split(" | "), strict=True))
    assert cells["MRR"] == "0.0600 ± 0.0141"  # sqrt(.01² + .01²)
    assert cells["parameters"] == "1,234,567"  # no spread where there is none
    assert cells["seeds"] == "2"
    assert line.startswith("| `gru[hidden=8]` |")
    assert rule.count("---") == head.count("|") - 1


def test_a_model_without_chance_says_that_one_run_is_enough() -> None:
    table = markdown([counting(run(0, **{"accuracy@5": 0.0625}))])
    assert "| `counting` | 1¹ |" in table
    assert "| 6.25 |" in table
    assert "same for every seed" in table
    assert "same for every seed" not in markdown([gru(run(0, mrr=0.1))])


def test_a_figure_that_is_none_is_a_dash_and_null() -> None:
    row = gru(run(0, mrr=0.5, log_likelihood=None), run(1, mrr=0.5, log_likelihood=-2.0))
    assert "| – |" in markdown([row])
    told = json.loads(json.dumps(row.as_dict(), allow_nan=False))
    assert told["log_likelihood"] == {"mean": None, "spread": None, "values": [None, -2.0]}
    assert told["mrr"] == {"mean": 0.5, "spread": 0.0, "values": [0.5, 0.5]}
    assert told["seeds"] == [0, 1]
    assert set(MEASURES) < told.keys()
