"""The library as it is read: tracks, orders, totals and groups, straight from SQLite."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.library import additions, groups
from app.library.cache import Recent
from app.library.folder import Folder, ScanProblem
from app.library.points import Points, points
from app.library.query import GroupRow, Section, SortKey, Totals, TrackQuery
from app.library.rows import TRACK_COLUMNS, location_of, revision, stored_location, track_of
from app.library.search import IdSet, Search, parse_search, row_condition
from app.library.track import Track
from app.library.views import View, view_of

_FEW = 2_000
"""Up to so many hits SQLite sorts them; above, a whole order is filtered, which is quicker."""

_GLIMPSED = 1_000
"""Rows looked at for a glimpse of a broad search."""

_ENOUGH = 32
"""Hits that make a glimpse worth showing: they fill most windows."""

_RESULTS_KEPT = 12
_ORDERS_KEPT = 3


class Library:
    """Reads one database; used by the thread that made the connection.

    Orders and results are remembered until the table of tracks changes.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._revision = -1
        self._orders: Recent[TrackQuery, array[int]] = Recent(_ORDERS_KEPT)
        self._results: Recent[TrackQuery, array[int]] = Recent(_RESULTS_KEPT)
        self._durations: array[int] | None = None

    def track(self, track_id: int) -> Track | None:
        """One track, None if there is none of that number."""
        return next(iter(self.tracks((track_id,))), None)

    def tracks(self, ids: Sequence[int]) -> list[Track]:
        """The tracks in the order of `ids`; numbers that don't exist are left out."""
        rows = self._connection.execute(
            f"SELECT {TRACK_COLUMNS} FROM tracks t"
            " WHERE t.track_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        found = {row[0]: track_of(row) for row in rows}
        return [found[track_id] for track_id in ids if track_id in found]

    def track_by_location(self, location: str) -> Track | None:
        """The track at a path or URL."""
        row = self._connection.execute(
            f"SELECT {TRACK_COLUMNS} FROM tracks t WHERE t.location = ?",
            (stored_location(location),),
        ).fetchone()
        return track_of(row) if row else None

    def track_ids(self, query: TrackQuery) -> array[int]:
        """All that a query finds, in its order."""
        self._forget_what_changed()
        search = parse_search(query.text)
        if search.is_empty:
            return self._order(replace(query, text=""))
        lasting = query.section is Section.TRACKS and not search.asks_opinions
        if lasting and (known := self._results.get(query)) is not None:
            return known
        ids = self._search(query, search)
        if lasting:
            self._results.put(query, ids)
        return ids

    def page(self, query: TrackQuery, offset: int, limit: int) -> list[Track]:
        """The rows `offset` to `offset + limit` of a query, without ordering all of it."""
        if not parse_search(query.text).is_empty:
            return self.tracks(self.track_ids(query)[offset : offset + limit])
        view = view_of(query)
        rows = self._connection.execute(
            view.select(TRACK_COLUMNS) + " LIMIT ? OFFSET ?", (*view.parameters, limit, offset)
        )
        return [track_of(row) for row in rows]

    def glimpse(self, query: TrackQuery, limit: int) -> list[Track]:
        """The first rows of a broad search of one term, found without finding all of them.

        Empty where that is no quicker: for other searches, and where hits are rare.
        """
        condition = row_condition(query.text)
        if condition is None or query.section is not Section.TRACKS:
            return []
        view = view_of(query)
        first_rows = view.select("t.*") + f" LIMIT {_GLIMPSED}"
        rows = self._connection.execute(
            f"SELECT {TRACK_COLUMNS} FROM ({first_rows}) t WHERE {condition.sql} LIMIT ?",
            (*view.parameters, *condition.parameters, limit),
        )
        tracks = [track_of(row) for row in rows]
        return tracks if len(tracks) >= min(limit, _ENOUGH) else []

    def totals(self, query: TrackQuery) -> Totals:
        """How many tracks a query finds and how long they play."""
        if parse_search(query.text).is_empty:
            view = view_of(query)
            columns = "count(*), coalesce(sum(t.duration_ms), 0)"
            row = self._connection.execute(
                view.select(columns, ordered=False), view.parameters
            ).fetchone()
            return Totals(*row)
        ids = self.track_ids(query)
        durations = self._all_durations()
        return Totals(len(ids), sum(map(durations.__getitem__, ids)))

    def artists(self, text: str = "") -> list[GroupRow]:
        """The artists whose name matches, by name."""
        return groups.artists(self._connection, text)

    def albums(self, text: str = "", artist: str | None = None) -> list[GroupRow]:
        """The albums whose name or artist matches, by artist and name; or those of one artist."""
        return groups.albums(self._connection, text, artist)

    def genres(self, text: str = "") -> list[GroupRow]:
        """The genres whose name matches, by name."""
        return groups.genres(self._connection, text)

    def folders(self) -> list[Folder]:
        """The music folders the user chose."""
        rows = self._connection.execute(
            "SELECT f.folder_id, f.path, f.available, (SELECT count(*) FROM tracks t"
            " WHERE t.folder_id = f.folder_id AND t.removed = 0)"
            " FROM folders f WHERE f.removed = 0 ORDER BY f.path"
        )
        return [Folder(row[0], location_of(row[1]), bool(row[2]), row[3]) for row in rows]

    def problems(self) -> list[ScanProblem]:
        """The files that could not be read, latest first."""
        rows = self._connection.execute(
            "SELECT p.location, p.problem, p.seen_at_ms FROM scan_problems p"
            " LEFT JOIN folders f ON f.folder_id = p.folder_id WHERE coalesce(f.removed, 0) = 0"
            " ORDER BY p.seen_at_ms DESC, p.location"
        )
        return [ScanProblem(location_of(row[0]), row[1], row[2]) for row in rows]

    def add_stream(self, url: str, title: str = "") -> int:
        """The number of a stream, which is added when it is new. Writes."""
        return additions.add_stream(self._connection, url, title)

    def add_file(self, path: str | os.PathLike[str]) -> int:
        """The number of a file opened by hand, added when new. Reads its tags, and writes."""
        return additions.add_file(self._connection, Path(path))

    def points(self) -> Points:
        """Every track as a point of the map; slow, for a thread that nobody waits for."""
        return points(self._connection)

    def forget_results(self) -> None:
        """Answer the next searches anew."""
        self._results.clear()

    def _search(self, query: TrackQuery, search: Search) -> array[int]:
        hits = self._hits(search)
        bare = replace(query, text="")
        if len(hits) <= _FEW:
            return self._ordered(view_of(bare), "t.track_id IN (SELECT value FROM json_each(?))",
                                 json.dumps(list(hits)))  # fmt: skip
        return array("q", filter(hits.__contains__, self._order(bare)))

    def _hits(self, search: Search) -> set[int]:
        wanted = search.wanted_ids()
        if wanted is None:
            hits = set(self._order(TrackQuery())) | set(self._order(TrackQuery(Section.HISTORY)))
        else:
            hits = set(self._fetch(wanted))
        unwanted = search.unwanted_ids()
        if unwanted is not None:
            hits.difference_update(self._fetch(unwanted))
        return hits

    def _fetch(self, ids: IdSet) -> Iterator[int]:
        # One row with all numbers: a row for each would take and give the GIL 60,000 times.
        row = self._connection.execute(
            f"SELECT group_concat(track_id) FROM ({ids.sql})", ids.parameters
        ).fetchone()
        return iter(_numbers(row[0]))

    def _order(self, query: TrackQuery) -> array[int]:
        if query.section is not Section.TRACKS:
            return self._ordered(view_of(query))
        if query.sort is SortKey.PLAYED_AT:
            query = replace(query, sort=SortKey.DEFAULT)
        known = self._orders.get(query)
        if known is None:
            known = self._ordered(view_of(query))
            self._orders.put(query, known)
        return known

    def _ordered(self, view: View, and_where: str = "", *parameters: str) -> array[int]:
        select = view.select("t.track_id AS track_id", and_where=and_where)
        row = self._connection.execute(
            f"SELECT group_concat(track_id) FROM ({select})", (*view.parameters, *parameters)
        ).fetchone()
        return array("q", _numbers(row[0]))

    def _all_durations(self) -> array[int]:
        """Milliseconds by track_id."""
        if self._durations is None:
            row = self._connection.execute(
                "SELECT group_concat(track_id || ',' || coalesce(duration_ms, 0)) FROM tracks"
            ).fetchone()
            numbers = _numbers(row[0])
            self._durations = array("q", bytes(8 * (max(numbers[::2], default=0) + 1)))
            for track_id, duration_ms in zip(numbers[::2], numbers[1::2], strict=True):
                self._durations[track_id] = duration_ms
        return self._durations

    def _forget_what_changed(self) -> None:
        present = revision(self._connection)
        if present != self._revision:
            self._revision = present
            self._orders.clear()
            self._results.clear()
            self._durations = None


def _numbers(joined: str | None) -> list[int]:
    numbers: list[int] = json.loads(f"[{joined or ''}]")
    return numbers
