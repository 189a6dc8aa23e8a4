"""Yes.com playlists, with and without their header."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.formats import RawPlay, ReadError, read_lists
from recommender.data.formats.yes import is_header

HEADER = "7000038 7000999 7003000 7004000\n3 2 2 1\n"
LISTS = "0 1 2 \n1 0\n\n2 3 0\n"


def lists_of(path: Path) -> list[list[str]]:
    return [[play.key for play in each.plays] for each in read_lists([path], "yes")]


def written(folder: Path, content: str, name: str = "train.txt") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_a_header_is_left_out_and_lists_come_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + LISTS)
    assert lists_of(path) == [["0", "1", "2"], ["1", "0"], ["2", "3", "0"]]


def test_a_file_without_a_header_gives_the_same_lists(tmp_path: Path) -> None:
    with_header = written(tmp_path, HEADER + LISTS, "a.txt")
    assert lists_of(written(tmp_path, LISTS, "b.txt")) == lists_of(with_header)


def test_a_gzipped_file_gives_the_same_lists_whatever_its_name(tmp_path: Path) -> None:
    plain = written(tmp_path, HEADER + LISTS)
    packed = tmp_path / "dev"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert lists_of(packed) == lists_of(plain)


def test_two_equal_lists_at_the_top_are_no_header(tmp_path: Path) -> None:
    path = written(tmp_path, "21 22\n21 22\n29 30\n")
    assert lists_of(path) == [["21", "22"], ["21", "22"], ["29", "30"]]


def test_lists_over_all_songs_of_a_tiny_set_are_no_header() -> None:
    lists = ["0 1 2", "2 1 0", "1 2 0", "0 2 1", "1 0 2"]
    assert not is_header([each.split() for each in lists])


def test_a_header_is_known_though_its_counts_are_of_another_file() -> None:
    rows = ["700 701 702 703", "1 0 0 1", "0 1", "1 2 3", "0 1"]
    assert is_header([each.split() for each in rows])


def test_names_come_from_the_hash_file_beside_it(tmp_path: Path) -> None:
    written(tmp_path, "0 \tGet Up (w\\/ B)\tMira Vale\n1 \tEbb\tMira  Vale\n", "song_hash.txt")
    (only,) = read_lists([written(tmp_path, "0 1 9\n")], "yes")
    assert only.plays == [
        RawPlay("0", "Mira Vale", "Get Up (w/ B)"),
        RawPlay("1", "Mira Vale", "Ebb"),
        RawPlay("9"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("\n\n", "there are no lists"),
        ("0 1\n2 -3\n", "line 2: '-3' is not a song number"),
        ("0 1\n2 x\n", "line 2: 'x' is not a song number"),
        ("0 1\n\n0 1.5\n", "line 3: '1.5' is not a song number"),
        ("0 ²\n", "line 1: '²' is not a song number"),
        ("0 99999999999\n", "line 1: song 99999999999 is too large"),
        (HEADER + LISTS * 100 + "0 4\n", "line 403: song 4, but the header has 4 songs"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, content: str, said: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ReadError) as problem:
        lists_of(path)
    assert said in str(problem.value)
    assert str(problem.value).startswith(str(path))


def test_a_damaged_hash_file_is_named(tmp_path: Path) -> None:
    names = written(tmp_path, "0\tno artist\n", "song_hash.txt")
    with pytest.raises(ReadError, match=r"line 1: wanted number, title and artist") as problem:
        lists_of(written(tmp_path, "0 1\n"))
    assert str(names) in str(problem.value)


@settings(deadline=None)
@given(
    lists=st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=12), min_size=1),
    songs=st.integers(31, 60),
)
def test_any_lists_come_back_with_a_header_and_without_one(
    tmp_path_factory: pytest.TempPathFactory, lists: list[list[int]], songs: int
) -> None:
    folder = tmp_path_factory.mktemp("yes")
    lists = [*lists[:2], [30], *lists[2:]]  # a header would have 31 tokens
    counts = [sum(each.count(song) for each in lists) for song in range(songs)]
    head = [[7_000_000 + song for song in range(songs)], counts]
    for rows in (lists, head + lists):
        text = "".join(" ".join(map(str, row)) + " \n" for row in rows)
        found = lists_of(written(folder, text))
        assert found == [[str(song) for song in each] for each in lists]
