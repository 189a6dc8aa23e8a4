"""The menu of an artist, an album or a genre."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.icons import icon
from app.ui.places import Place
from app.ui.theme import Theme


class GroupMenu(QMenu):
    """Open it, play it, queue it."""

    opened = Signal(object)
    play_asked = Signal(object)
    queue_asked = Signal(object)

    def __init__(self, theme: Theme, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Actions for {place.title}")
        for icon_name, words, signal in (
            ("open_in_new", "Open", self.opened),
            ("play_arrow", "Play now", self.play_asked),
            ("playlist_add", "Add to queue", self.queue_asked),
        ):
            sign = icon(icon_name, theme.colours.muted, theme.px(18))
            action = self.addAction(sign, words)
            action.triggered.connect(lambda _checked=False, signal=signal: signal.emit(place))
