"""Why a song stands where it does: one sentence, and the share of each expert."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.autoplay.prediction import Finish
from app.conductor.interface import Conductor
from app.library.track import Track
from app.ui.covers import Covers
from app.ui.elided_label import ElidedLabel
from app.ui.expert_names import expert_title
from app.ui.finish_words import in_ten, verdict
from app.ui.icon_button import IconButton
from app.ui.theme import Theme
from app.ui.up_next_painter import mixed

WAITING = "Asking the recommender…"
TO_THE_END = "To the end"
LEAST = 0.005
"""Shares that would be told as 0 % are left out."""
NOTHING = "The recommender has nothing to say about this song yet."


class ShareBar(QWidget):
    """A bar from 0 to 1."""

    def __init__(self, theme: Theme, share: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.share = min(1.0, max(0.0, share))
        self.setFixedHeight(theme.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove and the share."""
        colours, radius = self._theme.colours, self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(colours.raised, colours.accent, 0.18))
        painter.drawRoundedRect(self.rect(), radius, radius)
        width = max(self.height(), self.share * self.width())
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)
        painter.end()


class ShareBox(QWidget):
    """A name and a figure, a bar below them, and a sentence below that."""

    def __init__(
        self, theme: Theme, name: str, figure: str, share: float, sentence: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{name}, {figure}. {sentence}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(3))
        line = QHBoxLayout()
        words, number = QLabel(name, self), QLabel(figure, self)
        words.setProperty("role", "strong")
        number.setProperty("role", "small")
        line.addWidget(words, 1)
        line.addWidget(number)
        column.addLayout(line)
        self.bar = ShareBar(theme, share, self)
        column.addWidget(self.bar)
        if sentence:
            label = QLabel(sentence, self)
            label.setProperty("role", "small")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)


class WhyDialog(QDialog):
    """A pop-over about one song; a click outside or Escape closes it, and it deletes itself."""

    def __init__(
        self,
        conductor: Conductor,
        covers: Covers,
        theme: Theme,
        track: Track,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("why")
        self.setAccessibleName(f"Why {track.title}?")
        self.setFixedWidth(theme.px(360))
        self.setStyleSheet(
            f"#why {{ background: {theme.colours.raised.name()};"
            f" border: 1px solid {theme.colours.outline.name()}; }}"
        )
        self._column = QVBoxLayout(self)
        margin = theme.px(16)
        self._column.setContentsMargins(margin, theme.px(12), margin, margin)
        self._column.setSpacing(theme.px(10))
        self._column.addLayout(self._head(covers, track))
        self.summary = QLabel(WAITING, self)
        self.summary.setWordWrap(True)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self._column.addWidget(self.summary)
        self.finish: ShareBox | None = None
        self.bars: list[ShareBar] = []
        conductor.explain(track.track_id, self._deliver)

    def _head(self, covers: Covers, track: Track) -> QHBoxLayout:
        theme = self._theme
        self.cover = QLabel(self)
        self._covers, self._track = covers, track
        self._show_cover(track.cover_key)
        covers.loaded.connect(self._show_cover)
        title, artist = ElidedLabel(self), ElidedLabel(self)
        for label, words, role in ((title, track.title, "strong"), (artist, track.artist, "small")):
            label.setText(words)
            label.setProperty("role", role)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(title)
        names.addWidget(artist)
        line = QHBoxLayout()
        line.setSpacing(theme.px(12))
        line.addWidget(self.cover)
        line.addLayout(names, 1)
        self.close_button = IconButton(theme, "close", "Close", self, size=16)
        self.close_button.clicked.connect(self.close)
        line.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    @Slot(str)
    def _show_cover(self, cover_key: str) -> None:
        if cover_key == self._track.cover_key:
            side, ratio = self._theme.px(44), self.devicePixelRatioF()
            self.cover.setPixmap(self._covers.pixmap(self._track, side, ratio))

    def _deliver(
        self, summary: str, rows: Sequence[tuple[str, float, str]], finish: Finish | None = None
    ) -> None:
        """Show the answer, unless the user closed the pop-over meanwhile."""
        if not isValid(self):
            return
        self.summary.setText(summary or NOTHING)
        if finish is not None:
            self.finish = self._finish(finish)
            self._add(self.finish)
            self._add(self._line())
        largest = max((share for _, share, _ in rows), default=0.0)
        ordered = sorted(rows, key=lambda each: -each[1])
        for expert, share, sentence in ordered[:1] + [
            row for row in ordered[1:] if row[1] >= LEAST
        ]:
            box = self._expert(expert, share, sentence, largest)
            self._add(box)
            if self.bars[1:] and self._column.totalHeightForWidth(self.width()) > self._room():
                self._column.removeWidget(box)
                box.hide()
                box.deleteLater()
                self.bars.pop()
                break
        self._settle()
        if self.isVisible():
            self._keep_on_screen()

    def _add(self, widget: QWidget) -> None:
        """Add it as shown: a layout leaves no room for what comes later to a window that is open
        already."""
        self._column.addWidget(widget)
        widget.show()

    def _line(self) -> QWidget:
        """Parts the chance from the shares, whose bars are of another scale."""
        line = QWidget(self)
        line.setStyleSheet(f"background: {self._theme.colours.outline.name()};")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line.setFixedHeight(1)
        return line

    def _finish(self, finish: Finish) -> ShareBox:
        """How likely the song is played to the end; its bar is full where that is certain."""
        chance = finish.chance
        sentence = f"{verdict(chance)}. {finish.reason}." if finish.reason else verdict(chance)
        return ShareBox(self._theme, TO_THE_END, in_ten(chance), chance, sentence, self)

    def _expert(self, expert: str, share: float, sentence: str, largest: float) -> ShareBox:
        length = share / largest if largest > 0 else 0.0
        percent = f"{round(share * 100)} %"
        box = ShareBox(self._theme, expert_title(expert), percent, length, sentence, self)
        self.bars.append(box.bar)
        return box

    def show_beside(self, row: QRect) -> None:
        """Open left of a rectangle of the screen."""
        self._settle()
        self.move(QPoint(row.left() - self.width() - self._theme.px(8), row.top()))
        self._keep_on_screen()
        self.show()

    def _settle(self) -> None:
        """As high as all lines need at this width."""
        self.resize(self.width(), self._column.totalHeightForWidth(self.width()))

    def _room(self) -> int:
        """How high it may become: the smallest shares give way on a low screen or window."""
        screen = self.screen() or QGuiApplication.primaryScreen()
        height = screen.availableGeometry().height()
        owner = self.parentWidget()
        return min(height, owner.window().height()) if owner is not None else height

    def _keep_on_screen(self) -> None:
        screen = self.screen() or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        x = max(area.left(), min(self.x(), area.right() - self.width()))
        y = max(area.top(), min(self.y(), area.bottom() - self.height()))
        self.move(x, y)
