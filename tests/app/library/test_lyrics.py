"""Lyrics out of real files, and out of files that are not what they say."""

from __future__ import annotations

import os
import struct
import tracemalloc
from pathlib import Path

import mutagen
import pytest
from mutagen.id3 import USLT

from app.library.lyrics import MOST_CHARACTERS, Lyrics, read_lyrics
from tests.making import FORMATS, make_audio

WORDS = "Déjà vu\nall over again"
LRC = (
    "[ar: Somebody]\n[ti: Something]\n"
    "[00:12.50]Déjà vu\n[00:14.00][01:20.1]<00:14.10>all over again\n"
)


def song(folder: Path, format: str = "mp3", lyrics: str | None = None) -> Path:
    path = make_audio(folder / f"song.{format}", tags={"title": "Song"})
    if lyrics is not None:
        file = mutagen.File(path)
        if format in ("mp3", "wav"):
            file.tags.add(USLT(encoding=3, lang="eng", desc="", text=lyrics))
        else:
            file["\xa9lyr" if format == "m4a" else "LYRICS"] = [lyrics]
        file.save()
    return path


@pytest.mark.parametrize("format", FORMATS)
def test_lyrics_in_the_tags_are_read(tmp_path: Path, format: str) -> None:
    assert read_lyrics(str(song(tmp_path, format, WORDS))) == WORDS


@pytest.mark.parametrize("format", FORMATS)
def test_a_song_without_lyrics_has_none(tmp_path: Path, format: str) -> None:
    assert read_lyrics(str(song(tmp_path, format))) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_beside_the_song_loses_its_time_stamps(tmp_path: Path, encoding: str) -> None:
    path = song(tmp_path)
    path.with_suffix(".lrc").write_bytes(LRC.encode(encoding))
    assert read_lyrics(str(path)) == WORDS


def test_the_file_beside_the_song_goes_before_its_tags(tmp_path: Path) -> None:
    path = song(tmp_path, lyrics="of the tag")
    path.with_suffix(".LRC").write_text("of the file")
    assert read_lyrics(str(path)) == "of the file"


def test_an_empty_file_beside_the_song_leaves_it_to_the_tags(tmp_path: Path) -> None:
    path = song(tmp_path, lyrics="of the tag")
    path.with_suffix(".lrc").write_text("[ar: Somebody]\n[00:01.00]\n")
    assert read_lyrics(str(path)) == "of the tag"


def test_long_lyrics_are_cut(tmp_path: Path) -> None:
    path = song(tmp_path)
    path.with_suffix(".lrc").write_text("é la\n" * 200_000, encoding="utf-8")
    text = read_lyrics(str(path))
    assert len(text) == MOST_CHARACTERS
    assert text.startswith("é la\né la")


def test_what_is_no_file_is_neither_read_nor_waited_for(tmp_path: Path) -> None:
    path = song(tmp_path, lyrics="of the tag")
    os.mkfifo(path.with_suffix(".lrc"))
    path.with_suffix(".LRC").mkdir()
    assert read_lyrics(str(path)) == "of the tag"
    os.mkfifo(tmp_path / "pipe.mp3")
    assert read_lyrics(str(tmp_path / "pipe.mp3")) == ""


def test_a_device_without_end_is_no_lyrics(tmp_path: Path) -> None:
    path = song(tmp_path)
    path.with_suffix(".lrc").symlink_to("/dev/zero")
    assert read_lyrics(str(path)) == ""


def test_a_song_that_is_gone_or_a_stream_has_none(tmp_path: Path) -> None:
    assert read_lyrics(str(tmp_path / "gone.mp3")) == ""
    assert read_lyrics("https://example.org/radio") == ""
    assert read_lyrics("nul\0.mp3") == ""


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "m4a", "wav"])
def test_rubbish_has_no_lyrics(tmp_path: Path, suffix: str) -> None:
    whole = song(tmp_path, suffix, WORDS).read_bytes()
    for number, data in enumerate([b"", b"\0" * 5000, whole[: len(whole) // 3], whole[3:],
                                   bytes(byte ^ 0x55 for byte in whole)]):  # fmt: skip
        path = tmp_path / f"{number}.{suffix}"
        path.write_bytes(data)
        assert isinstance(read_lyrics(str(path)), str)


def test_a_tag_that_claims_a_gigabyte_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "huge.m4a"
    brand = struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0)
    text = struct.pack(">I4s", 1_000_000_000 - 16, b"data")
    ilst = struct.pack(">I4s", 1_000_000_000 - 8, b"\xa9lyr") + text
    meta = struct.pack(">I4s", 1_000_000_000, b"ilst") + ilst
    moov = struct.pack(">I4s", 1_000_000_024, b"moov") + struct.pack(">I4s", 1_000_000_016, b"udta")
    with path.open("wb") as file:
        file.write(brand + moov + struct.pack(">I4sI", 1_000_000_008 + 4, b"meta", 0) + meta)
        file.truncate(1_200_000_000)
    tracemalloc.start()
    assert len(read_lyrics(str(path))) <= MOST_CHARACTERS
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 64_000_000


def test_lyrics_of_many_songs_are_read_one_by_one(tmp_path: Path) -> None:
    lyrics = Lyrics({7: str(song(tmp_path, lyrics=WORDS)), 8: str(tmp_path / "gone.mp3")})
    assert dict(lyrics) == {7: WORDS, 8: ""}
    assert lyrics.get(9, "") == ""
