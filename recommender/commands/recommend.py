"""`recommend`: what a trained model would play after a few songs named by a person."""

from __future__ import annotations

import argparse
import difflib
import json
from pathlib import Path
from typing import Any

import numpy as np

from recommender.commands import CommandError
from recommender.commands.words import positive, tell
from recommender.data.vocabulary import Vocabulary
from recommender.models.base import SequenceModel
from recommender.models.checkpoint import load_model

NEAR = 5
LOOKED_AT = 50_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument(
        "songs", nargs="+", metavar="SONG", help="'artist – title', a title or a key, as played"
    )
    parser.add_argument("--model", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("-n", type=positive, default=20, metavar="N", help="how many (20)")
    parser.add_argument("--json", action="store_true", help="print them as JSON")


def run(arguments: argparse.Namespace) -> str:
    """The songs likeliest to come next, those that were named left out."""
    model = load_model(arguments.model)
    heard = [code_of(model.vocabulary, text) for text in arguments.songs]
    best = following(model, heard, arguments.n)
    name = model.vocabulary.name
    if arguments.json:
        listed = [
            {"song": name(code), "key": model.vocabulary.keys[code], "chance": chance}
            for code, chance in best
        ]
        after = [name(code) for code in heard]
        return json.dumps({"after": after, "songs": listed}, indent=2, ensure_ascii=False)
    lines = [f"{place:>3}. {name(code)}  {chance:.2%}" for place, (code, chance) in
             enumerate(best, start=1)]  # fmt: skip
    return "\n".join([f"After {', '.join(name(code) for code in heard)}:", *lines])


def following(model: SequenceModel[Any], heard: list[int], n: int) -> list[tuple[int, float]]:
    """The `n` likeliest songs after those heard, and not among them, with their chances."""
    state = model.start()
    for code in heard:
        state = model.observe(state, code)
    logs = model.log_probabilities(state)
    order = np.argsort(-logs, kind="stable")
    kept = order[~np.isin(order, heard)][:n]
    return [(int(code), float(np.exp(logs[code]))) for code in kept]


def code_of(vocabulary: Vocabulary, text: str) -> int:
    """The song that a text means, the most played of several; raises CommandError."""
    found = vocabulary.find(text)
    if not found:
        raise CommandError(f"There is no song {text!r} in this model.{_near(vocabulary, text)}")
    if len(found) > 1:
        tell(f"{text!r} may be {len(found)} songs; taken: {vocabulary.name(found[0])}.")
    return found[0]


def _near(vocabulary: Vocabulary, text: str) -> str:
    """The names that look alike, as a sentence; of many songs only the most played are tried."""
    order = np.argsort(-vocabulary.counts, kind="stable")[:LOOKED_AT]
    spelt: dict[str, int] = {}
    for code in order.tolist():
        for spelling in (vocabulary.name(code), vocabulary.titles[code]):
            spelt.setdefault(spelling.casefold(), code)
    alike = difflib.get_close_matches(text.strip().casefold(), spelt, NEAR)
    names = dict.fromkeys(vocabulary.name(spelt[each]) for each in alike)
    return f" Did you mean: {'; '.join(names)}?" if names else ""
