"""Where the blocks of *Up next* lie: heads, notes and rows of one height each."""

from __future__ import annotations

from dataclasses import dataclass

from app.ui.up_next_model import Block


@dataclass(frozen=True, slots=True)
class BlockSize:
    """What a block needs: its bar, the sentence under it, and its rows."""

    head_px: int
    note_px: int
    row_px: int
    rows: int


class UpNextLayout:
    """Plain arithmetic over three blocks, in pixels of the content (0 is its top)."""

    def __init__(self, sizes: tuple[BlockSize, BlockSize, BlockSize], gap_px: int) -> None:
        self.sizes = sizes
        self.heads: list[int] = []
        self.rows: list[int] = []
        self.ends: list[int] = []
        top = 0
        for size in sizes:
            self.heads.append(top)
            self.rows.append(top + size.head_px + size.note_px)
            top = self.rows[-1] + size.rows * size.row_px
            self.ends.append(top)
            top += gap_px
        self.height = top

    def row_top(self, block: Block, place: int) -> int:
        """The top of a row."""
        return self.rows[block] + place * self.sizes[block].row_px

    def row_at(self, top: float) -> tuple[Block, int] | None:
        """The block and place of the row at a height, if there is one."""
        for block in Block:
            offset = top - self.rows[block]
            if 0 <= offset < self.sizes[block].rows * self.sizes[block].row_px:
                return block, int(offset // self.sizes[block].row_px)
        return None

    def rows_between(self, top: int, bottom: int) -> list[tuple[Block, int]]:
        """All rows that touch a stretch of the content."""
        found: list[tuple[Block, int]] = []
        for block in Block:
            size = self.sizes[block]
            first = max(0, (top - self.rows[block]) // size.row_px)
            last = min(size.rows - 1, (bottom - 1 - self.rows[block]) // size.row_px)
            found.extend((block, place) for place in range(first, last + 1))
        return found

    def gap_at(self, top: float) -> int:
        """Before which queue entry something dropped at a height lands."""
        size = self.sizes[Block.QUEUE]
        return min(size.rows, max(0, round((top - self.rows[Block.QUEUE]) / size.row_px)))

    def pinned_head(self, block: Block, scroll: int, view_px: int) -> int:
        """The top of a block's bar in the view: it stays in sight while its rows pass.

        The bar of the last block rests at the bottom of the view until its rows come.
        """
        top = self.heads[block] - scroll
        if top < 0:
            top = min(0, self.ends[block] - scroll - self.sizes[block].head_px)
        if block == Block.PLAYED:
            top = min(top, view_px - self.sizes[block].head_px)
        return top
