"""The library's budgets: cold scan, rescan and search, with the makers other benchmarks use."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import queue
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from app.library.database import begin, open_database
from app.library.folding import sort_key
from app.library.library import Library
from app.library.query import TrackQuery
from app.library.scan_request import ScanRequest
from app.library.scans import ScanReport, ScanRunner
from app.library.words import index_words_after
from tests.making import make_audio

Row = dict[str, Any]

COLD_FILES = 20_000
TRACKS = 100_000

_GENRES = (
    "Rock", "Pop", "Jazz", "Hip Hop", "Electronic", "Classical", "Folk", "Metal", "Ambient",
    "Soul", "Blues", "Country", "Reggae", "Indie Rock", "Drum and Bass", "House",
)  # fmt: skip
_COMMON = (
    " love night you the me my heart time day blue world way light dream home rain life girl one"
    " never man black fire little dance song good moon on sky baby red summer down out in sun road"
    " water eyes back street lonely golden river"
)
_STARTS = "s s s s b b b c c c m m m t t t p p p d d d h h l l r r w w f f g g a a e i o n n k j v"
_SYLLABLES = (
    "an er in ar el or en al on ra la li ro ne ta ma ri le ti to na ko mi de sa lo ve no ka si"
    " te me di ni re"
)


class Words:
    """Titles and names whose words repeat the way those of real libraries do."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        made = {
            self._random.choice(_STARTS.split())
            + "".join(self._random.choices(_SYLLABLES.split(), k=self._random.randint(1, 3)))
            for _ in range(12_000)
        }
        rare = sorted(made)
        self._random.shuffle(rare)
        self._words = _COMMON.split() + rare
        weights = (1 / (rank + 12) for rank in range(len(self._words)))
        self._weights = list(itertools.accumulate(weights))

    def text(self, most: int) -> str:
        count = self._random.randint(1, most)
        chosen = self._random.choices(self._words, cum_weights=self._weights, k=count)
        return " ".join(chosen).title()


def make_library(path: Path, n_tracks: int = TRACKS, seed: int = 1, folder: str = "/music") -> None:
    """Write a database of `n_tracks` with realistic names to `path`, in a few seconds."""
    rows = list(itertools.islice(_track_rows(seed, folder), n_tracks))
    columns = (
        "location, folder_id, content_id, size, mtime_ns, added_at_ms, title, artist, album,"
        " album_artist, genre, year, track_number, duration_ms, title_key, artist_key, album_key,"
        " owner_key, genre_key"
    )
    places = ", ".join("?" * (columns.count(",") + 1))
    with closing(open_database(path, durable=False)) as database, database:
        database.execute("INSERT INTO folders VALUES (1, ?, 0, 1, 0)", (folder,))
        database.executemany(f"INSERT INTO tracks({columns}) VALUES ({places})", rows)
        index_words_after(database, 0)


def _track_rows(seed: int, folder: str) -> Iterator[tuple[object, ...]]:
    words, choose = Words(seed), random.Random(seed)
    number = 0
    while True:
        artist, genre = words.text(3), choose.choice(_GENRES)
        for _ in range(choose.randint(1, 5)):
            album, year = words.text(4), choose.randint(1960, 2025)
            for track_number in range(1, choose.randint(7, 15)):
                number += 1
                title = words.text(5)
                keys = (sort_key(text) for text in (title, artist, album, artist, genre))
                yield (
                    f"{folder}/{artist}/{album}/{track_number:02} {title} {number}.mp3", 1,
                    f"{number:024x}", 4_000_000 + number, number, 0, title, artist, album, artist,
                    genre, year, track_number, choose.randint(90_000, 400_000), *keys,
                )  # fmt: skip


