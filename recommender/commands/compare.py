"""`compare`: train many models on the same lists and put their figures into one table."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from recommender.commands import CommandError
from recommender.commands.words import (
    add_format,
    add_sample,
    add_threads,
    positive,
    tell,
    use_threads,
)
from recommender.data.build import open_corpus
from recommender.evaluation.compare import compare, description, results
from recommender.evaluation.entries import entries
from recommender.evaluation.plots import draw
from recommender.evaluation.ranking import sample
from recommender.evaluation.runs import Data
from recommender.evaluation.tables import markdown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    add = parser.add_argument
    for name, what in (("--train", "lists to learn from"), ("--test", "lists to test on")):
        add(name, type=Path, nargs="+", required=True, metavar="FILE", help=what)
    add_format(parser)
    add("--models", required=True, metavar="NAMES", help="gru,lstm[bloom=0.2;epochs=6]; or all")
    add("--seeds", type=positive, default=3, metavar="N", help="runs of each model (3)")
    add("--out", type=Path, required=True, metavar="FOLDER",
        help="for table, plots and models; a comparison that was stopped goes on")  # fmt: skip
    add("--epochs", type=positive, metavar="N", help="for all models")
    add("--option", action="append", default=[], metavar="MODEL.NAME=VALUE")
    add("--holdout", type=_share, default=0.05, metavar="SHARE",
        help="part of the lists kept to stop by, for models with patience (0.05)")  # fmt: skip
    add_sample(parser)
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(arguments: argparse.Namespace) -> str:
    """The table as Markdown or as JSON, which is also in the folder."""
    use_threads(arguments.threads)
    training = {} if arguments.epochs is None else {"epochs": arguments.epochs}
    wanted = entries(arguments.models, arguments.option, training)
    data = _data(arguments)
    rows = compare(wanted, data, arguments.seeds, arguments.out, tell)
    draw(rows, arguments.out)
    if arguments.json:
        return json.dumps(results(rows, data), indent=2, ensure_ascii=False)
    return f"{markdown(rows)}\n\n{description(data)}"


def _data(arguments: argparse.Namespace) -> Data:
    train = open_corpus(arguments.train, arguments.format)
    test = open_corpus(arguments.test, arguments.format, vocabulary=train.vocabulary)
    if arguments.lists is not None:
        test = sample(test, arguments.lists)
    if not test.transitions:
        raise CommandError("No list to test on has two songs or more, so there is nothing to rank.")
    tell(f"{len(train):,} lists to learn from, {len(test):,} to test on, "
         f"{len(train.vocabulary):,} songs")  # fmt: skip
    return Data.of(train, test, arguments.holdout)


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError("the holdout is a share between 0 and 1")
    return value
