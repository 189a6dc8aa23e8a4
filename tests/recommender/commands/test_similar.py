"""`similar`: the songs near a song, in the vectors of a trained model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommender.data.build import open_corpus
from recommender.models.popularity import Popularity
from tests.recommender.commands.conftest import Command


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclid"])
def test_neighbours_on_the_circle_are_near(command: Command, circle: Path, similarity: str) -> None:
    done = command("similar", "--model", circle, "Artist 5 – Title 5", "-n", "4", "--json",
                   "--similarity", similarity)  # fmt: skip
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["to"] == "Artist 5 – Title 5"
    scores = [song["score"] for song in told["songs"]]
    assert scores == sorted(scores, reverse=True)
    assert len({song["key"] for song in told["songs"]} - {"5"}) == 4


def test_the_nearest_are_numbered_with_their_score(command: Command, circle: Path) -> None:
    done = command("similar", "--model", circle, "Title 5", "-n", "3")
    lines = done.out.splitlines()
    assert lines[0] == "Near to Artist 5 – Title 5:"
    assert [line[:5] for line in lines[1:]] == ["  1. ", "  2. ", "  3. "]


def test_a_song_that_is_not_there_is_told_with_what_looks_alike(
    command: Command, circle: Path
) -> None:
    done = command("similar", "--model", circle, "Tilte 5")
    assert done.code == 2
    assert "Did you mean" in done.err


def test_a_model_without_vectors_says_which_have_some(
    command: Command, circle: Path, tmp_path: Path
) -> None:
    model = Popularity()
    model.fit(open_corpus([circle.parent / "train.txt"], "yes"))
    model.save(tmp_path)
    done = command("similar", "--model", tmp_path, "Title 5")
    assert done.code == 2
    assert "no vectors of songs" in done.err
    assert "wals" in done.err
