"""Paints one row of *Up next*, each block in its own manner."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from app.ui.covers import Covers
from app.ui.icons import pixmap
from app.ui.row_motion import REST, Pose
from app.ui.theme import Theme
from app.ui.up_next_model import Block, UpNextRow
from app.ui.wording import clock


@dataclass(frozen=True, slots=True)
class RowLook:
    """What a row's surroundings say: `actions_px` is kept free at its right end."""

    hovered: bool = False
    current: bool = False
    focused: bool = False
    actions_px: int = 0
    pose: Pose = REST


def mixed(base: QColor, over: QColor, share: float) -> QColor:
    """`over` laid upon `base` with an opacity from 0 to 1."""
    return QColor.fromRgbF(
        base.redF() + (over.redF() - base.redF()) * share,
        base.greenF() + (over.greenF() - base.greenF()) * share,
        base.blueF() + (over.blueF() - base.blueF()) * share,
    )


class RowPainter:
    """Holds fonts and colours for as long as the theme stays the same."""

    def __init__(self, theme: Theme, covers: Covers) -> None:
        self._theme = theme
        self._covers = covers
        self.refresh()

    def refresh(self) -> None:
        """Take fonts and colours from the theme anew."""
        theme = self._theme
        self._title = theme.font(13, bold=True)
        self._plain = theme.font(12)
        self._small = theme.font(11)
        self._tiny = theme.font(10)
        self._metrics = {id(f): QFontMetrics(f) for f in (self._title, self._plain, self._small)}
        self._metrics[id(self._tiny)] = QFontMetrics(self._tiny)
        colours = theme.colours
        self.tinted = mixed(colours.panel, colours.accent, 0.055)
        self._glowing = mixed(colours.panel, colours.accent, 0.34)
        title, small = self._height(self._title), self._height(self._small)
        px = theme.px
        self._heights = {
            Block.QUEUE: max(px(36), title + small) + px(16),
            Block.PREDICTED: max(px(42), title + 2 * small + px(2)) + px(12),
            Block.PLAYED: max(px(26), self._height(self._plain)) + px(8),
        }

    def row_height(self, block: Block) -> int:
        """The height of each row of a block."""
        return self._heights[block]

    def _height(self, font: QFont) -> int:
        return self._metrics[id(font)].height()

    def paint(self, painter: QPainter, rect: QRect, row: UpNextRow, look: RowLook) -> None:
        """Paint a row into `rect`; opacity and offset are the caller's."""
        px = self._theme.px
        body = rect.adjusted(px(8), 0, -px(8), 0)
        if row.block == Block.QUEUE:
            body.adjust(0, px(2), 0, -px(2))
            self._paint_card(painter, body, look)
            self._paint_queued(painter, body, row, look)
        elif row.block == Block.PREDICTED:
            self._paint_ground(painter, body, look, self.tinted)
            self._paint_predicted(painter, body, row, look)
        else:
            self._paint_ground(painter, body, look, self._theme.colours.panel)
            self._paint_played(painter, body, row, look)
        if look.current and look.focused:
            self._round(painter, body, None, QPen(self._theme.colours.accent, 2.0))

    def _round(
        self, painter: QPainter, rect: QRect, fill: QColor | None, pen: QPen | None = None
    ) -> None:
        painter.setPen(pen if pen is not None else Qt.PenStyle.NoPen)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        inset = pen.widthF() / 2 if pen is not None else 0.0
        radius = self._theme.px(9)
        painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)

    def _paint_card(self, painter: QPainter, body: QRect, look: RowLook) -> None:
        """A queued song is solid: it will come."""
        colours = self._theme.colours
        fill = colours.hover if look.hovered else colours.raised
        if look.hovered and self._theme.is_dark:
            fill = colours.selection
        if look.pose.glow > 0 and look.pose.rise > 0:
            fill = mixed(fill, self._glowing, look.pose.glow)
        edge = colours.outline if look.current and not look.focused else colours.line
        if not self._theme.is_dark:
            edge = mixed(colours.line, colours.outline, 0.5)
        self._round(painter, body, fill, QPen(edge, 1.0))

    def _paint_ground(self, painter: QPainter, body: QRect, look: RowLook, ground: QColor) -> None:
        colours = self._theme.colours
        fill: QColor | None = None
        if look.hovered:
            fill = mixed(ground, colours.text, 0.07)
        elif look.current:
            fill = mixed(ground, colours.text, 0.045)
        elif abs(look.pose.offset_px) >= 0.5:
            fill = ground
        if look.pose.glow > 0:
            share = look.pose.glow * (1.0 if look.pose.rise > 0 else 0.0)
            if share > 0:
                fill = mixed(fill or ground, self._glowing, share * 0.75)
        if fill is not None:
            self._round(painter, body, fill)

    def _paint_queued(self, painter: QPainter, body: QRect, row: UpNextRow, look: RowLook) -> None:
        px, colours = self._theme.px, self._theme.colours
        gutter = QRect(body.left() + px(4), body.top(), px(22), body.height())
        if look.hovered:
            self._icon(painter, "drag_indicator", colours.muted, gutter, 16)
        else:
            painter.setFont(self._small)
            painter.setPen(colours.muted)
            painter.drawText(gutter, Qt.AlignmentFlag.AlignCenter, str(row.place))
        side = px(36)
        left = gutter.right() + px(4)
        self._cover(painter, row, left, body, side)
        text = self._text_rect(body, left + side + px(10), row, look)
        self._lines(painter, text, ((row.track.title, self._title, self._ink(row)),
                                    (row.track.artist, self._small, colours.muted)))  # fmt: skip

    def _paint_predicted(
        self, painter: QPainter, body: QRect, row: UpNextRow, look: RowLook
    ) -> None:
        px, colours = self._theme.px, self._theme.colours
        side = px(42)
        left = body.left() + px(8)
        self._cover(painter, row, left, body, side)
        text = self._text_rect(body, left + side + px(11), row, look)
        self._lines(painter, text, ((row.track.title, self._title, self._ink(row)),
                                    (row.track.artist, self._small, colours.muted),
                                    (row.reason, self._small, colours.accent)))  # fmt: skip

    def _paint_played(self, painter: QPainter, body: QRect, row: UpNextRow, look: RowLook) -> None:
        px, colours = self._theme.px, self._theme.colours
        side = px(26)
        left = body.left() + px(8)
        opacity = painter.opacity()
        painter.setOpacity(opacity * (0.85 if look.hovered else 0.55))
        self._cover(painter, row, left, body, side)
        painter.setOpacity(opacity)
        text = self._text_rect(body, left + side + px(10), row, look)
        ink = colours.text if look.hovered or look.current else colours.muted
        words = row.track.title + (f"  ·  {row.track.artist}" if row.track.artist else "")
        self._lines(painter, text, ((words, self._plain, ink),))

    def _ink(self, row: UpNextRow) -> QColor:
        return self._theme.colours.text if row.track.available else self._theme.colours.muted

    def _cover(self, painter: QPainter, row: UpNextRow, left: int, body: QRect, side: int) -> None:
        ratio = painter.device().devicePixelRatioF()
        top = body.top() + (body.height() - side) // 2
        painter.drawPixmap(left, top, self._covers.pixmap(row.track, side, ratio))

    def _text_rect(self, body: QRect, left: int, row: UpNextRow, look: RowLook) -> QRect:
        """Where the words may go, beside what is shown at the right end."""
        width = body.right() - left - self._marks_px(row, look)
        return QRect(left, body.top(), width, body.height())

    def _marks_px(self, row: UpNextRow, look: RowLook) -> int:
        px = self._theme.px
        if look.actions_px:
            return look.actions_px + px(6)
        marks = (row.track.liked or row.track.disliked) + (row.block == Block.QUEUE) * 2
        marks += 2 if look.pose.glow > 0 and look.pose.rise else 0
        return px(5) + marks * px(18)

    def _lines(
        self, painter: QPainter, rect: QRect, lines: tuple[tuple[str, QFont, QColor], ...]
    ) -> None:
        shown = [line for line in lines if line[0]]
        top = rect.top() + (rect.height() - sum(self._height(font) for _, font, _ in shown)) // 2
        for words, font, ink in shown:
            metrics = self._metrics[id(font)]
            painter.setFont(font)
            painter.setPen(ink)
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect.left(), top + metrics.ascent(), words)
            top += metrics.height()

    def paint_marks(self, painter: QPainter, rect: QRect, row: UpNextRow, look: RowLook) -> None:
        """The right end of a row without actions: movement, opinion, length."""
        px, colours = self._theme.px, self._theme.colours
        right = rect.right() - px(8) - px(10)
        if row.block == Block.QUEUE and row.track.duration_ms:
            box = QRect(right - px(40), rect.top(), px(40), rect.height())
            painter.setFont(self._small)
            painter.setPen(colours.muted)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flags, clock(row.track.duration_ms))
            right -= px(40)
        if row.track.liked or row.track.disliked:
            box = QRect(right - px(16), rect.top(), px(16), rect.height())
            if row.track.liked:
                self._icon(painter, "favorite_fill", colours.like, box, 14)
            else:
                self._icon(painter, "block", colours.muted, box, 14)
            right -= px(20)
        if look.pose.glow > 0 and look.pose.rise:
            self._paint_rise(painter, right, rect, look.pose)

    def _paint_rise(self, painter: QPainter, right: int, rect: QRect, pose: Pose) -> None:
        """A small arrow with the number of places."""
        px, colours = self._theme.px, self._theme.colours
        up = pose.rise > 0
        opacity = painter.opacity()
        painter.setOpacity(opacity * min(1.0, pose.glow * 2) * (1.0 if up else 0.6))
        ink = colours.accent if up else colours.muted
        painter.setFont(self._tiny)
        painter.setPen(ink)
        number = str(abs(pose.rise))
        width = self._metrics[id(self._tiny)].horizontalAdvance(number)
        box = QRect(right - width, rect.top(), width, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, number)
        x, y, half = right - width - px(8), rect.center().y() + 1, px(4)
        tip = -half if up else half
        base = y - tip / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(
            QPolygonF([QPointF(x - half, base), QPointF(x + half, base), QPointF(x, y + tip)])
        )
        painter.setOpacity(opacity)

    def _icon(self, painter: QPainter, name: str, colour: QColor, box: QRect, size: int) -> None:
        side = self._theme.px(size)
        image = pixmap(name, colour, side, painter.device().devicePixelRatioF())
        painter.drawPixmap(
            box.left() + (box.width() - side) // 2, box.top() + (box.height() - side) // 2, image
        )
