"""`similar`: the songs whose vectors in a trained model are nearest to a song's."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from recommender.commands import CommandError
from recommender.commands.recommend import code_of
from recommender.commands.words import positive
from recommender.models.checkpoint import load_model
from recommender.vectors.near import SIMILARITIES
from recommender.vectors.of_models import vectors_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's words."""
    parser.add_argument("song", metavar="SONG", help="'artist – title', a title or a key")
    parser.add_argument("--model", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("-n", type=positive, default=20, metavar="N", help="how many (20)")
    parser.add_argument("--similarity", choices=SIMILARITIES, default="cosine",
                        help="how vectors are compared (cosine)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print them as JSON")


def run(arguments: argparse.Namespace) -> str:
    """The nearest songs, without the song itself."""
    model = load_model(arguments.model)
    vectors = vectors_of(model)
    if vectors is None:
        raise CommandError(
            f"The model in {arguments.model} ({model.name}) has no vectors of songs. Train a net "
            "or a factorisation, such as gru or wals."
        )
    vocabulary = model.vocabulary
    name = vocabulary.name
    song = code_of(vocabulary, arguments.song)
    keys, scores = vectors.nearest(vocabulary.keys[song], arguments.n, arguments.similarity)
    found = list(zip(vectors.rows(keys).tolist(), scores.tolist(), strict=True))
    if arguments.json:
        listed = [
            {"song": name(code), "key": vocabulary.keys[code], "score": score}
            for code, score in found
        ]
        whole = {"to": name(song), "similarity": arguments.similarity, "songs": listed}
        return json.dumps(whole, indent=2, ensure_ascii=False)
    lines = [f"{place:>3}. {name(code)}  {score:.3f}" for place, (code, score) in
             enumerate(found, start=1)]  # fmt: skip
    return "\n".join([f"Near to {name(song)}:", *lines])
