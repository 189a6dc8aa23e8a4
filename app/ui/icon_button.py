"""A flat button with an icon that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.icons import icon, icon_size
from app.ui.theme import Theme


class IconButton(QToolButton):
    """Shows one icon; its label is both its tooltip and its accessible name.

    It takes the focus by Tab only, so that the focus ring is seen by keyboard users alone.
    `tint` is the name of a colour of `Colours`.
    """

    def __init__(
        self,
        theme: Theme,
        icon_name: str,
        label: str,
        parent: QWidget | None = None,
        *,
        size: int = 20,
        tint: str = "muted",
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon_name
        self._tint = tint
        self._size = theme.px(size)
        self.setIconSize(icon_size(self._size))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_label(label)
        self._retint()
        theme.changed.connect(self._retint)

    def set_label(self, label: str, shortcut: str = "") -> None:
        """Name what a press does; `shortcut` is shown in the tooltip."""
        self.setAccessibleName(label)
        self.setToolTip(f"{label}  ({shortcut})" if shortcut else label)

    def set_icon(self, icon_name: str, tint: str | None = None) -> None:
        """Show another icon, in another colour if `tint` names one."""
        tint = tint or self._tint
        if (icon_name, tint) != (self._icon_name, self._tint):
            self._icon_name, self._tint = icon_name, tint
            self._retint()

    @Slot()
    def _retint(self) -> None:
        colour = getattr(self._theme.colours, self._tint)
        self.setIcon(icon(self._icon_name, colour, self._size))
