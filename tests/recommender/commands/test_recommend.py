"""`recommend` after songs that a person names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.recommender.commands.conftest import Command


def test_the_likeliest_songs_are_numbered_with_their_chance(command: Command, circle: Path) -> None:
    done = command("recommend", "--model", circle, "artist 3 – title 3", "Title 4", "-n", "3")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "After Artist 3 – Title 3, Artist 4 – Title 4:"
    assert lines[1].startswith("  1. Artist 5 – Title 5  ")
    assert lines[1].endswith("%")
    assert len(lines) == 4


def test_json_has_names_keys_and_chances_that_fall(command: Command, circle: Path) -> None:
    done = command("recommend", "--model", circle, "3", "4", "5", "--json")
    told = json.loads(done.out)
    assert told["after"] == ["Artist 3 – Title 3", "Artist 4 – Title 4", "Artist 5 – Title 5"]
    assert told["songs"][0]["key"] == "6"
    chances = [song["chance"] for song in told["songs"]]
    assert chances == sorted(chances, reverse=True)
    assert 0.5 < chances[0] < 1


def test_songs_that_were_named_are_left_out(command: Command, circle: Path) -> None:
    told = json.loads(command("recommend", "--model", circle, "3", "4", "5", "--json").out)
    assert len(told["songs"]) == 9  # of twelve
    assert not {"3", "4", "5"} & {song["key"] for song in told["songs"]}


def test_of_several_songs_the_most_played_is_taken_and_said(command: Command, circle: Path) -> None:
    done = command("recommend", "--model", circle, "Title 0", "-n", "1")
    assert done.out.startswith("After Artist 2 – Title 0:")
    assert "'Title 0' may be 2 songs; taken: Artist 2 – Title 0." in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("artist 7 – titel 7", "Did you mean: Artist 7 – Title 7;"),
        ("titel 9", "Artist 9 – Title 9"),
        ("zzzz", "There is no song 'zzzz' in this model.\n"),
    ],
)
def test_a_song_that_is_not_there_is_told_with_names_like_it(
    command: Command, circle: Path, text: str, said: str
) -> None:
    done = command("recommend", "--model", circle, text)
    assert done.code == 2
    assert said in done.err
