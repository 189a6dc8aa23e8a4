"""The plain list that fills in while the recommender is away: liked, played lately, then varied.

It reads SQLite and nothing else, keeps the rules of the list (nothing disliked, nothing that was
played just now, no artist crowding the others out), and gives a reason for every row.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import chain

from app.autoplay.prediction import Prediction
from app.listening import history

EXPERT = "fallback"

RECENT = 50
"""Tracks played last that are left out, as long as enough others are there."""

LATELY_MS = 60 * 24 * 3600 * 1000
"""How far back "played lately" reaches."""

REFUSED_MS = 2 * 3600 * 1000
"""A track that was not wanted in some mood stays out for so long: here no session is known."""

MAX_LIKED_SHARE = 0.5
MAX_PLAYED_SHARE = 0.9
"""Of the list, filled up in this order: liked, then most played, then a varied pick."""

PROBES = 400
PROBE_REACH = 50
_MIXER = 2654435761

_USABLE = "t.available = 1 AND t.removed = 0 AND instr(t.location, '://') = 0"

_Candidate = tuple[int, str, str]
"""track_id, artist, reason."""


def fallback_rows(
    connection: sqlite3.Connection, n: int, exclude: AbstractSet[int], now_ms: int
) -> tuple[Prediction, ...]:
    """At most `n` rows, fewer only if there are no more usable tracks; best first."""
    disliked = _ids(connection, "SELECT track_id FROM opinions WHERE kind = 'dislike'")
    latest = history.recently_played(connection, RECENT)
    refused = _ids(
        connection,
        f"SELECT track_id FROM events AS e WHERE kind = 'not_now' AND at_ms > ? AND {history.KEPT}",
        now_ms - REFUSED_MS,
    )
    banned = set(exclude) | disliked | refused
    chosen = _Chosen(n, banned | set(latest), max(1, n // 5))
    chosen.fill(_liked(connection), int(MAX_LIKED_SHARE * n))
    chosen.fill(_played_lately(connection, now_ms), int(MAX_PLAYED_SHARE * n))
    chosen.fill(_varied(connection, now_ms), n)
    if len(chosen.rows) < n:
        chosen.relax(banned, max_per_artist=n)
        longest_ago = ((i, a, "Played not long ago") for i, a in _named(connection, latest[:0:-1]))
        chosen.fill(chain(_liked(connection), _varied(connection, now_ms), longest_ago), n)
    return tuple(
        Prediction(track_id, 1.0 - place / max(n, 1), reason, EXPERT)
        for place, (track_id, _, reason) in enumerate(chosen.rows)
    )


def note_for(rows: Iterable[Prediction], opening: str) -> str:
    """The sentence above the list: why it is a plain one, and what is in it."""
    reasons = {row.reason for row in rows}
    if not reasons:
        return f"{opening}; there are no songs to show until then."
    if any(reason.startswith(("You like", "Played")) for reason in reasons):
        return f"{opening}; until then: your liked and most played songs."
    return f"{opening}; until then: a varied pick from your library."


class _Chosen:
    """The rows so far; takes a candidate if no rule speaks against it."""

    def __init__(self, n: int, banned: set[int], max_per_artist: int) -> None:
        self.rows: list[_Candidate] = []
        self._n = n
        self._banned = banned
        self._max_per_artist = max_per_artist
        self._artists: Counter[str] = Counter()

    def relax(self, banned: set[int], max_per_artist: int) -> None:
        self._banned = banned | {row[0] for row in self.rows}
        self._max_per_artist = max_per_artist

    def fill(self, candidates: Iterable[_Candidate], up_to: int) -> None:
        """Take candidates until the list has `up_to` rows."""
        if len(self.rows) >= min(up_to, self._n):
            return
        for candidate in candidates:
            track_id, artist, _ = candidate
            if track_id in self._banned or self._artists[artist] >= self._max_per_artist:
                continue
            self.rows.append(candidate)
            self._banned.add(track_id)
            if artist:
                self._artists[artist] += 1
            if len(self.rows) >= min(up_to, self._n):
                return


def _liked(connection: sqlite3.Connection) -> Iterator[_Candidate]:
    rows = connection.execute(
        "SELECT t.track_id, t.artist FROM opinions AS o CROSS JOIN tracks AS t USING (track_id)"
        f" WHERE o.kind = 'like' AND {_USABLE}"
        f" ORDER BY (o.track_id * {_MIXER}) % 4294967296 LIMIT 500"
    )
    return ((int(row[0]), str(row[1]), "You like it") for row in rows)


def _played_lately(connection: sqlite3.Connection, now_ms: int) -> Iterator[_Candidate]:
    rows = connection.execute(
        "SELECT t.track_id, t.artist, sum(e.end_reason = 'finished') AS heard,"
        " sum(e.end_reason = 'skipped') AS skipped"
        " FROM events AS e JOIN tracks AS t USING (track_id)"
        " WHERE e.kind = 'play' AND e.at_ms > ? AND e.end_reason IN ('finished', 'skipped')"
        f" AND {history.KEPT} AND {_USABLE} GROUP BY e.track_id HAVING heard > skipped"
        " ORDER BY heard - skipped DESC, max(e.event_id) DESC LIMIT 500",
        (now_ms - LATELY_MS,),
    )
    return ((int(row[0]), str(row[1]), _times(int(row[2]))) for row in rows)


def _varied(connection: sqlite3.Connection, now_ms: int) -> Iterator[_Candidate]:
    """Tracks in an order that looks random and changes from day to day.

    A large library is probed here and there first: sorting it all takes a third of a second.
    """
    day = now_ms // (24 * 3600 * 1000)
    reason = "Picked from your library for variety"
    (highest,) = connection.execute("SELECT coalesce(max(track_id), 0) FROM tracks").fetchone()
    for probe in range(PROBES if highest > PROBES else 0):
        near = (probe + day * 7919) * _MIXER % highest
        row = connection.execute(
            "SELECT t.track_id, t.artist FROM tracks AS t"
            f" WHERE t.track_id BETWEEN ? AND ? AND {_USABLE} LIMIT 1",
            (near, near + PROBE_REACH),
        ).fetchone()
        if row is not None:
            yield int(row[0]), str(row[1]), reason
    rows = connection.execute(
        f"SELECT t.track_id, t.artist FROM tracks AS t WHERE {_USABLE}"
        f" ORDER BY ((t.track_id + ?) * {_MIXER}) % 4294967296 LIMIT 2000",
        (day * 7919,),
    )
    for row in rows:
        yield int(row[0]), str(row[1]), reason


def _named(connection: sqlite3.Connection, track_ids: list[int]) -> Iterator[tuple[int, str]]:
    for track_id in track_ids:
        row = connection.execute(
            f"SELECT t.artist FROM tracks AS t WHERE t.track_id = ? AND {_USABLE}", (track_id,)
        ).fetchone()
        if row is not None:
            yield track_id, str(row[0])


def _times(count: int) -> str:
    return "Played once lately" if count == 1 else f"Played {count} times lately"


def _ids(connection: sqlite3.Connection, sql: str, *values: int) -> set[int]:
    return {int(row[0]) for row in connection.execute(sql, values)}
