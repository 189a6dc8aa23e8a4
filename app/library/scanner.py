"""One scan: walk the folders, compare with the table, read what is new, save it."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.library.folders import FolderRow, folder_rows, set_availability
from app.library.rows import location_of, stored_location
from app.library.store import COVER_KEY, Counts, ReadFile, TrackWriter, now_ms
from app.library.walk import FOLDER_IMAGE, Seen, Walked, walk
from app.library.workers import Answer, WorkerPool

log = logging.getLogger(__name__)

GONE = 2
"""`tracks.removed` of a file that is gone from a folder that is there."""

_ROWS_AT_ONCE = 400
_TRANSACTION_S = 0.012
_PAUSE_S = 0.010
"""SQLite asks for a held lock again after 1, 3, 8, 18 and 33 ms: one of these meets the pause."""

_SMALLEST_WRITE = 16


class ScanCancelledError(Exception):
    """The user stopped the scan; what was saved so far stays."""


@dataclass(frozen=True, slots=True)
class Known:
    """A track or a problem as the database has it."""

    track_id: int
    folder_id: int | None
    size: int
    mtime_ns: int
    available: bool
    removed: int
    cover_key: str


Report = Callable[[str, int, int, Counts], None]
"""Called often with the current file, done, total (0 while walking) and counts.

