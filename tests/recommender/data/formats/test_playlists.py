"""Folders of playlists as players write them."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.formats import RawPlay, ReadError, read_lists

XSPF = '<?xml version="1.0" encoding="UTF-8"?><playlist xmlns="http://xspf.org/ns/0/">{}</playlist>'
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<playlist><trackList><track><title>&b;</title></track></trackList></playlist>"
)


def names(path: Path) -> list[list[tuple[str, str]]]:
    return [
        [(play.artist, play.title) for play in each.plays]
        for each in read_lists([path], "playlists")
    ]


def test_an_m3u_gives_names_from_its_notes_and_else_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.m3u8").write_text(
        "\ufeff#EXTM3U\r\n#EXTINF:215,Mira Vale - Ebb - Flow\r\n/music/01.mp3\r\n"
        "#PLAYLIST:evening\r\n\r\nC:\\Music\\Björk - Jóga.flac\r\nfile:///m/Sigur%20R%C3%B3s.ogg\r\n",
        encoding="utf-8",
    )
    assert names(tmp_path) == [[("Mira Vale", "Ebb - Flow"), ("Björk", "Jóga"), ("", "Sigur Rós")]]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1"])
def test_an_m3u_may_have_an_old_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.m3u"
    file.write_bytes("#EXTINF:1,Björk - Jóga\nx.mp3\n".encode(encoding))
    assert names(file) == [[("Björk", "Jóga")]]


def test_bytes_that_windows_does_not_know_are_read_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.m3u"
    file.write_bytes(b"Bj\xf6rk - J\x81ga.mp3\n")
    assert names(file) == [[("Björk", "J\x81ga")]]


def test_an_xspf_gives_creators_and_titles_and_else_file_names(tmp_path: Path) -> None:
    (tmp_path / "a.XSPF").write_text(
        XSPF.format(
            "<title>evening</title><trackList>"
            "<track><creator>Mira Vale</creator><title>Ebb &amp; Flow</title></track>"
            "<track><location>file:///m/Bj%C3%B6rk%20-%20J%C3%B3ga.mp3</location></track>"
            "<track/></trackList>"
        ),
        encoding="utf-8",
    )
    assert names(tmp_path) == [[("Mira Vale", "Ebb & Flow"), ("Björk", "Jóga")]]


def test_a_folder_is_searched_to_the_bottom_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "2.m3u").write_text("two.mp3\n")
    (tmp_path / "a.m3u").write_text("one.mp3\n")
    (tmp_path / "empty.m3u").write_text("#EXTM3U\n")
    (tmp_path / "cover.jpg").write_bytes(b"\0")
    assert names(tmp_path) == [[("", "one")], [("", "two")]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xspf", BOMB.encode(), "a document type is not read"),
        ("a.xspf", BOMB.encode("utf-16"), "a document type is not read"),
        ("a.xspf", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "a document type is not read"),
        ("a.xspf", b"<playlist>\n<track></playlist>", "line 2: not XML"),
        ("a.xspf", b"", "line 1: not XML"),
        ("a.xspf", b'<?xml version="1.0" encoding="martian"?><x/>', "a.xspf"),
        ("a.m3u", b"\0\1\2", "this is not a text file"),
        ("a.m3u", b"#EXTM3U\n", "there are no lists"),
        ("a.txt", b"nothing here", "there are no playlists"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError) as problem:
        names(tmp_path)
    assert said in str(problem.value)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1
).map(lambda text: " ".join(text.split()))


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS).filter(all), min_size=1, max_size=8))
def test_any_names_come_back_from_an_xspf(
    tmp_path_factory: pytest.TempPathFactory, songs: list[tuple[str, str]]
) -> None:
    file = tmp_path_factory.mktemp("xspf") / "a.xspf"
    tracks = "".join(
        f"<track><creator>{escape(artist)}</creator><title>{escape(title)}</title></track>"
        for artist, title in songs
        if "\ufffe" not in artist + title and "\uffff" not in artist + title
    )
    file.write_text(
        XSPF.format(f"<trackList>{tracks}<track><title>end</title></track></trackList>")
    )
    kept = [
        song for song in songs if "\ufffe" not in "".join(song) and "\uffff" not in "".join(song)
    ]
    assert names(file) == [[*kept, ("", "end")]]


def test_a_song_has_the_same_key_in_a_playlist_as_by_its_names(tmp_path: Path) -> None:
    file = tmp_path / "a.m3u"
    file.write_text("MIRA vale - slow Tide.mp3\n")
    (only,) = read_lists([file], "playlists")
    assert only.plays == [RawPlay("mira vale – slow tide", "MIRA vale", "slow Tide")]
