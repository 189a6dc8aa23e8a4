"""Playlists, friendly and hostile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.player.playlists import (
    PlaylistEntry,
    PlaylistError,
    is_hls,
    parse_playlist,
    read_playlist,
    write_m3u8,
)

XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>All</title><trackList>
<track><location>songs/A%20B.mp3</location><creator>Ann</creator><title>One &amp; Two</title>
<duration>61000</duration></track>
<track><location>https://radio.example/live</location></track>
<track><title>nowhere</title></track></trackList></playlist>"""


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def locations(path: Path) -> list[str]:
    return [entry.location for entry in read_playlist(path)]


def test_an_m3u_with_titles_and_relative_paths(tmp_path: Path) -> None:
    list_file = write(
        tmp_path / "a.m3u",
        "\ufeff#EXTM3U\r\n#EXTINF:123,Ann - One\r\nsongs/one.mp3\r\n\r\n# remark\r\n"
        "../two.flac\r\nhttp://radio.example:8000/live\r\n",
    )
    assert read_playlist(list_file) == [
        PlaylistEntry(str(tmp_path / "songs/one.mp3"), "Ann - One", 123_000),
        PlaylistEntry(str(tmp_path.parent / "two.flac")),
        PlaylistEntry("http://radio.example:8000/live"),
    ]


def test_a_pls_in_any_order(tmp_path: Path) -> None:
    list_file = write(
        tmp_path / "a.pls",
        "[playlist]\nNumberOfEntries=2\nFile2=b.mp3\nTitle1=First\n"
        "FILE1=http://radio.example/x\nLength1=-1\nLength2=30\n",
    )
    assert read_playlist(list_file) == [
        PlaylistEntry("http://radio.example/x", "First"),
        PlaylistEntry(str(tmp_path / "b.mp3"), "", 30_000),
    ]


def test_an_xspf_with_titles_and_encoded_names(tmp_path: Path) -> None:
    assert read_playlist(write(tmp_path / "a.xspf", XSPF)) == [
        PlaylistEntry(str(tmp_path / "songs/A B.mp3"), "Ann - One & Two", 61_000),
        PlaylistEntry("https://radio.example/live"),
    ]


def test_file_urls_are_paths(tmp_path: Path) -> None:
    list_file = write(tmp_path / "a.m3u", "file:///m/caf%C3%A9.mp3\nfile://other/x.mp3\n")
    assert locations(list_file) == ["/m/café.mp3"]


def test_names_in_an_old_encoding_are_found(tmp_path: Path) -> None:
    (tmp_path / "café.mp3").write_bytes(b"x")
    content = "#EXTM3U\n#EXTINF:1,Café\ncafé.mp3\n".encode("cp1252")
    entry = read_playlist(write(tmp_path / "a.m3u", content))[0]
    assert entry.location == str(tmp_path / "café.mp3")
    assert entry.title == "Café"


