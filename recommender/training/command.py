"""The command `train`: a file of lists to a model in a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.data.corpus import Corpus
from recommender.data.formats import FORMATS, ReadError
from recommender.data.splits import BY
from recommender.training.settings import (
    DEVICES,
    PRECISIONS,
    SCHEDULES,
    TrainingError,
    TrainSettings,
)

if TYPE_CHECKING:
    from recommender.models.base import Fitted, SequenceModel
    from recommender.training.run import Epoch

SETTINGS = tuple(each.name for each in fields(TrainSettings))


def add_arguments(words: argparse.ArgumentParser) -> None:
    """The words of `train`, for a command line's parser."""
    words.description = "Several GPUs or machines: torchrun -m recommender train ..."
    words.add_argument("model", metavar="MODEL", help="such as gru; a wrong one lists all")
    words.add_argument("--data", nargs="+", type=Path, required=True, metavar="FILE")
    words.add_argument("--format", choices=FORMATS, required=True)
    words.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    held = words.add_mutually_exclusive_group()
    held.add_argument("--valid", nargs="+", type=Path, metavar="FILE", help="lists to validate on")
    held.add_argument("--split", choices=BY, help="hold lists of --data out to validate on")
    words.add_argument("--holdout", type=_share, default=0.05, help="the share held out by --split")
    words.add_argument("--option", action="append", default=[], metavar="NAME=VALUE",
                       help="an option of the model, such as bloom=0.2")  # fmt: skip
    words.add_argument("--resume", action="store_true", help="go on with the training in --out")
    for name, kind, choices, says in (
        ("epochs", int, None, "times that every list is read"),
        ("batch", int, None, "lists read side by side"),
        ("steps", int, None, "songs between two steps of the optimiser"),
        ("lr", float, None, "largest learning rate of Adam"),
        ("warmup", int, None, "steps until it is reached"),
        ("schedule", str, SCHEDULES, "what the learning rate does afterwards"),
        ("weight-decay", float, None, "above 0: AdamW"),
        ("clip", float, None, "largest norm of the gradients"),
        ("patience", int, None, "epochs without a better validation loss that end it; 0: none do"),
        ("seed", int, None, "what chance follows from"),
        ("device", str, DEVICES, "where it is computed"),
        ("precision", str, PRECISIONS, "auto is mixed on a CUDA GPU"),
    ):
        words.add_argument(f"--{name}", type=kind, choices=choices, default=None, help=says)


def run(arguments: argparse.Namespace) -> str:
    """Train as the arguments ask; the text to print, empty in all processes but the first.

    Raises TrainingError with a sentence for whatever is wrong with the words, files or training.
    """
    from recommender.models.base import OptionError, options_from
    from recommender.models.registry import UnknownModelError, model_class
    from recommender.training.distributed import joined

    try:
        kind = model_class(arguments.model)
        model = kind(options_from(kind.Options, _options(arguments.option)))
        settings = _settings(arguments, kind.defaults)
        with joined(settings.device) as among:
            train, valid, counts = _lists(arguments, settings.seed)
            if among.rank == 0:
                sys.stderr.write(counts + "\n")
            return _fit(model, train, valid, settings, arguments, first=among.rank == 0)
    except (ReadError, OptionError, UnknownModelError) as error:
        raise TrainingError(str(error)) from error


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError("a share between 0 and 1 is held out")
    return value


def _options(words: Sequence[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for word, (_, equals, _) in zip(words, pairs, strict=True):
        if not equals:
            raise TrainingError(f"--option {word} names no value; write it as NAME=VALUE.")
    return {name: value for name, _, value in pairs}


def _settings(arguments: argparse.Namespace, defaults: TrainSettings) -> TrainSettings:
    given = {name: getattr(arguments, name) for name in SETTINGS}
    settings = replace(
        defaults, **{name: value for name, value in given.items() if value is not None}
    )
    if arguments.patience and not (arguments.valid or arguments.split):
        raise TrainingError(
            "--patience needs lists to validate on; give --valid FILE, or --split playlist."
        )
    return settings


def _lists(arguments: argparse.Namespace, seed: int) -> tuple[Corpus, Corpus | None, str]:
    """The lists to train and to validate on, and their counts in words."""
    from recommender.data.build import open_corpus
    from recommender.data.splits import counts_text, split

    corpus = open_corpus(arguments.data, arguments.format)
    if arguments.valid:
        valid = open_corpus(arguments.valid, arguments.format, vocabulary=corpus.vocabulary)
        return corpus, valid, counts_text({"train": corpus, "valid": valid})
    if arguments.split:
        held = arguments.holdout
        parts = split(corpus, arguments.split, (1 - held, held, 0.0), seed)
        return parts.train, parts.valid, parts.counts_text()
    return corpus, None, counts_text({"train": corpus})


def _fit(
    model: SequenceModel[Any],
    train: Corpus,
    valid: Corpus | None,
    settings: TrainSettings,
    arguments: argparse.Namespace,
    *,
    first: bool,
) -> str:
    """Train, and in the first process keep the model, the record and the plot."""
    from recommender.models.base import FitContext
    from recommender.training.hooks import History, Hook, StopOnSignal
    from recommender.training.progress import progress_on

    history = History()
    hooks: list[Hook] = [StopOnSignal()]
    if first:
        hooks += [history, progress_on(sys.stderr)]
    context = FitContext(hooks, arguments.out / "training", arguments.resume)
    fitted = model.fit(train, valid, settings, context)
    if not first:
        return ""
    record = _record(model, settings, train, valid, fitted)
    return _keep(model, arguments.out, record, fitted, history.epochs)


def _record(
    model: SequenceModel[Any],
    settings: TrainSettings,
    train: Corpus,
    valid: Corpus | None,
    fitted: Fitted,
) -> dict[str, Any]:
    parts = {"train": train} if valid is None else {"train": train, "valid": valid}
    return {
        "model": model.name,
        "options": asdict(model.options),
        "settings": asdict(settings),
        "data": {
            name: {"lists": len(part), "transitions": part.transitions}
            for name, part in parts.items()
        },
        "songs": len(model.vocabulary),
        "parameters": model.parameters,
        **asdict(fitted),
    }


def _keep(
    model: SequenceModel[Any],
    out: Path,
    record: dict[str, Any],
    fitted: Fitted,
    history: Sequence[Epoch],
) -> str:
    """Write the model, `training.json` and `curves.png`; what to tell of it."""
    from safetensors import SafetensorError

    from recommender.training.curves import write_plot, write_record
    from recommender.training.progress import clock, figures

    try:
        model.save(out)
        write_record(out / "training.json", record, history)
        if history:
            write_plot(out / "curves.png", model.title, history)
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"The model is trained, but cannot be kept in {out} ({error}). Make room there, then "
            "give the same command with --resume."
        ) from error
    told = f"{model.title}: {fitted.epochs} epochs in {clock(fitted.seconds)}"
    if history:
        told += f", {figures(history[-1])}"
    return f"{told}. The model is in {out}."
