"""A pill with an icon and a word that is filled in when the user said so."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ui.icons import pixmap
from app.ui.theme import Theme


class OpinionButton(QAbstractButton):
    """`tint` names the colour of `Colours` that it takes when checked."""

    def __init__(
        self,
        theme: Theme,
        icon_names: tuple[str, str],
        words: tuple[str, str],
        tint: str,
        key: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_names, self._words = icon_names, words
        self._tint, self._key = tint, key
        self._compact = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.toggled.connect(self._name)
        theme.changed.connect(self.update)
        self._name()

    def set_compact(self, compact: bool) -> None:
        """Show the icon only."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    @Slot()
    def _name(self) -> None:
        self.setText(self._words[self.isChecked()])
        self.setAccessibleName(self._words[0])
        self.setToolTip(f"{self._words[self.isChecked()]}  ({self._key})")
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Wide enough for either word, so that nothing jumps."""
        px, height = self._theme.px, self._theme.px(32)
        if self._compact:
            return QSize(height, height)
        metrics = self.fontMetrics()
        words = max(metrics.horizontalAdvance(each) for each in self._words)
        return QSize(words + px(16 + 6 + 26), height)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill."""
        theme, colours, checked = self._theme, self._theme.colours, self.isChecked()
        enabled = self.isEnabled()
        tint: QColor = getattr(colours, self._tint)
        ink = tint if checked else colours.text if self.underMouse() and enabled else colours.muted
        if not enabled:
            ink = colours.outline
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = tint if checked else colours.outline
        wash = QColor(tint if checked else colours.hover)
        wash.setAlpha(34 if checked else 255 if self.underMouse() and enabled else 0)
        pen = QPen(colours.accent, 2) if self.hasFocus() else QPen(edge, 1)
        inset = pen.widthF() / 2
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(pen)
        painter.setBrush(wash)
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        side = theme.px(16)
        image = pixmap(self._icon_names[checked], ink, side, self.devicePixelRatioF())
        top = (self.height() - side) // 2
        if self._compact:
            painter.drawPixmap((self.width() - side) // 2, top, image)
        else:
            width = self.fontMetrics().horizontalAdvance(self.text())
            left = (self.width() - width - side - theme.px(6)) // 2
            painter.drawPixmap(left, top, image)
            painter.setPen(ink)
            box = self.rect().adjusted(left + side + theme.px(6), 0, 0, 0)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
            )
        painter.end()