def make_small_files(folder: Path, count: int, per_album: int = 12) -> None:
    """Write `count` tagged mp3, flac and ogg files in albums, each with a sound of its own."""
    words = Words(2)
    templates = [_template(folder, format) for format in ("mp3", "flac", "ogg")]
    for number in range(count):
        if number % per_album == 0:
            artist, album = words.text(2), f"{words.text(3)} {number}"
            directory = folder / f"{artist[0]}" / f"{album}"
            directory.mkdir(parents=True)
            suffix, data, sound_at = templates[number // per_album % 3]
        body = bytearray(data)
        body[sound_at : sound_at + 8] = number.to_bytes(8, "little")
        for place, text in ((b"T", f"{words.text(4)} {number}"), (b"A", artist), (b"B", album)):
            body = body.replace(place * 40, text[:40].ljust(40).encode())
        (directory / f"{number:05}{suffix}").write_bytes(body)


def _template(folder: Path, format: str) -> tuple[str, bytes, int]:
    """Suffix, bytes with placeholders, and where 8 bytes of the sound may be changed."""
    tags = {"title": "T" * 40, "artist": "A" * 40, "album": "B" * 40, "tracknumber": "7"}
    path = make_audio(folder / f"template.{format}", seconds=0.2, tags=tags)
    data = path.read_bytes()
    path.unlink()
    # FLAC's checksum of the sound; of the others the end of the sound.
    return path.suffix, data, 26 if format == "flac" else len(data) - 24


def _read_with_mutagen(paths: Sequence[str]) -> int:
    import mutagen

    for path in paths:
        file = mutagen.File(path, easy=True)
        assert file.tags is not None
        assert file.info.length > 0
    return len(paths)


def mutagen_rate(paths: Sequence[str]) -> float:
    """Files a second with mutagen alone on two processes, their start included."""
    started = time.perf_counter()
    chunks = [paths[at : at + 100] for at in range(0, len(paths), 100)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert sum(pool.imap_unordered(_read_with_mutagen, chunks)) == len(paths)
    return len(paths) / (time.perf_counter() - started)


def timed_scan(database: Path, ask: Callable[[ScanRunner], None]) -> tuple[float, ScanReport]:
    """Seconds from asking the window's facade to its report, process start included."""
    posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    reports: list[ScanReport] = []
    request = ScanRequest(str(database), backups=False)
    runner = ScanRunner(database, posted.put, request)
    runner.finished.connect(reports.append)
    started = time.perf_counter()
    ask(runner)
    while not reports:
        posted.get(timeout=300)()
    seconds = time.perf_counter() - started
    runner.close()
    return seconds, reports[0]


def cold_scan_row(base: Path, count: int = COLD_FILES) -> Row:
    """Tags of small files into the database, against mutagen alone on the same files."""
    folder = base / "cold"
    folder.mkdir()
    make_small_files(folder, count)
    paths = [str(path) for path in sorted(folder.rglob("*.*"))]
    _read_with_mutagen(paths)  # Both find the files in the system's cache.
    theirs = mutagen_rate(paths)
    database = base / "cold.db"
    open_database(database).close()  # The window did so when it started.
    seconds, report = timed_scan(database, lambda runner: runner.add_folder(folder))
    assert (report.added, report.problems, report.error) == (count, 0, "")
    with closing(open_database(database)) as connection:
        assert len(Library(connection).track_ids(TrackQuery(text="love"))) > 0
    return _row(
        f"cold scan of {count:,} small files",
        count / seconds,
        "files/s",
        theirs,
        at_least=True,
        how="ScanRunner.add_folder to its report; budget: mutagen alone on two processes now",
    )


def like_row(base: Path) -> Row:
    """How long saving a like waits while a cold scan writes; needs the files of the cold scan."""
    alone_ms = _p99(_likes_ms(base / "alone.db", lambda count: count >= 200))
    database, scanned = base / "like.db", threading.Event()
    open_database(database).close()
    with ThreadPoolExecutor(1) as threads:
        waits = threads.submit(_likes_ms, database, lambda _: scanned.is_set())
        timed_scan(database, lambda runner: runner.add_folder(base / "cold"))
        scanned.set()
    return _row(
        "a like saved while a cold scan writes, p99",
        _p99(waits.result()),
        "ms",
        alone_ms + 50.0,
        how=f"{len(waits.result())} durable commits from another process; budget: 50 ms more than"
        f" without a scan, {alone_ms:.0f} ms on this disk now",
    )


def _likes_ms(database: Path, done: Callable[[int], bool]) -> list[float]:
    """How long durable commits took, one each 10 ms, until `done` says so of their count."""
    took_ms: list[float] = []
    pause = threading.Event()
    with closing(open_database(database)) as connection:
        track_id = Library(connection).add_stream("http://127.0.0.1/", "Radio")
        while not done(len(took_ms)):
            pause.wait(0.01)
            started = time.perf_counter()
            begin(connection)
            connection.execute(
                "INSERT INTO events(kind, track_id, at_ms) VALUES ('like', ?, 0)", (track_id,)
            )
            connection.commit()
            took_ms.append((time.perf_counter() - started) * 1_000)
    return took_ms


def _p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100)[-1]


def rescan_row(base: Path, count: int = TRACKS) -> Row:
    """Nothing changed: the walk and the comparison alone."""
    folder, database = base / "rescan", base / "rescan.db"
    make_library(database, count, folder=str(folder))
    with closing(open_database(database, durable=False)) as connection, connection:
        places = connection.execute("SELECT track_id, location FROM tracks").fetchall()
        made: set[str] = set()
        for _, location in places:
            directory = os.path.dirname(location)
            if directory not in made:
                made.add(directory)
                os.makedirs(directory, exist_ok=True)
            os.close(os.open(location, os.O_CREAT | os.O_WRONLY))
        connection.executemany(
            "UPDATE tracks SET size = 0, mtime_ns = ? WHERE track_id = ?",
            [(os.stat(location).st_mtime_ns, track_id) for track_id, location in places],
        )
    seconds, report = timed_scan(database, lambda runner: runner.start())
    assert report == ScanReport(), report
    return _row(
        f"rescan of {count:,} unchanged files", seconds, "s", 5.0, how="ScanRunner.start to report"
    )


def search_row(base: Path, count: int = TRACKS) -> Row:
    """Letter by letter: all ids in order and the first 100 tracks; nothing remembered."""
    database = base / "search.db"
    make_library(database, count)
    took_ms = []
    with closing(open_database(database)) as connection:
        library = Library(connection)
        for text in _typed(connection):
            library.forget_results()
            started = time.perf_counter()
            ids = library.track_ids(TrackQuery(text=text))
            library.tracks(ids[:100])
            took_ms.append((time.perf_counter() - started) * 1_000)
    p95_ms = statistics.quantiles(took_ms, n=20)[-1]
    return _row(
        f"search in {count:,} tracks, keystroke to ids and first 100 tracks, p95",
        p95_ms,
        "ms",
        20.0,
        how=f"{len(took_ms)} keystrokes, 2 words of 40 titles; Library alone, without the window",
    )


def _typed(connection: Any) -> list[str]:
    """What stands in the search field while 40 titles are typed."""
    titles = connection.execute(
        "SELECT title FROM tracks WHERE instr(title, ' ') ORDER BY track_id * 7919 % 100003"
    ).fetchmany(40)
    typed = []
    for (title,) in titles:
        text = " ".join(title.split()[:2])
        typed += [text[:length] for length in range(1, len(text) + 1)]
    return typed


def first_page_row(base: Path) -> Row:
    """What the window shows first: the first page and the totals, from a fresh connection."""
    took_ms = []
    for _ in range(5):
        started = time.perf_counter()
        with closing(open_database(base / "search.db")) as connection:
            library = Library(connection)
            library.page(TrackQuery(), 0, 100)
            library.totals(TrackQuery())
            took_ms.append((time.perf_counter() - started) * 1_000)
    return _row(
        "open the database, first 100 of 100,000 tracks and totals",
        statistics.median(took_ms),
        "ms",
        20.0,
        how="median of 5, warm file cache",
    )


def all_ids_row(base: Path) -> Row:
    """The whole order of the library, as a view asks for it after a sort."""
    took_ms = []
    with closing(open_database(base / "search.db")) as connection:
        for _ in range(5):
            started = time.perf_counter()
            ids = Library(connection).track_ids(TrackQuery())
            took_ms.append((time.perf_counter() - started) * 1_000)
    assert len(ids) == TRACKS
    return _row("order of all 100,000 tracks", statistics.median(took_ms), "ms", 60.0, how="SQL")


def _row(
    name: str, value: float, unit: str, budget: float, *, how: str, at_least: bool = False
) -> Row:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "budget": round(budget, 2),
        "holds": value >= budget if at_least else value <= budget,
        "how": how,
    }


def rows() -> list[Row]:
    """All measurements of the library, one after the other."""
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as name:
        base = Path(name)
        return [
            cold_scan_row(base),
            like_row(base),
            rescan_row(base),
            search_row(base),
            first_page_row(base),
            all_ids_row(base),
        ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(rows(), indent=2) + "\n")
