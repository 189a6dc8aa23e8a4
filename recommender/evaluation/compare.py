"""Many models on the same lists: one table as Markdown and JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from recommender.data.corpus import Corpus
from recommender.evaluation.entries import Entry
from recommender.evaluation.runs import Data, Report, done
from recommender.evaluation.tables import Row, markdown

TABLE, RESULTS, MODELS = "table.md", "results.json", "models"


def compare(
    entries: Sequence[Entry], data: Data, seeds: int, folder: Path, report: Report
) -> list[Row]:
    """Train, rank and time each model with seeds 0 to `seeds` - 1, and write it all to `folder`.

    Runs that `folder` has already, with the same settings and data, are not done again; the
    table is written after each model, so a comparison that was stopped leaves what it has.
    Raises TrainingError in words.
    """
    rows: list[Row] = []
    for entry in entries:
        runs = []
        for seed in range(seeds if entry.kind.seeded else 1):
            said = _prefixed(report, f"{entry.label}, seed {seed}")
            runs.append(done(entry, seed, data, folder / MODELS / f"{entry.slug}-seed{seed}", said))
        rows.append(Row(entry, tuple(runs)))
        write(rows, data, folder)
    return rows


def _prefixed(report: Report, what: str) -> Callable[[str], None]:
    return lambda words: report(f"{what}: {words}")


def write(rows: Sequence[Row], data: Data, folder: Path) -> None:
    """Write `table.md` and `results.json`, each put in place at once."""
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / TABLE, f"{markdown(rows)}\n\n{description(data)}\n")
    _put(folder / RESULTS, json.dumps(results(rows, data), indent=1, ensure_ascii=False) + "\n")


def results(rows: Sequence[Row], data: Data) -> dict[str, Any]:
    """Everything as plain values: the data's counts, and a row a model."""
    return {
        "train": _counts(data.train),
        "test": _counts(data.test),
        "models": [row.as_dict() for row in rows],
    }


def description(data: Data) -> str:
    """What the figures are of, in sentences."""
    train, test = _counts(data.train), _counts(data.test)
    return (
        f"Learnt from {train['lists']:,} lists with {train['transitions']:,} transitions of "
        f"{train['songs']:,} songs; tested on {test['lists']:,} lists with "
        f"{test['transitions']:,} transitions, {test['unknown_plays']:,} plays of them of songs "
        "outside the vocabulary. Next song, exact rank among all songs, repeats and ties count "
        "(ties against the model). ± is the standard deviation over seeds; log-likelihood is in "
        "nats a known song; a step is one song observed and all songs ranked, on one thread, the "
        "best of three tries."
    )


def _counts(corpus: Corpus) -> dict[str, int]:
    return {
        "lists": len(corpus),
        "transitions": corpus.transitions,
        "songs": len(corpus.vocabulary),
        "unknown_plays": corpus.unknown_plays(),
    }


def _put(path: Path, text: str) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
