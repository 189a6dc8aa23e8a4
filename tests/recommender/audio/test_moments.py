"""The moments' file: what was written is read, and what is no such file is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.audio.moments import (
    MOMENTS,
    Dimension,
    Moment,
    Moments,
    read_moments,
    write_moments,
)

SOME = Moments("a network", (Dimension("Bright", "bright", (Moment(3, 1.5, 4.5, 2.0),)),))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_moments(tmp_path / "new" / "folder", SOME)
    assert read_moments(tmp_path / "new" / "folder") == SOME


def test_where_there_is_no_file_there_are_no_moments(tmp_path: Path) -> None:
    assert read_moments(tmp_path) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format_version": 1}', "\0"])
def test_a_damaged_file_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / MOMENTS).write_text(content)
    assert read_moments(tmp_path) is None


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    write_moments(tmp_path, SOME)
    value = json.loads((tmp_path / MOMENTS).read_text())
    (tmp_path / MOMENTS).write_text(json.dumps({**value, "format_version": 99}))
    assert read_moments(tmp_path) is None


@given(st.binary(max_size=200))
def test_no_bytes_raise(content: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / MOMENTS).write_bytes(content)
        read_moments(Path(folder))
