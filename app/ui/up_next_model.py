"""The rows of *Up next*: queue, predicted list and what was played, in one model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.conductor.up_next import PredictedRow, QueueRow
from app.library.track import Track
from app.ui.finish_words import finish_line

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
LONGEST_DIFF = 2000
"""Longer blocks are replaced as a whole."""

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Block(IntEnum):
    """The three parts of the list, from top to bottom."""

    QUEUE = 0
    PREDICTED = 1
    PLAYED = 2


@dataclass(frozen=True, slots=True)
class UpNextRow:
    """One row. `key` names it through every change; `place` counts from 1 within its block."""

    block: Block
    place: int
    key: Hashable
    track: Track
    entry_id: int = 0
    reason: str = ""
    finish: str = ""


@dataclass(frozen=True, slots=True)
class _Item:
    """What a row keeps while it moves."""

    key: Hashable
    track: Track
    entry_id: int = 0
    reason: str = ""
    finish: str = ""


def queue_items(rows: Sequence[QueueRow]) -> list[_Item]:
    """Rows of the user's queue."""
    return [_Item((Block.QUEUE, row.entry_id), row.track, row.entry_id) for row in rows]


def predicted_items(rows: Sequence[PredictedRow]) -> list[_Item]:
    """Rows of the predicted list; a track that comes twice gets two keys."""
    seen: Counter[int] = Counter()
    items = []
    for row in rows:
        track_id = row.track.track_id
        key = (Block.PREDICTED, track_id, seen[track_id])
        seen[track_id] += 1
        chance = row.prediction.finish
        finish = "" if chance is None else finish_line(chance)
        items.append(_Item(key, row.track, reason=row.prediction.reason, finish=finish))
    return items


def played_items(tracks: Sequence[Track]) -> list[_Item]:
    """Rows of what was played, latest first; counted from the oldest so that keys stay."""
    seen: Counter[int] = Counter()
    items = []
    for track in reversed(tracks):
        items.append(_Item((Block.PLAYED, track.track_id, seen[track.track_id]), track))
        seen[track.track_id] += 1
    return items[::-1]