It raises ScanCancelledError to stop the scan.
"""


class Scan:
    """Brings the table of tracks in line with the folders; `run` once."""

    def __init__(
        self, connection: sqlite3.Connection, report: Report, open_pool: Callable[[], WorkerPool]
    ) -> None:
        self._connection = connection
        self._report = report
        self._open_pool = open_pool
        self._walked = Walked()
        self.counts = Counts()

    def run(self, only: Sequence[str] | None = None) -> Counts:
        """Scan all folders, or just the directories `only` that lie in them."""
        present = [folder for folder in folder_rows(self._connection) if self._is_there(folder)]
        tops = _tops(present, only)
        for folder, top in tops:
            walk(self._walked, folder.folder_id, top, self._walking)
        emptied = self._emptied(tops) if only is None else set()
        for folder_id in emptied:
            self._set_availability(folder_id, available=False)
        known = self._known([top for top in tops if top[0].folder_id not in emptied])
        problems = self._known_problems()
        unread = [
            path for path, seen in self._walked.files.items()
            if not _is_same(seen, known.get(path)) and not _is_same(seen, problems.get(path))
        ]  # fmt: skip
        self._note_oddities(problems)
        self._revive(known)
        self._read(unread, problems)
        self._mark_missing(known)
        self._forget_problems(problems, tops)
        return self.counts

    def _is_there(self, folder: FolderRow) -> bool:
        """Whether the folder can be listed now; remembered for all its tracks."""
        try:
            with os.scandir(folder.path):
                there = True
        except OSError as error:
            log.warning("the folder %r is not there: %s", folder.path, error.strerror)
            there = False
        if there != folder.available:
            self._set_availability(folder.folder_id, available=there)
        return there

    def _emptied(self, tops: Iterable[tuple[FolderRow, str]]) -> set[int]:
        """Folders that hold no music now but did: a mount point whose drive is not mounted."""
        found = {seen.folder_id for seen in self._walked.files.values()}
        return {
            folder.folder_id
            for folder, _ in tops
            if folder.folder_id not in found and folder.track_count
        }

    def _set_availability(self, folder_id: int, *, available: bool) -> None:
        changed = set_availability(self._connection, folder_id, available=available)
        if not available:
            self.counts.missing += changed

    def _walking(self, directory: str) -> None:
        self._report(directory, 0, 0, self.counts)

    def _known(self, tops: Sequence[tuple[FolderRow, str]]) -> dict[str, Known]:
        """The tracks below the scanned directories, by location."""
        known: dict[str, Known] = {}
        for folder, top in tops:
            inside = os.path.join(top, "")
            for stored, *row in self._connection.execute(
                "SELECT location, track_id, folder_id, size, mtime_ns, available, removed,"
                " cover_key FROM tracks WHERE folder_id = ?",
                (folder.folder_id,),
            ):
                location = location_of(stored)
                if top == folder.path or location.startswith(inside):
                    known[location] = Known(*row)
        return known

    def _known_problems(self) -> dict[str, Known]:
        return {
            location_of(stored): Known(0, folder_id, size, mtime_ns, True, 0, "")
            for stored, folder_id, size, mtime_ns in self._connection.execute(
                "SELECT location, folder_id, size, mtime_ns FROM scan_problems"
            )
        }

    def _note_oddities(self, problems: dict[str, Known]) -> None:
        new = [
            (path, Seen(folder_id, 0, 0), words)
            for path, folder_id, words in self._walked.oddities
            if path not in problems
        ]
        self._save_problems(new)

    def _save_problems(self, problems: Iterable[tuple[str, Seen, str]]) -> None:
        rows = [
            (stored_location(path), seen.folder_id, words, seen.size, seen.mtime_ns, now_ms())
            for path, seen, words in problems
        ]
        if rows:
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO scan_problems VALUES (?, ?, ?, ?, ?, ?)", rows
                )
            self.counts.problems += len(rows)

    def _revive(self, known: dict[str, Known]) -> None:
        """Show unchanged files again that were away, and give them a cover that appeared."""
        rows = []
        for path, seen in self._walked.files.items():
            track = known.get(path)
            if track is None or not _is_same(seen, track):
                continue
            cover = self._cover(track.cover_key, path)
            if not track.available or track.removed or cover != track.cover_key:
                rows.append((seen.folder_id, cover, track.track_id))
        self.counts.changed += len(rows)
        self._in_pieces(
            "UPDATE tracks SET available = 1, removed = 0, folder_id = ?, cover_key = ?"
            " WHERE track_id = ?",
            rows,
        )

    def _cover(self, embedded: str, path: str) -> str:
        if embedded and not embedded.startswith(FOLDER_IMAGE):
            return embedded
        return self._walked.cover_beside(path)

    def _read(self, paths: list[str], problems: dict[str, Known]) -> None:
        """Read files in worker processes, and save them as they come."""
        if not paths:
            return
        paths.sort()  # Albums stay together, and so do their pages in SQLite's indexes.
        self._report(paths[0], 0, len(paths), self.counts)
        writer = TrackWriter(self._connection, self._is_present, self.counts, problems)
        pool = self._open_pool()
        done = 0
        try:
            for batch in _gathered(pool.read(paths)):
                self._save(writer, batch)
                done += len(batch)
                self._report(batch[-1][0] if batch else "", done, len(paths), self.counts)
        finally:
            pool.close()

    def _is_present(self, location: str) -> bool:
        return location in self._walked.files or os.path.lexists(location)

    def _save(self, writer: TrackWriter, answers: Sequence[Answer]) -> None:
        files, problems = [], []
        for path, answer in answers:
            seen = self._walked.files[path]
            if isinstance(answer, str):
                problems.append((path, seen, answer))
                continue
            answer[COVER_KEY] = self._cover(str(answer[COVER_KEY]), path)
            answer[0], answer[1] = seen.size, seen.mtime_ns
            files.append(ReadFile(path, seen.folder_id, answer))
        self._save_problems(problems)
        for start in range(0, len(files), _ROWS_AT_ONCE):
            writer.write(files[start : start + _ROWS_AT_ONCE])

    def _mark_missing(self, known: dict[str, Known]) -> None:
        """Hide the tracks whose file is gone. Below an unreadable directory nothing is known."""
        unknown = tuple(os.path.join(directory, "") for directory in self._walked.unreadable)
        gone, away = [], []
        for path, track in known.items():
            if path in self._walked.files or not self._is_still_at(path, track):
                continue
            if unknown and path.startswith(unknown):
                if track.available:
                    away.append((track.track_id,))
            elif track.removed != GONE:
                gone.append((track.track_id,))
        self.counts.missing += len(gone) + len(away)
        self._in_pieces(
            f"UPDATE tracks SET available = 0, removed = {GONE} WHERE track_id = ?", gone
        )
        self._in_pieces("UPDATE tracks SET available = 0 WHERE track_id = ?", away)

    def _is_still_at(self, path: str, track: Known) -> bool:
        """Whether the track has not been taken over by a file that this scan found elsewhere."""
        if not self.counts.moved:
            return True
        row = self._connection.execute(
            "SELECT location FROM tracks WHERE track_id = ?", (track.track_id,)
        ).fetchone()
        return row is not None and location_of(row[0]) == path

    def _forget_problems(
        self, problems: dict[str, Known], tops: Sequence[tuple[FolderRow, str]]
    ) -> None:
        """Drop problems of files that are no longer there."""
        odd = {path for path, _, _ in self._walked.oddities}
        inside = tuple(os.path.join(top, "") for _, top in tops)
        rows = [
            (stored_location(path),)
            for path in problems
            if path.startswith(inside) and path not in self._walked.files and path not in odd
        ]
        self._in_pieces("DELETE FROM scan_problems WHERE location = ?", rows)

    def _in_pieces(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Run a statement for many rows in short transactions, so that a like never waits."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            with self._connection:
                self._connection.executemany(sql, rows[start : start + _ROWS_AT_ONCE])


def _tops(folders: Sequence[FolderRow], only: Sequence[str] | None) -> list[tuple[FolderRow, str]]:
    """The directories to walk with their folders; outer ones first, so that they own the files."""
    ordered = sorted(folders, key=lambda folder: folder.path)
    if only is None:
        return [(folder, folder.path) for folder in ordered]
    tops = []
    for directory in sorted(set(only)):
        for folder in ordered:
            if directory == folder.path or directory.startswith(os.path.join(folder.path, "")):
                tops.append((folder, directory))
                break
    return tops


def _is_same(seen: Seen, known: Known | None) -> bool:
    return known is not None and seen.size == known.size and seen.mtime_ns == known.mtime_ns


def _gathered(batches: Iterable[list[Answer]]) -> Iterator[list[Answer]]:
    """Larger batches for fewer transactions, as many files as a short transaction can save.

    An empty list passes at once, so that a scan can be cancelled while workers are busy.
    """
    waiting: list[Answer] = []
    limit, ended = 4 * _SMALLEST_WRITE, 0.0
    for batch in batches:
        waiting += batch
        pausing = len(waiting) < _ROWS_AT_ONCE and time.monotonic() - ended < _PAUSE_S
        if batch and (len(waiting) < limit or pausing):
            continue
        started = time.monotonic()
        yield waiting
        if waiting:
            ended = time.monotonic()
            too_long = ended - started > _TRANSACTION_S
            wish = limit * 2 // 3 if too_long else limit * 5 // 4
            limit = min(max(_SMALLEST_WRITE, wish), _ROWS_AT_ONCE)
        waiting = []
    if waiting:
        yield waiting
