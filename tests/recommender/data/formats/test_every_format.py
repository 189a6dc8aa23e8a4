"""What holds for the readers of all formats."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.formats import FORMATS, RawList, ReadError, lines, read_lists, song_key

PIECES = (
    b"user,end_time_utc,artist,track,ms_played\n", b"UserId\tSessionId\tItemId\tTime\tArtistId\n",
    b"session_id,session_position,session_length,track_id_clean,skip_2,date,hour_of_day\n",
    b"a,2024-05-01T10:00:00Z,b,c,1000\n", b"a,2024-05-01T10:00:00Z,,,1\n", b"s,1,2,,1,,\n",
    b"1\t1\t\t1\t\n", b"u\t2009-05-04T23:08:57Z\t\t\t\t\n",
    b"1\t1\t1\t139\t5\n", b"s,1,2,t,True,2018-07-15,16\n",
    b"u\t2009-05-04T23:08:57Z\ti\ta\tt\tb\n", b'{"playlists":', b'[{"tracks":[', b"]}]}",
    b'{"artist_name":"a","track_name":"b"}', b"<playlist><trackList><track>", b"<title>x</title>",
    b"</track></trackList></playlist>", b"#EXTINF:1,a - b\n", b"0 1 2\n", b"7 8 9\n", b'"', b"\0",
    b"\r", b"\xff", b"\xef\xbb\xbf", b"\x1f\x8b", b"9" * 30, b"0001-01-01T00:00:00+23:59", b"1e400",
    b"SQLite format 3\0",
)  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
@settings(deadline=None, max_examples=50)
@given(
    content=st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join),
    packed=st.booleans(),
)
def test_any_bytes_give_lists_or_words(
    tmp_path_factory: pytest.TempPathFactory, kind: str, content: bytes, packed: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    names = ("a.xspf", "a.m3u") if kind == "playlists" else ("a.txt",)
    for name in names:
        file = folder / name
        file.write_bytes(gzip.compress(content, 1) if packed else content)
        said = ""
        found: list[RawList] = []
        try:
            found = list(read_lists([file], kind))
        except ReadError as problem:
            said = str(problem)
        assert found or str(file) in said
        assert all(play.key for each in found for play in each.plays)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_missing_file_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ReadError, match=r"none\.x: .*o such file"):
        list(read_lists([tmp_path / "none.x"], kind))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_folder_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ReadError) as problem:
        list(read_lists([tmp_path], kind))
    assert str(tmp_path) in str(problem.value)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "segue"])
def test_gzip_data_that_breaks_off_is_named(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "a.m3u"
    file.write_bytes(gzip.compress(b"0 1 2 3 4 5 6 7 8 9\n" * 50)[:-9])
    with pytest.raises(ReadError, match="the gzip data cannot be read"):
        list(read_lists([file], kind))


@pytest.mark.parametrize("kind", ["yes", "mssd", "30music", "lastfm1k", "plays-csv"])
def test_text_in_a_wrong_encoding_is_named_with_its_line(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "a.txt"
    lastfm = b"u\t2009-05-04T23:08:57Z\ti\ta\tt\tb\n"
    heads = {
        "mssd": PIECES[2], "30music": PIECES[1], "plays-csv": PIECES[0], "lastfm1k": lastfm,
        "yes": b"0 1\n",
    }  # fmt: skip
    file.write_bytes(heads[kind] + "Björk\n".encode("cp1252"))
    with pytest.raises(ReadError, match="line 2: this is not UTF-8 text"):
        list(read_lists([file], kind))


@pytest.mark.parametrize("kind", ["yes", "mssd", "30music", "lastfm1k", "plays-csv"])
def test_a_line_without_end_does_not_fill_the_memory(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", 1 << 20)
    file = tmp_path / "a.txt"
    file.write_bytes(gzip.compress(b"1 " * (1 << 20), 1))
    with pytest.raises(ReadError, match="line 1: longer than 1 MB"):
        list(read_lists([file], kind))


@pytest.mark.parametrize("kind", ["mpd", "playlists"])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LARGEST_FILE", 1 << 20)
    file = tmp_path / "a.m3u"
    file.write_bytes(gzip.compress(b"1 " * (1 << 20), 1))
    with pytest.raises(ReadError, match="larger than 1 MB"):
        list(read_lists([file], kind))


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(ReadError, match="no format 'mp4'; there are: yes, mpd, mssd"):
        list(read_lists([Path("x")], "mp4"))


def test_no_files_at_all_are_said() -> None:
    with pytest.raises(ReadError, match="No file"):
        list(read_lists([], "yes"))


@settings(deadline=None, max_examples=50)
@given(st.text(), st.text())
def test_a_key_is_the_same_however_letters_are_composed_and_spaced(a: str, title: str) -> None:
    key = song_key(a, title)
    apart = (unicodedata.normalize("NFD", text) for text in (f" {a}  ", f"\t{title}"))
    assert song_key(*apart) == key
    assert key.encode("utf-8").decode("utf-8") == key
