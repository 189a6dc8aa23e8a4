"""Lists that were shown, with what came of them, read line by line."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.corpus import Feedback
from recommender.data.formats import ReadError
from recommender.data.formats.impressions import MEMBER, ShownList, read_impressions

ROWS = [
    {"artist": "Mira Vale", "title": "Slow Tide", "probability": 0.5},
    {"title": "Ebb", "probability": 0.25},
]
SHOWN = {"at_ms": 5, "rows": ROWS, "chosen": 1, "outcome": "liked"}


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_list_comes_with_its_chances_and_what_followed(tmp_path: Path) -> None:
    file = written(tmp_path / "a.jsonl", SHOWN, {**SHOWN, "chosen": None, "outcome": "skipped"})
    keys, chances = ("mira vale – slow tide", "ebb"), (0.5, 0.25)
    assert list(read_impressions(file)) == [
        ShownList(5, keys, chances, 1, Feedback.LIKED),
        ShownList(5, keys, chances, None, Feedback.SKIPPED),
    ]


def test_gzipped_lines_and_an_export_say_the_same(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.jsonl", SHOWN)
    packed, export = tmp_path / "a.jsonl.gz", tmp_path / "a.segue"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(export, "w") as archive:
        archive.write(plain, MEMBER)
    assert list(read_impressions(packed)) == list(read_impressions(plain))
    assert list(read_impressions(export)) == list(read_impressions(plain))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": []}, "rows is not a list"),
        ({"rows": [{"title": "Ebb", "probability": 1.5}]}, "probability is 1.5"),
        ({"rows": [{"title": "Ebb"}]}, "probability is None"),
        ({"rows": [{"probability": 0.5}]}, "neither a title nor an artist"),
        ({"rows": [3]}, "a row is no object"),
        ({"chosen": 2}, "rows go from 0 to 1"),
        ({"chosen": True}, "chosen is True"),
        ({"outcome": "hummed"}, "wanted finished, skipped, liked"),
        ({"at_ms": -1}, "no time"),
    ],
)
def test_what_a_line_says_wrongly_is_named_with_its_number(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    file = written(tmp_path / "a.jsonl", SHOWN, {**SHOWN, **change})
    with pytest.raises(ReadError, match=f"line 2.*{words}"):
        list(read_impressions(file))


@pytest.mark.parametrize("name", ["at_ms", "rows", "chosen", "outcome"])
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    record = {key: value for key, value in SHOWN.items() if key != name}
    with pytest.raises(ReadError, match=f"line 1: '{name}' is missing"):
        list(read_impressions(written(tmp_path / "a.jsonl", record)))


def test_an_empty_file_a_missing_one_and_an_older_export_are_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no lists are in this file"):
        list(read_impressions(written(tmp_path / "a.jsonl")))
    with pytest.raises(ReadError, match="No such file"):
        list(read_impressions(tmp_path / "none"))
    with zipfile.ZipFile(tmp_path / "b.segue", "w") as archive:
        archive.writestr("segue.json", "{}")
    with pytest.raises(ReadError, match="holds no lists"):
        list(read_impressions(tmp_path / "b.segue"))


PIECES = (b'{"at_ms":5,"rows":[', b'{"title":"x","probability":', b"NaN", b"0.5", b"1e999", b"}",
          b"]", b',"chosen":null', b',"chosen":0', b',"outcome":"liked"}', b"\n", b"PK\x03\x04",
          b"\x1f\x8b", b"\xff", b"[" * 50, b"null", b"-1")  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_any_bytes_give_lists_or_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "a.jsonl"
    file.write_bytes(content)
    found, said = [], ""
    try:
        found = list(read_impressions(file))
    except ReadError as problem:
        said = str(problem)
    assert found or str(file) in said
    assert all(len(each.keys) == len(each.probabilities) > 0 for each in found)
