"""What the model believes of one artist or genre: a row, to be corrected or forgotten."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from app.library.track import Track
from app.ui.covers import Covers
from app.ui.group_model import cover_track
from app.ui.group_views import filling
from app.ui.icon_button import IconButton
from app.ui.icons import icon
from app.ui.taste_words import believed, doubt, next_word, percent, said
from app.ui.theme import Theme
from app.ui.up_next_painter import mixed
from app.ui.wording import count
from recommender.api import Belief, Scope

STEP = 0.5
_COVER_PX, _ROW_PX = 46, 68
_START = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BeliefRow(QWidget):
    """Cover, name, a bar with its doubt, words. Keys: + more, - less, Delete forgets, Enter opens.

    The buttons come with the pointer or the focus; the menu has all of it by name.
    """

    corrected = Signal(object, float)
    """A Belief, and what is said of it now."""
    forget_asked = Signal(object)
    opened = Signal(object)
    moved = Signal(int)
    """An arrow: -1 up, 1 down."""

    def __init__(self, theme: Theme, covers: Covers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._covers = theme, covers
        self._belief = Belief(Scope.ARTIST, "", 0, 0, 0, 0, 0, ())
        self._full = 1.0
        self._track = cover_track("", "", "", "")
        self.less = self._button("remove", lambda: self._say(-STEP))
        self.more = self._button("add", lambda: self._say(STEP))
        self.back = self._button("undo", self._take_back)
        self.forget = self._button("delete", lambda: self.forget_asked.emit(self._belief))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme.px(250))
        self.setFixedHeight(theme.px(_ROW_PX))
        covers.loaded.connect(self._cover_loaded)
        theme.changed.connect(self.update)

    @property
    def belief(self) -> Belief:
        """What it shows."""
        return self._belief

    def show_belief(self, belief: Belief, full: float, track: Track | None) -> None:
        """Show another belief; `full` is the strength at the bar's end."""
        if track is None and self._belief.name != belief.name:
            self._track = cover_track(belief.name, belief.name, "", "")
        elif track is not None:
            self._track = track
        self._belief, self._full = belief, max(full, 1e-9)
        self.setAccessibleName(believed(belief))
        self.less.set_label(f"Less of {belief.name}", "−")
        self.more.set_label(f"More of {belief.name}", "+")
        self.back.set_label("Take your word back", "0")
        self.forget.set_label(f"Forget {belief.name}…", "Delete")
        self._show_buttons()
        self.update()

    def sizeHint(self) -> QSize:
        """A row."""
        return QSize(self._theme.px(330), self._theme.px(_ROW_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, cover, name, bar, words, focus ring."""
        px, colours = self._theme.px, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(colours.accent, 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(mixed(colours.raised, colours.text, 0.04))
            painter.drawRoundedRect(box, px(9), px(9))
        side = px(_COVER_PX)
        square = QRect(px(9), (self.height() - side) // 2, side, side)
        self._paint_cover(painter, square)
        left = square.right() + px(13)
        right = self.width() - px(12)
        self._paint_words(painter, left, right)
        self._paint_bar(painter, QRectF(left, px(33), right - left, px(6)))

    def _paint_cover(self, painter: QPainter, square: QRect) -> None:
        cover = self._covers.pixmap(self._track, square.width(), self.devicePixelRatioF())
        painter.setPen(Qt.PenStyle.NoPen)
        if self._belief.scope is Scope.ARTIST:
            painter.setBrush(filling(cover, square, 1.0))
            painter.drawEllipse(square)
        else:
            painter.setBrush(filling(cover, square, 1.1))
            painter.drawRoundedRect(square, self._theme.px(8), self._theme.px(8))

    def _paint_words(self, painter: QPainter, left: int, right: int) -> None:
        px, colours, belief = self._theme.px, self._theme.colours, self._belief
        name_end = min([right, *(b.x() - px(4) for b in self._buttons() if not b.isHidden())])
        strength = percent(belief.strength)
        font, small = self._theme.font(13, bold=True), self._theme.font(11)
        metrics, fine = QFontMetrics(font), QFontMetrics(small)
        if name_end == right:
            painter.setFont(small)
            painter.setPen(colours.muted)
            room = QRect(left, px(10), right - left, px(20))
            painter.drawText(room, _END, strength)
            name_end -= fine.horizontalAdvance(strength) + px(8)
        painter.setFont(font)
        painter.setPen(colours.text)
        name = metrics.elidedText(belief.name, Qt.TextElideMode.ElideRight, name_end - left)
        painter.drawText(QRect(left, px(9), name_end - left, px(21)), _START, name)
        painter.setFont(small)
        words, told = f"{doubt(belief)} · {count(belief.plays, 'play')}", said(belief.said)
        told_width = fine.horizontalAdvance(told)
        line = QRect(left, px(44), right - left, px(18))
        if told:
            painter.setPen(colours.accent if belief.said > 0 else colours.like)
            painter.drawText(line, _END, told)
            line.setRight(right - told_width - px(8))
        painter.setPen(colours.muted)
        words = fine.elidedText(words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, _START, words)

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        """The groove, the strength, its interval as a lighter band, and a mark at the strength."""
        colours, belief, radius = self._theme.colours, self._belief, bar.height() / 2

        def at(strength: float) -> float:
            return bar.left() + bar.width() * min(1.0, max(0.0, strength / self._full))

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(colours.raised, colours.text, 0.09))
        painter.drawRoundedRect(bar, radius, radius)
        solid = QRectF(bar.left(), bar.top(), max(bar.height(), at(belief.strength) - bar.left()),
                       bar.height())  # fmt: skip
        painter.setBrush(mixed(colours.raised, colours.accent, 0.62))
        painter.drawRoundedRect(solid, radius, radius)
        low, high = at(belief.low), at(belief.high)
        band = QColor(colours.accent)
        band.setAlphaF(0.32)
        painter.setBrush(band)
        swell = self._theme.px(2)
        painter.drawRoundedRect(
            QRectF(low, bar.top() - swell, max(bar.height(), high - low), bar.height() + 2 * swell),
            radius + swell, radius + swell,
        )  # fmt: skip
        painter.setBrush(colours.accent)
        painter.setPen(QPen(colours.raised, 1.5))
        painter.drawEllipse(QPointF(at(belief.strength), bar.center().y()), radius + 2, radius + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """More, less, back, forget, open, or on to the next row."""
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._say(STEP)
        elif key == Qt.Key.Key_Minus:
            self._say(-STEP)
        elif key == Qt.Key.Key_0:
            self._take_back()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.forget_asked.emit(self._belief)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self._belief)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a name or its cover opens it."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.opened.emit(self._belief)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done, by name."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu().popup(self.mapToGlobal(self.rect().center()) if by_key else event.globalPos())

    def menu(self) -> QMenu:
        """The menu of this belief; it deletes itself."""
        menu, belief, side = QMenu(self), self._belief, self._theme.px(18)
        menu.setAccessibleName(f"Actions for {belief.name}")
        acts = [
            ("add", "More of it", lambda: self._say(STEP), belief.said < 1),
            ("remove", "Less of it", lambda: self._say(-STEP), belief.said > -1),
            ("undo", "Take your word back", self._take_back, belief.said != 0),
            ("music_note", "Show its songs", lambda: self.opened.emit(belief), True),
            ("delete", "Forget…", lambda: self.forget_asked.emit(belief), True),
        ]  # fmt: skip
        for sign, words, act, possible in acts:
            action = menu.addAction(icon(sign, self._theme.colours.muted, side), words)
            action.triggered.connect(lambda _checked=False, act=act: act())
            action.setEnabled(possible)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the buttons."""
        self._show_buttons(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide them, unless the keyboard is here."""
        self._show_buttons(self.hasFocus())
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the buttons."""
        self._show_buttons(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide them."""
        self._show_buttons(self.underMouse())
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the right end."""
        super().resizeEvent(event)
        self._place_buttons()

    def _buttons(self) -> tuple[IconButton, ...]:
        return (self.back, self.less, self.more, self.forget)

    def _button(self, sign: str, act: Callable[[], object]) -> IconButton:
        button = IconButton(self._theme, sign, "", self, size=16)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.hide()
        button.clicked.connect(lambda: act())
        return button

    def _show_buttons(self, shown: bool | None = None) -> None:
        if shown is None:
            shown = self.hasFocus() or self.underMouse()
        for button in self._buttons():
            button.setVisible(shown)
        self.back.setVisible(shown and self._belief.said != 0)
        self.less.setEnabled(self._belief.said > -1)
        self.more.setEnabled(self._belief.said < 1)
        self._place_buttons()
        self.update()

    def _place_buttons(self) -> None:
        right = self.width() - self._theme.px(6)
        for button in reversed(self._buttons()):
            if button.isHidden():
                continue
            size = button.sizeHint()
            right -= size.width()
            button.setGeometry(QRect(QPointF(right, self._theme.px(4)).toPoint(), size))

    def _say(self, step: float) -> None:
        value = next_word(self._belief.said, step)
        if value != self._belief.said:
            self.corrected.emit(self._belief, value)

    def _take_back(self) -> None:
        if self._belief.said:
            self.corrected.emit(self._belief, 0.0)

    @Slot(str)
    def _cover_loaded(self, cover_key: str) -> None:
        if cover_key == self._track.cover_key:
            self.update()
