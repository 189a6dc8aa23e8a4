from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.audio.sound import (
    FLOOR_DB,
    MELS,
    STEP_DB,
    Piece,
    content_key,
    decibels,
    in_steps,
    packed,
    unpacked,
)

PIECES = st.lists(
    st.builds(
        Piece,
        st.floats(0, 1e5),
        st.integers(0, 5).flatmap(lambda frames: arrays(np.uint8, (frames, MELS))),
    ),
    max_size=4,
).map(tuple)


@given(PIECES)
def test_pieces_are_the_same_after_packing(pieces: tuple[Piece, ...]) -> None:
    again = unpacked(packed(pieces))

    assert [piece.start_s for piece in again] == [piece.start_s for piece in pieces]
    for one, other in zip(again, pieces, strict=True):
        np.testing.assert_array_equal(one.mel, other.mel)


@settings(max_examples=200)
@given(PIECES, st.data())
def test_damaged_bytes_are_refused_or_read(pieces: tuple[Piece, ...], data: st.DataObject) -> None:
    whole = packed(pieces)
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + 3 :]

    try:
        unpacked(damaged)
    except ValueError:
        return


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"\xff\xff\xff\xff", b"\4\0\0\0null", b"\3\0\0\0[1]",
     b"\x08\0\0\0[[0,-1]]", b"\x07\0\0\0[[0,1]]", b"\x09\0\0\0[[0,1e9]]",
     b"\x0e\0\0\0[[0,-1],[0,2]]" + bytes(MELS)],
)  # fmt: skip
def test_what_is_no_pieces_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        unpacked(data)


@given(arrays(np.float32, (3, MELS), elements=st.floats(-100, 27, width=32)))
def test_levels_are_kept_to_half_a_step(levels: np.ndarray) -> None:
    assert np.abs(decibels(in_steps(levels)) - levels).max() <= STEP_DB / 2 + 1e-4


def test_levels_out_of_range_are_brought_to_its_ends() -> None:
    ends = decibels(in_steps(np.array([[-1e9, -np.inf, 1e9, np.inf]], np.float32)))

    assert ends.tolist() == [[FLOOR_DB, FLOOR_DB, 27.5, 27.5]]


def test_a_file_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    for name, data in [("a", b"x" * 3_000_000), ("b", b"x" * 3_000_000), ("c", b"x" * 2_999_999)]:
        (tmp_path / name).write_bytes(data)

    names = [content_key(tmp_path / name) for name in "abc"]

    assert names[0] == names[1] != names[2]
    with pytest.raises(OSError):
        content_key(tmp_path / "d")
