"""The Spotify Million Playlist Dataset: JSON slices of a thousand playlists each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from recommender.data.formats.lines import ReadError, whole
from recommender.data.formats.records import RawList, RawPlay, clean, named

SLICES = ("mpd.slice.*.json", "mpd.slice.*.json.gz")


def read_mpd(paths: Sequence[Path]) -> Iterator[RawList]:
    """The playlists of slices, or of folders that hold slices; one slice is in memory at a time.

    A song's key is its artist and title, or its URI where it has neither; a list's time is that
    of its last change. Raises ReadError.
    """
    for path in paths:
        for file in _slices(path) if path.is_dir() else [path]:
            yield from _read_slice(file)


def _slices(folder: Path) -> list[Path]:
    found = {file for pattern in SLICES for file in folder.rglob(pattern)}
    if not found:
        raise ReadError(f"{folder}: there are no files named mpd.slice.*.json in this folder.")
    return sorted(found, key=lambda file: [int(each) for each in re.findall(r"\d+", file.name)])


def _read_slice(path: Path) -> Iterator[RawList]:
    content = whole(path)
    if not content.strip():
        raise ReadError(f"{path}: the file is empty.")
    try:
        found = json.loads(content)
    except json.JSONDecodeError as error:
        raise ReadError(f"{path}, line {error.lineno}: this is not JSON ({error.msg}).") from error
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path}: this is not JSON of the dataset ({error}).") from error
    del content
    playlists = found.get("playlists") if isinstance(found, dict) else None
    if not isinstance(playlists, list):
        raise ReadError(f"{path}: there is no list named 'playlists'; is this a slice of the set?")
    for place, each in enumerate(playlists):
        tracks = each.get("tracks") if isinstance(each, dict) else None
        if not isinstance(tracks, list):
            raise ReadError(f"{path}: playlist {place} of the file has no list named 'tracks'.")
        if tracks:
            yield RawList("", _time_of(each), [_play(track, path, place) for track in tracks])


def _play(track: Any, path: Path, place: int) -> RawPlay:
    try:
        play = named(track["artist_name"], track["track_name"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ReadError(
            f"{path}: playlist {place} of the file has a track without the texts 'artist_name' "
            "and 'track_name'."
        ) from error
    if play.key:
        return play
    uri = track.get("track_uri")
    if not isinstance(uri, str) or not uri:
        raise ReadError(f"{path}: playlist {place} of the file has a track without any name.")
    return RawPlay(clean(uri))


def _time_of(playlist: dict[str, Any]) -> int | None:
    at_s = playlist.get("modified_at")
    return at_s if isinstance(at_s, int) and 0 <= at_s < 10**12 else None
