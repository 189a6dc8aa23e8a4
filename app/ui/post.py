"""Brings work from any thread onto the window's thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.signals import Post


class _Postman(QObject):
    """Lives on the window's thread; its queued signal carries the functions there."""

    posted = Signal(object)

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self.posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _run(self, work: Callable[[], None]) -> None:
        work()

    def post(self, work: Callable[[], None]) -> None:
        """Run `work` soon on this object's thread; drop it when the window is gone already."""
        try:
            self.posted.emit(work)
        except RuntimeError:  # the Qt half was deleted: nobody is left to tell
            return


def make_post(parent: QObject | None = None) -> Post:
    """A thread-safe function that runs callables, in order, on the calling thread's event loop."""
    return _Postman(parent).post
