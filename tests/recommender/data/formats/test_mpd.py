"""Slices of the Spotify Million Playlist Dataset."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from recommender.data.formats import RawPlay, ReadError, read_lists


def track(artist: str, title: str) -> dict[str, Any]:
    """A track as the published slices have it."""
    return {
        "pos": 0, "track_uri": f"spotify:track:{title}", "artist_uri": "spotify:artist:1",
        "artist_name": artist, "track_name": title, "album_uri": "spotify:album:1",
        "album_name": "Harbour", "duration_ms": 200_000,
    }  # fmt: skip


def playlist(number: int, *tracks: dict[str, Any]) -> dict[str, Any]:
    return {"pid": number, "name": "evening", "modified_at": 1_500_000_000, "tracks": list(tracks)}


def slice_of(path: Path, *playlists: dict[str, Any]) -> Path:
    content = json.dumps({"info": {"version": "v1"}, "playlists": playlists}).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_a_slice_gives_its_playlists_with_names_and_time(tmp_path: Path) -> None:
    file = slice_of(
        tmp_path / "any.json",
        playlist(0, track("Mira Vale", "Slow  Tide"), track("ÉMILE", "Ebb")),
        playlist(1),
        playlist(2, track("", "")),
    )
    first, second = read_lists([file], "mpd")
    assert first.plays == [
        RawPlay("mira vale – slow tide", "Mira Vale", "Slow Tide"),
        RawPlay("émile – ebb", "ÉMILE", "Ebb"),
    ]
    assert first.at_s == 1_500_000_000
    assert [play.key for play in second.plays] == ["spotify:track:"]


def test_a_folder_gives_its_slices_by_number(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for start in (0, 1000, 2000, 10_000):
        suffix = ".json.gz" if start == 1000 else ".json"
        slice_of(
            tmp_path / "data" / f"mpd.slice.{start}-{start + 999}{suffix}",
            playlist(start, track("a", str(start))),
        )
    (tmp_path / "data" / "challenge_set.json").write_text("not read")
    found = [each.plays[0].title for each in read_lists([tmp_path], "mpd")]
    assert found == ["0", "1000", "2000", "10000"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b'{"playlists": [\n{"tracks": [}', "line 2: this is not JSON"),
        (b"\xff\xfe\xfa", "not JSON of the dataset"),
        (b"[" * 100_000, "not JSON of the dataset"),
        (b'{"playlists": ' + b"9" * 5000 + b"}", "not JSON of the dataset"),
        (b"[]", "no list named 'playlists'"),
        (b'{"playlists": [3]}', "playlist 0 of the file has no list named 'tracks'"),
        (b'{"playlists": [{"tracks": [{}]}]}', "playlist 0 of the file has a track without"),
        (b'{"playlists": [{"tracks": [{"artist_name": 1, "track_name": 2}]}]}', "a track without"),
        (b'{"playlists": []}', "there are no lists"),
    ],
)
def test_what_is_no_slice_is_said_with_the_file(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "mpd.slice.0-999.json"
    file.write_bytes(content)
    with pytest.raises(ReadError) as problem:
        list(read_lists([file], "mpd"))
    assert said in str(problem.value)
    assert str(file) in str(problem.value)


def test_a_folder_without_slices_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"no files named mpd\.slice"):
        list(read_lists([tmp_path], "mpd"))


def test_half_a_character_in_a_name_can_be_written_later(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(
        '{"playlists":[{"tracks":[{"artist_name":"\\ud800","track_name":"x"}]}]}', encoding="utf-8"
    )
    (only,) = read_lists([file], "mpd")
    assert only.plays[0].key.encode("utf-8") == b"? \xe2\x80\x93 x"
