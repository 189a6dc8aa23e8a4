"""Readers of playlists and listening histories, one list at a time.

| format | what | a song's key |
|---|---|---|
| `yes` | Yes.com `train.txt`, also without its header, names from `song_hash.txt` | its number |
| `mpd` | slices of the Spotify Million Playlist Dataset, or their folder | artist – title |
| `mssd` | Spotify session logs, CSV | `track_id_clean` |
| `30music` | 30Music sessions, TSV | `ItemId` |
| `lastfm1k` | Last.fm 1K plays, TSV without header, cut into sessions | artist – title |
| `playlists` | M3U, M3U8 and XSPF files, or their folder | artist – title |
| `plays-csv` | the plays that `replay` reads, cut into sessions | artist – title |
| `segue` | the player's database | artist – title |

Any file but the database may be gzipped. Keys of names are those of `song_key`, so a model trained
on one of these sources knows the songs of another, and of a library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from recommender.data.formats.lines import ReadError
from recommender.data.formats.mpd import read_mpd
from recommender.data.formats.playlists import read_playlists
from recommender.data.formats.plays import lastfm1k, plays_csv, read_30music, read_plays
from recommender.data.formats.records import RawList, RawPlay, song_key
from recommender.data.formats.segue import read_segue
from recommender.data.formats.sessions import read_mssd
from recommender.data.formats.yes import read_yes

__all__ = ["FORMATS", "RawList", "RawPlay", "ReadError", "read_lists", "song_key"]

Reader = Callable[[Sequence[Path]], Iterator[RawList]]


def _by_file(read: Callable[[Path], Iterator[RawList]], paths: Sequence[Path]) -> Iterator[RawList]:
    for path in paths:
        found = False
        for each in read(path):
            found = True
            yield each
        if not found:
            raise ReadError(f"{path}: there are no lists in this file.")


_READERS: dict[str, Reader] = {
    "yes": partial(_by_file, read_yes),
    "mpd": read_mpd,
    "mssd": partial(_by_file, read_mssd),
    "30music": partial(_by_file, read_30music),
    "lastfm1k": lambda paths: read_plays(paths, lastfm1k),
    "playlists": read_playlists,
    "plays-csv": lambda paths: read_plays(paths, plays_csv),
    "segue": partial(_by_file, read_segue),
}

FORMATS: tuple[str, ...] = tuple(_READERS)


def read_lists(paths: Sequence[Path], kind: str) -> Iterator[RawList]:
    """The lists of all files in order, streamed; raises ReadError in words."""
    if kind not in _READERS:
        raise ReadError(f"There is no format {kind!r}; there are: {', '.join(FORMATS)}.")
    if not paths:
        raise ReadError("No file was named to read.")
    found = False
    try:
        for each in _READERS[kind](paths):
            found = True
            yield each
    except OSError as error:
        raise ReadError(f"{error.filename}: {error.strerror or error}.") from error
    if not found:
        raise ReadError(f"{', '.join(map(str, paths))}: there are no lists in it.")