@pytest.mark.skipif(os.name == "nt", reason="such names exist on POSIX only")
def test_names_that_are_not_utf_8_are_found(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.mp3"
    Path(os.fsdecode(name)).write_bytes(b"x")
    entry = read_playlist(write(tmp_path / "a.m3u", b"caf\xe9.mp3\n"))[0]
    assert os.fsencode(entry.location) == name


def test_utf_16_lists_are_read(tmp_path: Path) -> None:
    assert locations(write(tmp_path / "a.m3u", "one.mp3\n".encode("utf-16"))) == [
        str(tmp_path / "one.mp3")
    ]


def test_windows_separators_are_understood(tmp_path: Path) -> None:
    assert locations(write(tmp_path / "a.m3u", "songs\\one.mp3\n")) == [
        str(tmp_path / "songs/one.mp3")
    ]


def test_lists_that_include_each_other_end(tmp_path: Path) -> None:
    write(tmp_path / "a.m3u", "one.mp3\nb.m3u\na.m3u\n")
    write(tmp_path / "b.m3u", "two.mp3\na.m3u\nmissing.m3u\n")
    names = [Path(location).name for location in locations(tmp_path / "a.m3u")]
    assert names == ["one.mp3", "two.mp3"]


def test_a_list_of_a_great_many_lists_is_bounded(tmp_path: Path) -> None:
    for number in range(80):
        write(tmp_path / f"{number}.m3u", "".join(f"{i}.m3u\n" for i in range(80)) + "x.mp3\n")
    assert 1 <= len(locations(tmp_path / "0.m3u")) <= 64


@pytest.mark.parametrize(
    "hostile",
    [
        "\\\\server\\share\\x.mp3",
        "//server/share/x.mp3",
        "/dev/zero",
        "../../../../../../../../../../dev/zero",
        "file:///proc/self/environ",
        "ftp://example.org/x.mp3",
        "smb://example.org/x.mp3",
        "javascript:alert(1)",
        "vlc://quit",
        "http://",
        "http://[bad/x",
        "x\0y.mp3",
        "a" * 1_000_000,
        "C:\\music\\x.mp3",
    ],
)
def test_hostile_entries_are_left_out(tmp_path: Path, hostile: str) -> None:
    list_file = write(tmp_path / "a.m3u", f"{hostile}\nfine.mp3\n")
    assert locations(list_file) == [str(tmp_path / "fine.mp3")]


def test_a_list_from_a_server_names_no_files() -> None:
    content = b"/etc/passwd\nfile:///etc/passwd\nlive/a.mp3\nhttps://b.example/b\n"
    found = [entry.location for entry in parse_playlist(content, "http://a.example/l/x.m3u")]
    assert found == [
        "http://a.example/etc/passwd",
        "http://a.example/l/live/a.mp3",
        "https://b.example/b",
    ]


@pytest.mark.parametrize(
    "bomb",
    [
        '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        "<playlist><trackList><track><location>&b;</location></track></trackList></playlist>",
        '<!DOCTYPE p SYSTEM "file:///etc/passwd"><playlist/>',
        '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<playlist><trackList><track><location>&x;</location></track></trackList></playlist>",
    ],
)
def test_xml_bombs_are_refused_in_words(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(PlaylistError, match="not safe"):
        read_playlist(write(tmp_path / "a.xspf", bomb))


@pytest.mark.parametrize("name", ["gone.m3u", "."])
def test_what_is_no_file_is_told_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(PlaylistError, match=r"Choose"):
        read_playlist(tmp_path / name)


def test_endless_files_are_not_read() -> None:
    with pytest.raises(PlaylistError, match="not a playlist file"):
        read_playlist(Path("/dev/zero"))


def test_a_list_without_anything_playable_says_so(tmp_path: Path) -> None:
    with pytest.raises(PlaylistError, match="nothing that can be played"):
        read_playlist(write(tmp_path / "a.m3u", "#EXTM3U\n"))


def test_broken_xml_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(PlaylistError, match="damaged"):
        read_playlist(write(tmp_path / "a.xspf", XSPF[:150]))


def test_an_hls_playlist_is_one_stream() -> None:
    hls = b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\npart1.ts\n"
    assert is_hls(hls)
    with pytest.raises(PlaylistError, match="stream"):
        parse_playlist(hls, "http://a.example/live.m3u8")


def test_a_huge_list_is_cut(tmp_path: Path) -> None:
    list_file = write(tmp_path / "a.m3u", "".join(f"{n}.mp3\n" for n in range(30_000)))
    assert len(locations(list_file)) == 20_000


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    entries = [
        PlaylistEntry(str(tmp_path / "one.mp3"), "Ann - One\nmore", 61_000),
        PlaylistEntry("https://radio.example/live", "Radio"),
    ]
    write_m3u8(tmp_path / "out.m3u8", entries)
    read = read_playlist(tmp_path / "out.m3u8")
    assert [entry.location for entry in read] == [entry.location for entry in entries]
    assert read[0].title == "Ann - One more"
    assert read[0].duration_ms == 61_000


def test_a_list_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(PlaylistError, match="cannot be written"):
        write_m3u8(tmp_path / "no folder" / "out.m3u8", [])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"[playlist]\n", b"#EXTM3U\n", b"<?xml "]))
def test_any_bytes_give_entries_or_a_sentence(content: bytes, start: bytes) -> None:
    sentence = ""
    entries: list[PlaylistEntry] = []
    try:
        entries = parse_playlist(start + content, "/music/list.m3u")
    except PlaylistError as error:
        sentence = str(error)
    assert bool(entries) != sentence.endswith(".")
    for entry in entries:
        remote = entry.location.lower().startswith(("http://", "https://"))
        assert remote or os.path.isabs(entry.location)
        assert "\0" not in entry.location
