"""Comparisons: what they write, what they do not do again, and what they take for the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.data.corpus import Corpus, corpus_of
from recommender.data.vocabulary import Vocabulary
from recommender.evaluation.compare import compare, results
from recommender.evaluation.entries import entries
from recommender.evaluation.runs import Data, digest
from recommender.evaluation.tables import Row
from recommender.models.checkpoint import load_model

SONGS = Vocabulary([str(n) for n in range(15)])
SMALL = "gru[dim=8;hidden=8;epochs=2;batch=32;lr=0.02]"
OTHER = "lstm[dim=8;hidden=8;layers=1;epochs=1;batch=32]"
FIRST, SECOND = "markov", "popularity"


def walks(lists: int, seed: int) -> Corpus:
    """Lists that go round the songs one by one or two by two."""
    rng = np.random.default_rng(seed)
    steps = [rng.integers(1, 3, rng.integers(2, 9)) for _ in range(lists)]
    return corpus_of([(rng.integers(15) + each.cumsum()) % 15 for each in steps], SONGS)


def data() -> Data:
    return Data.of(walks(80, 1), walks(30, 2))


def compared(
    models: str, folder: Path, given: Data | None = None, seeds: int = 1
) -> tuple[list[Row], list[str]]:
    """The rows, and what was said meanwhile."""
    said: list[str] = []
    rows = compare(entries(models), data() if given is None else given, seeds, folder, said.append)
    return rows, said


def learnt(said: list[str]) -> list[str]:
    """Which runs were trained, "model, seed"."""
    return [words.split(":")[0] for words in said if "learning" in words]


def test_a_comparison_leaves_a_table_results_and_models(tmp_path: Path) -> None:
    rows, _ = compared(f"{SMALL},{OTHER}", tmp_path, seeds=2)
    told = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert told == results(rows, data())
    assert [row["model"] for row in told["models"]] == [SMALL, OTHER]
    assert told["models"][0]["seeds"] == [0, 1]
    assert 0 < told["models"][0]["mrr"]["mean"] < 1
    assert told["test"]["transitions"] == data().test.transitions
    table = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert f"| `{SMALL}` | 2 |" in table
    assert "80 lists" in table
    loaded = load_model(tmp_path / "models" / f"{entries(OTHER)[0].slug}-seed1")
    assert loaded.parameters == told["models"][1]["parameters"]["mean"]


def test_seeds_give_different_runs_and_the_same_seed_the_same(tmp_path: Path) -> None:
    first, _ = compared(SMALL, tmp_path / "first", seeds=2)
    again, _ = compared(SMALL, tmp_path / "again", seeds=2)
    values = first[0].mean("log_likelihood").values
    assert values[0] != values[1]
    assert values == again[0].mean("log_likelihood").values


def test_a_model_that_only_counts_runs_once(tmp_path: Path) -> None:
    rows, said = compared(FIRST, tmp_path, seeds=3)
    assert learnt(said) == [f"{FIRST}, seed 0"]
    assert rows[0].as_dict()["seeds"] == [0]


def test_runs_that_are_done_are_not_done_again(tmp_path: Path) -> None:
    first, _ = compared(FIRST, tmp_path)
    more, said = compared(f"{SECOND},{FIRST}", tmp_path)
    assert learnt(said) == [f"{SECOND}, seed 0"]
    assert more[1].runs == first[0].runs


def test_a_stopped_comparison_goes_on(tmp_path: Path) -> None:
    def stop(words: str) -> None:
        if words.startswith(SECOND):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(entries(f"{FIRST},{SECOND}"), data(), 1, tmp_path, stop)
    assert FIRST in (tmp_path / "table.md").read_text(encoding="utf-8")
    _, said = compared(f"{FIRST},{SECOND}", tmp_path)
    assert learnt(said) == [f"{SECOND}, seed 0"]


def test_other_test_lists_are_ranked_without_training_again(tmp_path: Path) -> None:
    first, _ = compared(FIRST, tmp_path)
    other = Data.of(walks(80, 1), walks(40, 3))
    rows, said = compared(FIRST, tmp_path, other)
    assert learnt(said) == []
    assert rows[0].mean("transitions").mean == other.test.transitions
    assert rows[0].mean("mrr").mean != first[0].mean("mrr").mean
    fresh, _ = compared(FIRST, tmp_path / "fresh", other)
    assert rows[0].mean("mrr").values == pytest.approx(fresh[0].mean("mrr").values)


@pytest.mark.parametrize("change", ["lists", "settings", "damage"])
def test_what_no_longer_fits_is_trained_again(tmp_path: Path, change: str) -> None:
    compared(FIRST, tmp_path)
    (entry,), given = entries(FIRST), data()
    if change == "lists":
        given = Data.of(walks(81, 1), given.test)
    if change == "settings":
        entry = replace(entry, settings=replace(entry.settings, lr=0.03))
    if change == "damage":  # and other lists to test on, so that the model is needed
        given = Data.of(given.train, walks(31, 2))
        (weights,) = tmp_path.rglob("weights.safetensors")
        weights.write_bytes(weights.read_bytes()[:-4])
    said: list[str] = []
    compare([entry], given, 1, tmp_path, said.append)
    assert len(learnt(said)) == 1


def test_only_a_model_that_may_stop_early_has_lists_held_back() -> None:
    given = data()
    (plain,), (patient,) = entries("gru"), entries("gru[patience=2]")
    train, valid = given.lists_for(replace(plain.settings, patience=0))
    assert (len(train), valid) == (80, None)
    train, valid = given.lists_for(patient.settings)
    assert valid is not None
    assert (len(train), len(valid)) == (76, 4)  # 5 % of 80
    assert not set(train.rows.tolist()) & set(valid.rows.tolist())
    assert train.vocabulary == valid.vocabulary == given.train.vocabulary
    other = given.lists_for(replace(patient.settings, seed=5))[1]
    assert other is not None
    assert other.rows.tolist() != valid.rows.tolist()


def test_fingerprints_tell_lists_apart() -> None:
    lists = corpus_of([[0, 1], [2]], SONGS)
    assert digest(lists) == digest(corpus_of([[0, 1], [2]], SONGS))
    assert digest(lists) == digest(corpus_of([[9], [0, 1], [2]], SONGS).select([1, 2]))
    liked = replace(lists, feedback=np.array([0, 2, 0], np.uint8))
    renamed = corpus_of([[0, 1], [2]], Vocabulary([f"x{n}" for n in range(15)]))
    others = [corpus_of([[0], [1, 2]], SONGS), corpus_of([[2], [0, 1]], SONGS), liked, renamed]
    assert len({digest(each) for each in [lists, *others]}) == 5
