"""Playlists by the million: memory and time to build a corpus of five million transitions.

The sets are generated with as many different songs as the Spotify Million Playlist Dataset has,
since names are what must stay in memory, and an eleventh of its plays. What the other plays would
add is computed as if every page of their arrays were resident.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row, at_most

TRANSITIONS = 5_000_000
WHOLE_TRANSITIONS = 66_000_000
LIST_SONGS = 67
"""Songs of a list; the published set has 66,346,428 plays in 1,000,000 lists."""

SONGS = 2_262_292
ARTISTS = 295_860
SLICE_LISTS = 1000
BUDGET_MB = 2000.0
LIMIT_S = 900.0

PLAYLIST = """        {
            "name": "evening", "collaborative": "false", "modified_at": 1500000000,
            "pid": %d, "tracks": [%s]
        }"""

TRACK = """
                {
                    "pos": %d,
                    "artist_name": "Some Artist %d",
                    "track_uri": "spotify:track:%022d",
                    "artist_uri": "spotify:artist:%022d",
                    "track_name": "A Song of This Length %d",
                    "album_uri": "spotify:album:%022d",
                    "duration_ms": 200000,
                    "album_name": "An Album of Such Songs %d"
                }"""

LIST_BYTES = 8 + 8 + 4
"""Of a list: its start in the songs, its time and its user."""

PLAY_BYTES = 4 + 1
"""Of a play: its song and its feedback."""

BUILD = """
import json, resource, sys, time
from pathlib import Path
from recommender.data.build import open_corpus

began = time.process_time()
corpus = open_corpus([Path(sys.argv[1])], sys.argv[2], folder=Path(sys.argv[3]))
taken_s = time.process_time() - began
counts = corpus.counts()  # reads every song, so that all of them are resident
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({
    "transitions": corpus.transitions, "songs": len(corpus.vocabulary), "seconds": taken_s,
    "peak_mb": peak * (1 if sys.platform == "darwin" else 1024) / 1e6,
}))
"""


def rows() -> list[Row]:
    """Peak memory and time of both sets, and what the whole set would take."""
    measured: list[Row] = []
    for kind, write in (("mpd", write_slices), ("yes", write_lists)):
        with tempfile.TemporaryDirectory(prefix="segue-corpus-") as folder:
            source = write(Path(folder), draw())
            measured += _rows_of(kind, build(source, kind, Path(folder) / "arrays"))
    return measured


def draw() -> np.ndarray:
    """Lists of songs, (lists, LIST_SONGS): each song once, the rest by a long-tailed choice."""
    rng = np.random.default_rng(11)
    lists = TRANSITIONS // (LIST_SONGS - 1) + 1
    songs = (SONGS * rng.random(lists * LIST_SONGS) ** 3).astype(np.int32)
    songs[rng.permutation(len(songs))[:SONGS]] = np.arange(SONGS)
    return songs.reshape(lists, LIST_SONGS)


def write_slices(folder: Path, lists: np.ndarray) -> Path:
    """Slices of a thousand playlists, with the fields and blanks of the published ones."""
    for first in range(0, len(lists), SLICE_LISTS):
        block = enumerate(lists[first : first + SLICE_LISTS].tolist(), first)
        text = ",\n".join(
            PLAYLIST % (number, ",".join(_track(*each) for each in enumerate(songs)))
            for number, songs in block
        )
        name = f"mpd.slice.{first}-{first + SLICE_LISTS - 1}.json"
        (folder / name).write_text(f'{{"info": {{}}, "playlists": [\n{text}\n]}}', encoding="utf-8")
    return folder


def write_lists(folder: Path, lists: np.ndarray) -> Path:
    """The same lists as lines of numbers, with a header."""
    path = folder / "train.txt"
    counts = np.bincount(lists.ravel(), minlength=SONGS)
    with path.open("w", encoding="utf-8") as file:
        for row in (range(10_000_000, 10_000_000 + SONGS), counts.tolist(), *lists.tolist()):
            file.write(" ".join(map(str, row)) + " \n")
    return path


def build(source: Path, kind: str, folder: Path) -> dict[str, float]:
    """What a process of its own says about building the corpus."""
    command = [sys.executable, "-c", BUILD, str(source), kind, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT_S)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def whole_mb(peak_mb: float) -> float:
    """Peak memory of the whole set in MB, from that of the generated one."""
    more = WHOLE_TRANSITIONS - TRANSITIONS
    more_lists = more / (LIST_SONGS - 1)
    return peak_mb + (more_lists * LIST_BYTES + (more + more_lists) * PLAY_BYTES) / 1e6


def _rows_of(kind: str, found: dict[str, float]) -> list[Row]:
    of = f"{kind}, {found['transitions']:,.0f} transitions"
    how = f"own process, {found['songs']:,.0f} songs, arrays mapped from a folder, all read"
    whole = f"{kind}, {WHOLE_TRANSITIONS:,} transitions"
    per_s = found["transitions"] / found["seconds"]
    arithmetic = (
        f"the above + {PLAY_BYTES} bytes a play and {LIST_BYTES} a list, as if all were resident; "
        f"about {WHOLE_TRANSITIONS / per_s / 60:.0f} min for all"
    )
    return [
        at_most(f"peak memory to build, {of}", found["peak_mb"], "MB", BUDGET_MB, how),
        at_most(f"the same by arithmetic, {whole}", whole_mb(found["peak_mb"]), "MB", BUDGET_MB,
                arithmetic),
        Row(f"processor time to build, {of}", found["seconds"], "s", None, None,
            f"{per_s:,.0f} transitions/s"),
    ]  # fmt: skip


def _track(pos: int, song: int) -> str:
    artist = song % ARTISTS
    return TRACK % (pos, artist, song, artist, song, song, song // 10)
