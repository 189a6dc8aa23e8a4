"""The files that could not be read, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.library.folder import ScanProblem
from app.ui.theme import Theme
from app.ui.wording import count

MOST_SHOWN = 2_000


class ProblemsDialog(QDialog):
    """A list that can be copied. The music that could be read is not touched by any of this."""

    def __init__(
        self,
        problems: Sequence[ScanProblem],
        theme: Theme,
        parent: QWidget | None = None,
        *,
        verb: str = "read",
    ) -> None:
        """`verb` is what could not be done with the files."""
        super().__init__(parent)
        self._problems = problems
        title = f"Files that could not be {verb}"
        self.setWindowTitle(title)
        self.resize(theme.px(680), theme.px(420))
        files = count(len(problems), "file")
        self._head = QLabel(
            f"{files} could not be {verb}. The rest of your music is in the library."
            if problems
            else f"Every file could be {verb}.",
            self,
        )
        self._list = QTreeWidget(self)
        self._list.setProperty("role", "field")
        self._list.setAccessibleName(f"{title}, and why")
        self._list.setRootIsDecorated(False)
        self._list.header().setAccessibleName("Columns")
        self._list.setHeaderLabels(["File", "Why"])
        self._list.setColumnWidth(0, theme.px(260))
        for problem in problems[:MOST_SHOWN]:
            item = QTreeWidgetItem([PurePath(problem.location).name, problem.problem])
            item.setToolTip(0, problem.location)
            item.setToolTip(1, problem.problem)
            self._list.addTopLevelItem(item)
        copy = QPushButton("Copy the list", self)
        copy.setEnabled(bool(problems))
        copy.clicked.connect(self._copy)
        close = QPushButton("Close", self)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        margin = theme.px(18)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(theme.px(12))
        layout.addWidget(self._head)
        layout.addWidget(self._list, 1)
        layout.addLayout(buttons)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def _copy(self) -> None:
        lines = (f"{problem.location}\t{problem.problem}" for problem in self._problems)
        QGuiApplication.clipboard().setText("\n".join(lines))
