"""SQL for the views of the library: what a query selects, and in which order."""

from __future__ import annotations

from dataclasses import dataclass

from app.library.folding import sort_key
from app.library.query import Section, SortKey, TrackQuery

_BY_OWNER = ("t.owner_key", "t.album_key", "t.disc_number", "t.track_number", "t.title_key")
_ORDERS: dict[SortKey, tuple[str, ...]] = {
    SortKey.DEFAULT: _BY_OWNER,
    SortKey.PLAYED_AT: _BY_OWNER,
    SortKey.TITLE: ("t.title_key", "t.owner_key", "t.album_key"),
    SortKey.ARTIST: (
        "t.artist_key", "t.album_key", "t.disc_number", "t.track_number", "t.title_key",
    ),
    SortKey.ALBUM: (
        "t.album_key", "t.owner_key", "t.disc_number", "t.track_number", "t.title_key",
    ),
    SortKey.GENRE: (
        "t.genre_key", "t.owner_key", "t.album_key", "t.disc_number", "t.track_number",
    ),
    SortKey.YEAR: ("t.year", "t.owner_key", "t.album_key", "t.disc_number", "t.track_number"),
    SortKey.DURATION: ("t.duration_ms", "t.title_key"),
}  # fmt: skip
_SOURCES = {
    Section.TRACKS: ("tracks t", "t.removed = 0"),
    Section.LIKED: (
        "opinions o JOIN tracks t ON t.track_id = o.track_id", "o.kind = 'like' AND t.removed <> 1",
    ),
    Section.DISLIKED: (
        "opinions o JOIN tracks t ON t.track_id = o.track_id",
        "o.kind = 'dislike' AND t.removed <> 1",
    ),
    Section.HISTORY: (
        "events e JOIN tracks t ON t.track_id = e.track_id",
        "e.kind = 'play' AND e.end_reason IS NOT 'error'"
        " AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.event_id)",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """The parts of a SELECT over tracks, in the alias `t`."""

    source: str
    where: str
    parameters: tuple[str, ...]
    order: str

    def select(self, columns: str, *, and_where: str = "", ordered: bool = True) -> str:
        """A SELECT of `columns` from this view."""
        where = f"{self.where} AND {and_where}" if and_where else self.where
        order = f" ORDER BY {self.order}" if ordered else ""
        return f"SELECT {columns} FROM {self.source} WHERE {where}{order}"


def view_of(query: TrackQuery) -> View:
    """The view of a query, its search text aside."""
    source, where = _SOURCES[query.section]
    parameters: list[str] = []
    for column, value in (
        ("artist_key", query.artist),
        ("album_key", query.album),
        ("owner_key", query.album_artist),
        ("genre_key", query.genre),
    ):
        if value is not None:
            where += f" AND t.{column} = ?"
            parameters.append(sort_key(value))
    return View(source, where, tuple(parameters), _order(query))


def _order(query: TrackQuery) -> str:
    if query.section is Section.HISTORY and query.sort in (SortKey.DEFAULT, SortKey.PLAYED_AT):
        latest_first = (query.sort is SortKey.DEFAULT) != query.descending
        direction = " DESC" if latest_first else ""
        return f"e.at_ms{direction}, e.event_id{direction}"
    direction = " DESC" if query.descending else ""
    columns = _ORDERS[query.sort]
    if query.artist is not None:
        columns = tuple(column for column in columns if column != "t.artist_key")
    return ", ".join(f"{column}{direction}" for column in (*columns, "t.track_id"))
