"""What can be done with a row of *Up next*: quick buttons and a menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.conductor.interface import Conductor
from app.ui.icon_button import IconButton
from app.ui.icons import icon
from app.ui.places import Place, sounds_like
from app.ui.theme import Theme
from app.ui.up_next_model import Block, UpNextRow


class RowActions(QWidget):
    """Like, "Never again" and more, laid over the row under the mouse or with the focus."""

    like_pressed = Signal()
    dislike_pressed = Signal()
    more_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.row: UpNextRow | None = None
        self.like = IconButton(theme, "favorite", "Like", self, size=18)
        self.dislike = IconButton(theme, "block", "Never again", self, size=18)
        self.more = IconButton(theme, "more_horiz", "More", self, size=18)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for button in (self.like, self.dislike, self.more):
            line.addWidget(button)
        self.like.clicked.connect(self.like_pressed)
        self.dislike.clicked.connect(self.dislike_pressed)
        self.more.clicked.connect(self.more_pressed)
        self.hide()

    def set_row(self, row: UpNextRow) -> None:
        """Name the song in the labels and show what the user thinks of it."""
        if row == self.row:
            return
        self.row = row
        title = row.track.title
        if row.track.liked:
            self.like.set_icon("favorite_fill", "like")
            self.like.set_label(f"Take back the like of {title}", "L")
        else:
            self.like.set_icon("favorite", "muted")
            self.like.set_label(f"Like {title}", "L")
        self.dislike.set_icon("block", "danger" if row.track.disliked else "muted")
        undone = f"Allow {title} again" if row.track.disliked else f"Never again: {title}"
        self.dislike.set_label(undone, "D")
        self.more.set_label(f"More for {title}")

    def has_focus_inside(self) -> bool:
        """Whether one of the buttons has the focus."""
        return any(each.hasFocus() for each in (self.like, self.dislike, self.more))


def play_row(conductor: Conductor, row: UpNextRow) -> None:
    """Play a row now."""
    if row.block == Block.QUEUE:
        conductor.play_entry(row.entry_id)
    elif row.block == Block.PREDICTED:
        conductor.play_predicted(row.track.track_id)
    else:
        conductor.play([row.track.track_id])


def wishes(conductor: Conductor) -> tuple[tuple[str, str, Callable[[int], None]], ...]:
    """What can be said of a song for this session: icon, words and the conductor's verb."""
    return (
        ("thumb_up", "More like this", conductor.more_like),
        ("thumb_down", "Less like this", conductor.less_like),
        ("not_now", "Not in this mood", conductor.not_now),
    )


def row_menu(
    conductor: Conductor,
    theme: Theme,
    row: UpNextRow,
    ask_why: Callable[[UpNextRow], None],
    go: Callable[[Place], None],
    parent: QWidget,
) -> QMenu:
    """Everything a row can do; the caller pops it up, and it deletes itself when closed."""
    track, track_id = row.track, row.track.track_id
    menu = QMenu(parent)
    menu.setAccessibleName(f"What to do with {track.title}")
    menu.aboutToHide.connect(menu.deleteLater)

    def add(icon_name: str, words: str, run: Callable[[], None], keys: str = "") -> None:
        words = f"{words}\t{keys}" if keys else words
        action = menu.addAction(icon(icon_name, theme.colours.muted, theme.px(18)), words)
        action.triggered.connect(lambda: run())

    add("play_arrow_fill", "Play now", lambda: play_row(conductor, row), "Enter")
    add("playlist_play", "Play next", lambda: conductor.play_next([track_id]))
    if row.block != Block.QUEUE:
        add("playlist_add", "Add to queue", lambda: conductor.enqueue([track_id]))
    menu.addSeparator()
    like = ("favorite_fill", "Take back the like") if track.liked else ("favorite", "Like")
    add(*like, lambda: conductor.like(track_id), "L")
    for icon_name, words, say in () if track.is_stream else wishes(conductor):
        add(icon_name, words, partial(say, track_id))
    dislike = "Allow again" if track.disliked else "Never again"
    add("block", dislike, lambda: conductor.dislike(track_id), "D")
    menu.addSeparator()
    add("help", "Why this?", lambda: ask_why(row))
    if not track.is_stream:
        add("graphic_eq", "Sounds like this", lambda: go(sounds_like(track)))
    if row.block == Block.QUEUE:
        menu.addSeparator()
        add("close", "Remove from queue", lambda: conductor.remove_entry(row.entry_id), "Del")
    return menu
