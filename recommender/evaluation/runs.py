"""One run of a comparison: fit, rank, time; kept in a folder so that it is done only once."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recommender.api import CheckpointError
from recommender.data.corpus import Corpus
from recommender.evaluation.entries import Entry
from recommender.evaluation.ranking import Paced, measure
from recommender.evaluation.serving import step_times
from recommender.models.base import FitContext, Fitted, SequenceModel, options_dict
from recommender.models.checkpoint import load_model
from recommender.training.hooks import Hook
from recommender.training.run import Run as Training
from recommender.training.settings import TrainSettings

RECORD = "run.json"
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Data:
    """The lists to learn from and to test on; `holdout` of train goes to validation if asked for.

    `learnt` and `tested` tell one data set from another.
    """

    train: Corpus
    test: Corpus
    holdout: float
    learnt: str
    tested: str

    @classmethod
    def of(cls, train: Corpus, test: Corpus, holdout: float = 0.05) -> Data:
        """The data with its fingerprints."""
        return cls(train, test, holdout, digest(train), digest(test))

    def lists_for(self, settings: TrainSettings) -> tuple[Corpus, Corpus | None]:
        """Train and validation lists; all are for training unless training may stop early."""
        if not settings.patience:
            return self.train, None
        order = np.random.default_rng(settings.seed).permutation(len(self.train))
        held = round(self.holdout * len(order))
        return self.train.select(np.sort(order[held:])), self.train.select(np.sort(order[:held]))


@dataclass(frozen=True, slots=True)
class Run:
    """What one model with one seed came to; `figures` has every number of the table by name."""

    seed: int
    fit: dict[str, Any]
    tested: str
    figures: dict[str, float | None]


def digest(corpus: Corpus) -> str:
    """A fingerprint of the lists, the same for the same songs in the same order."""
    made = hashlib.blake2b(digest_size=16)
    for key in corpus.vocabulary.keys:
        made.update(key.encode("utf-8", "surrogatepass") + b"\0")
    for place in range(len(corpus)):
        made.update(np.int64(len(corpus[place])).tobytes() + corpus[place].tobytes())
        if corpus.feedback is not None:
            made.update(corpus.feedback_of(place).tobytes())
    return made.hexdigest()


def done(entry: Entry, seed: int, data: Data, folder: Path, report: Report) -> Run:
    """The run's figures, from `folder` as far as it has them for these settings and data."""
    settings = replace(entry.settings, seed=seed)
    print_of_fit = _fingerprint(entry, settings, data)
    kept = _read(folder / RECORD)
    known = kept is not None and kept.fit == print_of_fit
    if kept is not None and known and kept.tested == data.tested:
        report("kept from before")
        return kept
    model = _loaded(folder) if kept is not None and known else None
    if kept is None or model is None:
        model, fitted = _fitted(entry, settings, data, folder, report)
        trained = {"parameters": model.parameters, "training_s": fitted.seconds,
                   "epochs": fitted.epochs, "train_loss": fitted.train_loss,
                   "valid_loss": fitted.valid_loss}  # fmt: skip
        kept = Run(seed, print_of_fit, "", {name: plain(each) for name, each in trained.items()})
        _write(folder / RECORD, kept)
    run = Run(seed, print_of_fit, data.tested, {**kept.figures, **_tested(model, data, report)})
    _write(folder / RECORD, run)
    return run


def _fingerprint(entry: Entry, settings: TrainSettings, data: Data) -> dict[str, Any]:
    return {
        "model": entry.kind.name,
        "format_version": entry.kind.version,
        "options": options_dict(entry.options),
        "settings": asdict(settings),
        "train": data.learnt,
        "holdout": data.holdout if settings.patience else 0.0,
    }


def _loaded(folder: Path) -> SequenceModel[Any] | None:
    """The model that was trained before, None if it has to be trained again."""
    try:
        return load_model(folder)
    except CheckpointError:
        return None


def _fitted(
    entry: Entry, settings: TrainSettings, data: Data, folder: Path, report: Report
) -> tuple[SequenceModel[Any], Fitted]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).unlink(missing_ok=True)
    train, valid = data.lists_for(settings)
    report(f"learning from {len(train):,} lists")
    model = entry.model()
    fitted = model.fit(train, valid, settings, FitContext(hooks=(_Told(report),)))
    model.save(folder)
    return model, fitted


class _Told(Hook):
    """Says after each epoch how the training goes."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def on_epoch(self, run: Training) -> None:
        loss = run.history[-1].train_loss
        self._report(f"epoch {run.epoch} of {run.settings.epochs}, loss {loss:.3f}")


def _tested(model: SequenceModel[Any], data: Data, report: Report) -> dict[str, float | None]:
    figures = measure(model, data.test, Paced(report, data.test.transitions)).as_dict()
    times = step_times(model, data.test)
    for share in (50, 95):
        figures[f"step_ms_p{share}"] = float(np.percentile(times, share)) if len(times) else np.nan
    return {name: plain(value) for name, value in figures.items()}


def plain(value: float) -> float | None:
    """The number as JSON knows it: None for what is none."""
    return value if math.isfinite(value) else None


def _read(path: Path) -> Run | None:
    try:
        return Run(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, run: Run) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(asdict(run), indent=1), encoding="utf-8")
    os.replace(partial, path)
