"""Two painted charts: the experts' shares, and how well each week was foretold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.ui.expert_names import expert_title, expert_words
from app.ui.taste_words import day, percent, week_told
from app.ui.theme import Theme
from app.ui.up_next_painter import mixed
from recommender.api import ExpertWeight, Week

_LEAST_SHARE = 0.005
_LINE_PX, _CHART_PX = 27, 190
_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SharesChart(QWidget):
    """A bar for each expert, the largest on top; what it goes by comes with the pointer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._experts: tuple[ExpertWeight, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Who earns their weight")
        theme.changed.connect(self.update)

    def show_experts(self, experts: Sequence[ExpertWeight]) -> None:
        """Show these; those that add next to nothing are left out."""
        kept = sorted(experts, key=lambda each: -each.share)
        self._experts = tuple(each for each in kept if each.share >= _LEAST_SHARE)
        told = (f"{expert_title(each.expert)} {percent(each.share)}" for each in self._experts)
        self.setAccessibleDescription(", ".join(told))
        self.setFixedHeight(max(1, self._line() * len(self._experts)))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its bars."""
        return QSize(self._theme.px(300), max(1, self._line() * len(self._experts)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names, bars, shares."""
        px, colours = self._theme.px, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(12))
        metrics = painter.fontMetrics()
        titles = [expert_title(each.expert) for each in self._experts]
        names = max((metrics.horizontalAdvance(title) for title in titles), default=0)
        names = min(names + px(4), round(self.width() * 0.48)) + px(12)
        shares = [percent(each.share) for each in self._experts]
        numbers = max((metrics.horizontalAdvance(share) for share in shares), default=0) + px(8)
        groove = self.width() - names - numbers
        largest = max((each.share for each in self._experts), default=1.0)
        for number, (each, title) in enumerate(zip(self._experts, titles, strict=True)):
            line = QRect(0, number * self._line(), self.width(), self._line())
            painter.setPen(colours.text)
            name = metrics.elidedText(title, Qt.TextElideMode.ElideRight, names - px(12))
            painter.drawText(line, _START, name)
            painter.setPen(colours.muted)
            painter.drawText(line, _END, percent(each.share))
            bar = QRectF(names, line.center().y() - px(4), groove, px(8))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(colours.raised, colours.text, 0.07))
            painter.drawRoundedRect(bar, px(4), px(4))
            bar.setWidth(max(px(8), groove * each.share / largest))
            fade = 0.95 - 0.45 * number / max(1, len(titles) - 1)
            painter.setBrush(mixed(colours.raised, colours.accent, fade))
            painter.drawRoundedRect(bar, px(4), px(4))

    def event(self, event: QEvent) -> bool:
        """Say what the expert under the pointer goes by."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = event.pos().y() // self._line()
            words = expert_words(self._experts[row].expert) if row < len(self._experts) else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _line(self) -> int:
        return self._theme.px(_LINE_PX)


class WeeksChart(QWidget):
    """The share of plays that were foretold, week by week, against just playing favourites.

    The pointer, or the arrows, name a week's values.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._weeks: tuple[Week, ...] = ()
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("keepsArrows", True)
        self.setMinimumHeight(theme.px(_CHART_PX))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("How well each week was foretold")
        theme.changed.connect(self.update)

    @property
    def named(self) -> str:
        """The week that is named, in words; empty for none."""
        return week_told(self._weeks[self._at]) if self._at is not None else ""

    def show_weeks(self, weeks: Sequence[Week]) -> None:
        """Show these weeks, in order of time; those without a play are left out."""
        self._weeks = tuple(week for week in weeks if week.plays)
        self._at = None
        self.setAccessibleDescription(". ".join(map(week_told, self._weeks[-8:])))
        self.update()

    def sizeHint(self) -> QSize:
        """A chart."""
        return QSize(self._theme.px(300), self._theme.px(_CHART_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, lines, dots, the named week."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colours.accent, 2))
            radius = self._theme.px(6)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), radius, radius)
        painter.setFont(self._theme.font(11))
        if not self._weeks:
            return
        self._paint_grid(painter)
        colours = self._theme.colours
        hits = [self._spot(number, week.hits) for number, week in enumerate(self._weeks)]
        plain = [self._spot(number, week.favourites) for number, week in enumerate(self._weeks)]
        self._paint_line(painter, plain, QPen(colours.muted, 1.6, Qt.PenStyle.DashLine))
        self._paint_ground(painter, hits)
        self._paint_line(painter, hits, QPen(colours.accent, 2.6))
        self._paint_dots(painter, hits, colours.accent)
        if len(self._weeks) == 1:
            self._paint_dots(painter, plain, colours.muted)
        if self._at is not None:
            self._paint_named(painter, hits[self._at], plain[self._at])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the week nearest to the pointer."""
        if self._weeks:
            x = event.position().x()
            far = [abs(self._spot(number, 0).x() - x) for number in range(len(self._weeks))]
            self._name(far.index(min(far)))

    def leaveEvent(self, event: QEvent) -> None:
        """Name none."""
        self._name(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Name none."""
        self._name(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The week before or after."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step or not self._weeks:
            super().keyPressEvent(event)
            return
        last = len(self._weeks) - 1
        self._name(max(0, min(last, (last if self._at is None else self._at) + step)))

    def _name(self, number: int | None) -> None:
        if number != self._at:
            self._at = number
            self.update()

    @property
    def _top(self) -> float:
        """The share at the upper edge."""
        highest = max(max(week.hits, week.favourites) for week in self._weeks)
        return next((top for top in (0.1, 0.2, 0.4, 0.6, 0.8) if highest <= top * 0.95), 1.0)

    def _frame(self) -> QRectF:
        px = self._theme.px
        words = QFontMetrics(self._theme.font(11))
        left = words.horizontalAdvance("100 %") + px(10)
        box = QRectF(self.rect())
        return box.adjusted(left, px(10), -px(16), -words.height() - px(10))

    def _spot(self, number: int, share: float) -> QPointF:
        frame, count = self._frame(), len(self._weeks)
        across = number / (count - 1) if count > 1 else 0.5
        x = frame.left() + frame.width() * across
        return QPointF(x, frame.bottom() - frame.height() * min(1.0, share / self._top))

    def _paint_grid(self, painter: QPainter) -> None:
        frame, colours, px = self._frame(), self._theme.colours, self._theme.px
        high = painter.fontMetrics().height()
        for share in (0.0, self._top / 2, self._top):
            y = frame.bottom() - frame.height() * share / self._top
            painter.setPen(QPen(mixed(colours.raised, colours.text, 0.1), 1))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(colours.muted)
            words = QRectF(0, y - high / 2, frame.left() - px(8), high)
            painter.drawText(words, _END, f"{round(100 * share)} %")
        count, room = len(self._weeks), painter.fontMetrics().horizontalAdvance("30 Mar ") * 1.5
        most = max(1, min(count, int(frame.width() / room)))
        for place in range(count - 1, -1, -math.ceil(count / most)):
            x = self._spot(place, 0).x()
            words = QRectF(x - room, frame.bottom() + px(7), 2 * room, high)
            words.moveRight(min(words.right(), self.width() + room - px(22)))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, day(self._weeks[place].start_s))

    def _paint_line(self, painter: QPainter, spots: Sequence[QPointF], pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(_smooth(spots), pen)

    def _paint_ground(self, painter: QPainter, spots: Sequence[QPointF]) -> None:
        frame = self._frame()
        below = _smooth(spots)
        below.lineTo(spots[-1].x(), frame.bottom())
        below.lineTo(spots[0].x(), frame.bottom())
        strong, none = QColor(self._theme.colours.accent), QColor(self._theme.colours.accent)
        strong.setAlphaF(0.22)
        none.setAlphaF(0.0)
        fade = QLinearGradient(frame.topLeft(), frame.bottomLeft())
        fade.setColorAt(0, strong)
        fade.setColorAt(1, none)
        painter.fillPath(below, fade)

    def _paint_dots(self, painter: QPainter, spots: Sequence[QPointF], colour: QColor) -> None:
        painter.setPen(QPen(self._theme.colours.raised, 1.5))
        painter.setBrush(colour)
        radius = self._theme.px(3.5)
        for spot in spots if len(spots) < 30 else spots[-1:]:
            painter.drawEllipse(spot, radius, radius)

    def _paint_named(self, painter: QPainter, hit: QPointF, plain: QPointF) -> None:
        px, colours, frame = self._theme.px, self._theme.colours, self._frame()
        painter.setPen(QPen(colours.outline, 1))
        painter.drawLine(QPointF(hit.x(), frame.top()), QPointF(hit.x(), frame.bottom()))
        painter.setPen(QPen(colours.raised, 2))
        for spot, colour in ((plain, colours.muted), (hit, colours.accent)):
            painter.setBrush(colour)
            painter.drawEllipse(spot, px(5), px(5))
        words = self.named
        size = painter.fontMetrics().size(0, words)
        plate = QRectF(0, 0, size.width() + px(18), size.height() + px(10))
        plate.moveCenter(QPointF(hit.x(), frame.top()))
        plate.moveLeft(max(1.0, min(plate.left(), self.width() - plate.width() - 1)))
        plate.moveTop(1 if hit.y() > plate.height() + px(14) else frame.bottom() - plate.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.toast)
        painter.drawRoundedRect(plate, px(7), px(7))
        painter.setPen(colours.toast_text)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def _smooth(spots: Sequence[QPointF]) -> QPainterPath:
    """A line that bends softly and passes every spot without overshooting."""
    path = QPainterPath(spots[0])
    for start, end in pairwise(spots):
        middle = (start.x() + end.x()) / 2
        path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    return path