class UpNextModel(QAbstractListModel):
    """Queue rows, then predicted rows, then played rows. Changes keep indexes on their songs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._blocks: tuple[list[_Item], list[_Item], list[_Item]] = ([], [], [])
        self._long_queue: Sequence[QueueRow] = ()
        self._opinions: dict[int, tuple[bool, bool]] = {}

    def rowCount(self, parent: Index = ROOT) -> int:
        """All rows of all blocks."""
        return 0 if parent.isValid() else sum(self.count(block) for block in Block)

    def count(self, block: Block) -> int:
        """Rows of one block."""
        if block == Block.QUEUE and self._long_queue:
            return len(self._long_queue)
        return len(self._blocks[block])

    def start(self, block: Block) -> int:
        """The first row of a block."""
        return sum(self.count(before) for before in Block if before < block)

    def locate(self, row: int) -> tuple[Block, int]:
        """The block of a row and its place there, from 0."""
        for block in (Block.QUEUE, Block.PREDICTED):
            if row < self.count(block):
                return block, row
            row -= self.count(block)
        return Block.PLAYED, row

    def row(self, row: int) -> UpNextRow:
        """What a row shows."""
        block, place = self.locate(row)
        if block == Block.QUEUE and self._long_queue:
            item = self._long_item(place)
        else:
            item = self._blocks[block][place]
        return UpNextRow(
            block, place + 1, item.key, item.track, item.entry_id, item.reason, item.finish
        )

    def keys(self, block: Block) -> list[Hashable]:
        """The keys of a block, in order."""
        return [item.key for item in self._blocks[block]]

    def row_of(self, key: Hashable) -> int:
        """Where a key is now, or -1."""
        for place, entry in enumerate(self._long_queue):
            if (Block.QUEUE, entry.entry_id) == key:
                return place
        for block in Block:
            for place, item in enumerate(self._blocks[block]):
                if item.key == key:
                    return self.start(block) + place
        return -1

    def _long_item(self, place: int) -> _Item:
        (item,) = queue_items(self._long_queue[place : place + 1])
        opinion = self._opinions.get(item.track.track_id)
        if opinion is None:
            return item
        return replace(item, track=replace(item.track, liked=opinion[0], disliked=opinion[1]))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title, spoken text, or the whole row under `ROW_ROLE`."""
        if not index.isValid():
            return None
        if role == ROW_ROLE:
            return self.row(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.row(index.row()).track.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(self.row(index.row()))
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self.row(index.row())
            words = (row.track.title, row.track.artist, row.track.album, row.reason, row.finish)
            return "\n".join(filter(None, words))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every row can be chosen and dragged."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def set_queue(self, rows: Sequence[QueueRow]) -> None:
        """Show this queue. A very long one is not compared with the one before."""
        if len(rows) <= LONGEST_DIFF and not self._long_queue:
            self._become(Block.QUEUE, queue_items(rows))
            return
        long = len(rows) > LONGEST_DIFF
        self.beginResetModel()
        self._opinions.clear()
        self._long_queue = rows if long else ()
        self._blocks[Block.QUEUE][:] = [] if long else queue_items(rows)
        self.endResetModel()

    def set_predicted(self, rows: Sequence[PredictedRow]) -> None:
        """Show this predicted list."""
        self._become(Block.PREDICTED, predicted_items(rows))

    def set_played(self, tracks: Sequence[Track]) -> None:
        """Show what was played, latest first."""
        self._become(Block.PLAYED, played_items(tracks))

    def set_opinion(self, track_id: int, liked: bool, disliked: bool) -> None:
        """Show what the user thinks of a track, in every row that has it."""
        for block in Block:
            items, start = self._blocks[block], self.start(block)
            for place, item in enumerate(items):
                if item.track.track_id == track_id:
                    track = replace(item.track, liked=liked, disliked=disliked)
                    items[place] = replace(item, track=track)
                    self.dataChanged.emit(self.index(start + place), self.index(start + place))
        if self._long_queue:
            self._opinions[track_id] = (liked, disliked)
            self.dataChanged.emit(self.index(0), self.index(len(self._long_queue) - 1))

    def _become(self, block: Block, new: list[_Item]) -> None:
        """Turn a block into `new` by removals, one re-ordering and insertions."""
        old = self._blocks[block]
        self._remove_missing(block, {item.key for item in new})
        self._reorder(block, {item.key: place for place, item in enumerate(new)})
        self._insert_missing(block, new)
        changed = [place for place, item in enumerate(new) if old[place] != item]
        old[:] = new
        if changed:
            start = self.start(block)
            self.dataChanged.emit(self.index(start + changed[0]), self.index(start + changed[-1]))

    def _remove_missing(self, block: Block, kept: set[Hashable]) -> None:
        items, start = self._blocks[block], self.start(block)
        end = len(items)
        while end > 0:
            if items[end - 1].key in kept:
                end -= 1
                continue
            first = end - 1
            while first > 0 and items[first - 1].key not in kept:
                first -= 1
            self.beginRemoveRows(ROOT, start + first, start + end - 1)
            del items[first:end]
            self.endRemoveRows()
            end = first

    def _reorder(self, block: Block, places: dict[Hashable, int]) -> None:
        items, start = self._blocks[block], self.start(block)
        order = sorted(range(len(items)), key=lambda place: places[items[place].key])
        if order == list(range(len(items))):
            return
        self.layoutAboutToBeChanged.emit()
        moved = {start + old: start + new for new, old in enumerate(order)}
        held = self.persistentIndexList()
        items[:] = [items[place] for place in order]
        self.changePersistentIndexList(
            held, [self.index(moved.get(index.row(), index.row())) for index in held]
        )
        self.layoutChanged.emit()

    def _insert_missing(self, block: Block, new: list[_Item]) -> None:
        items, start = self._blocks[block], self.start(block)
        known = {item.key for item in items}
        place = 0
        while place < len(new):
            if new[place].key in known:
                place += 1
                continue
            end = place
            while end < len(new) and new[end].key not in known:
                end += 1
            self.beginInsertRows(ROOT, start + place, start + end - 1)
            items[place:place] = new[place:end]
            self.endInsertRows()
            place = end


def spoken(row: UpNextRow) -> str:
    """A row in words, for screen readers."""
    name = {Block.QUEUE: "Queued", Block.PREDICTED: "Predicted", Block.PLAYED: "Played"}[row.block]
    track = row.track
    words = f"{name} {row.place}: {track.title}"
    if track.artist:
        words += f" by {track.artist}"
    if row.reason:
        words += f". {row.reason}"
    if row.finish:
        words += f". {row.finish}"
    if track.liked:
        words += ". Liked"
    if track.disliked:
        words += ". Never again"
    if not track.available:
        words += ". Not available now"
    return words
