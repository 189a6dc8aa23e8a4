"""Reading session logs: what is taken, and the sentences on what cannot be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.formats.lines import ReadError
from recommender.skips.sessions import COLUMNS, Field, read_sessions
from tests.recommender.skips.logs import as_csv, made_rows, play

Rows = list[dict[str, object]]


def small() -> Rows:
    """Two sessions, of three songs and of two."""
    return [
        play("a", 1, 3, "x", 0), play("a", 2, 3, "y", 3), play("a", 3, 3, "x", 2),
        play("b", 1, 2, "z", 1), play("b", 2, 2, "x", 0),
    ]  # fmt: skip


def test_sessions_become_arrays(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(as_csv(small()), encoding="utf-8")
    log = read_sessions([file])
    assert log.names == ("a", "b")
    assert log.lengths.tolist() == [3, 2]
    assert log.songs[:, :4].tolist() == [[0, 1, 0, -1], [2, 0, -1, -1]]
    assert log.skipped()[:, :3].tolist() == [[False, True, True], [False, False, False]]
    assert log.values[0, 1, Field.HOUR] == 16
    assert np.isnan(log.values[1, 2:]).all()
    assert log.absent == ()


def test_a_gzipped_log_says_the_same(tmp_path: Path) -> None:
    plain, packed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
    plain.write_text(as_csv(made_rows(20)), encoding="utf-8")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    one, other = read_sessions([plain]), read_sessions([packed])
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert np.array_equal(one.songs, other.songs)


def test_five_columns_are_enough(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    without = tuple(name for name in COLUMNS if name != "skip_2")
    file.write_text(as_csv(small(), without), encoding="utf-8")
    log = read_sessions([file])
    assert log.absent == without
    assert log.skipped()[0, :3].tolist() == [False, True, True]


def test_sessions_of_one_song_are_left_out_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(as_csv([play("c", 1, 1, "x", 0), *small()]), encoding="utf-8")
    log = read_sessions([file])
    assert (len(log), log.single) == (2, 1)


@pytest.mark.parametrize("there", [slice(0, 1), slice(0, 2)])
def test_sessions_that_are_not_whole_are_left_out_and_counted(tmp_path: Path, there: slice) -> None:
    file = tmp_path / "log.csv"
    whole = [play("w", 1, 2, "x", 0), play("w", 2, 2, "y", 1)]
    file.write_text(as_csv([*small()[:3][there], *whole]), encoding="utf-8")
    log = read_sessions([file])
    assert (log.names, log.cut_off) == (("w",), 1)
    file.write_text(as_csv([*whole, *small()[:3][there]]), encoding="utf-8")
    assert read_sessions([file]).cut_off == 1


def spoilt(at: int, **change: object) -> Callable[[Rows], Rows]:
    def change_row(rows: Rows) -> Rows:
        return [{**row, **change} if n == at else row for n, row in enumerate(rows)]

    return change_row


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: [], "there are no plays"),
        (lambda rows: [play("c", 1, 1, "x", 0)], "1 sessions have a single song"),
        (lambda rows: rows[:2], "a single song and 1 are cut off"),
        (lambda rows: [rows[1], rows[0], rows[2]], "session_position is 2, wanted 1"),
        (lambda rows: [rows[0], rows[0], *rows[1:]], "session_position is 1, wanted 2"),
        (lambda rows: [*rows, *rows[:3]], "'a' comes a second time"),
        (spoilt(1, skip_2=""), "line 3: skip_2 is '', not true or false"),
        (spoilt(1, skip_1="maybe"), "skip_1 is 'maybe'"),
        (spoilt(1, hour_of_day="nan"), "hour_of_day is 'nan'"),
        (spoilt(0, session_length=21), "session_length is 21"),
        (spoilt(0, session_length=2.5), "'2.5', not a whole number"),
        (spoilt(1, session_length=4), "session_length is not 4"),
        (spoilt(1, track_id_clean=""), "track_id_clean is empty"),
    ],
)
def test_what_cannot_be_gets_a_sentence(
    spoil: Callable[[Rows], Rows], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    file.write_text(as_csv(spoil(small())), encoding="utf-8")
    with pytest.raises(ReadError, match=said):
        read_sessions([file])


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(as_csv(small(), ("skip_2",)), encoding="utf-8")
    with pytest.raises(ReadError, match="column 'skip_2' is missing"):
        read_sessions([file])


def test_gzip_cut_short_gets_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "log.csv.gz"
    packed = gzip.compress(as_csv(made_rows(20)).encode())
    file.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(ReadError, match="gzip data cannot be read"):
        read_sessions([file])


@given(text=st.text(st.sampled_from(list("ab,1230\n\"'Truefalse.-")), max_size=200))
def test_chance_text_is_read_or_refused(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("chance") / "log.csv"
    file.write_text(as_csv(small()) + text, encoding="utf-8")
    try:
        log = read_sessions([file])
    except ReadError as error:
        said = str(error)
    else:
        said = f"{len(log)} sessions."
    assert said.endswith(".")


def test_a_half_knows_the_songs_but_not_what_became_of_them(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(as_csv(small()), encoding="utf-8")
    halves = read_sessions([file]).halves()
    assert halves.known.tolist() == [1, 1]
    assert np.isnan(halves.values[:, 1:]).all()
    assert halves.songs[0, 2] == 0
    assert halves.asked()[:, :4].tolist() == [
        [False, True, True, False],
        [False, True, False, False],
    ]
