"""`evaluate`: how well a trained model ranks the next song of given lists."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from recommender.commands import CommandError
from recommender.commands.words import add_format, add_sample, add_threads, tell, use_threads
from recommender.data.build import open_corpus
from recommender.evaluation.ranking import Figures, Paced, measure, sample
from recommender.evaluation.runs import plain
from recommender.models.checkpoint import load_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("--model", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FILE")
    add_format(parser)
    add_sample(parser)
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(arguments: argparse.Namespace) -> str:
    """The figures as lines of text or as JSON."""
    use_threads(arguments.threads)
    model = load_model(arguments.model)
    corpus = open_corpus(arguments.data, arguments.format, vocabulary=model.vocabulary)
    if arguments.lists is not None:
        corpus = sample(corpus, arguments.lists)
    if not corpus.transitions:
        raise CommandError("No list has two songs or more, so there is nothing to rank.")
    figures = measure(model, corpus, Paced(tell, corpus.transitions))
    if not arguments.json:
        return f"{model.title}, {len(model.vocabulary):,} songs\n{_lines(figures)}"
    values = {name: plain(value) for name, value in figures.as_dict().items()}
    return json.dumps({"model": model.name, "parameters": model.parameters, **values}, indent=2)


def _lines(figures: Figures) -> str:
    values = {
        **{f"accuracy@{cut}": f"{share:.2%}" for cut, share in figures.accuracy.items()},
        "MRR": f"{figures.mrr:.4f}",
        "log-likelihood": f"{figures.log_likelihood:.3f} nats a known song",
        "coverage": f"{figures.coverage:.2%} of the songs are in some top ten",
        "popularity": f"{figures.popularity:.2f} (0 least played, 1 most played)",
        "lists": f"{figures.lists:,}",
        "transitions": f"{figures.transitions:,}",
        "unknown": f"{figures.unknown:,} next songs outside the vocabulary, counted as missed",
    }
    return "\n".join(f"{name:<16}{value}" for name, value in values.items())
