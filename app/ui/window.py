"""The main window: sections, library, *Up next* and transport bar, joined."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.conductor.interface import Conductor
from app.conductor.up_next import Notice
from app.library.reader import Reader
from app.library.track import Track
from app.ui.actions import Command, add_actions, belongs_to
from app.ui.content import Content
from app.ui.covers import Covers
from app.ui.first_start import DemoMusic
from app.ui.icons import window_icon
from app.ui.middle import Middle
from app.ui.places import Place, PlaceKind
from app.ui.scan_bar import ScanBar
from app.ui.scanning import Scanning, Scans
from app.ui.settings import Settings
from app.ui.sidebar import KINDS, Sidebar
from app.ui.sound_source import NoSound, SoundSource
from app.ui.taste_source import NoTaste, TasteSource
from app.ui.theme import Theme
from app.ui.toast import ToastLayer
from app.ui.transport import TransportBar
from app.ui.up_next import UpNextPanel

if TYPE_CHECKING:
    from app.ui.sound_page import SoundPage
    from app.ui.taste_page import TastePage

SMALLEST = QSize(720, 480)
USUAL = QSize(1280, 800)
_FOLDS_BELOW_PX = 1060
_UP_NEXT_FOLDS_BELOW_PX = 820
_UP_NEXT_PX = 320


class MainWindow(QMainWindow):
    """Made of parts that know the conductor; this one only joins and arranges them."""

    closed = Signal()
    """The user closed the window: time to end."""
    replay_gain_changed = Signal(str)
    """"track", "album" or "off"."""
    model_chosen = Signal(object)
    """A ModelChoice."""

    def __init__(
        self,
        conductor: Conductor,
        reader: Reader,
        scans: Scans,
        covers: Covers,
        theme: Theme,
        settings: Settings,
        *,
        taste: TasteSource | None = None,
        sound: SoundSource | None = None,
        demo: DemoMusic | None = None,
        version: str = "",
    ) -> None:
        super().__init__()
        self._conductor = conductor
        self._covers = covers
        self._theme = theme
        self._settings = settings
        self.content = Content(conductor, reader, covers, theme, self, sound)
        self._reader, self._taste = reader, taste or NoTaste()
        self._sound = sound or NoSound()
        self.content.add_page(PlaceKind.TASTE, lambda: self.taste)
        self.content.add_page(PlaceKind.SOUND, lambda: self.sound)
        self.content.start(Place(self._last_section()))
        self.sidebar = Sidebar(theme, self)
        self.scan_bar = ScanBar(theme, self)
        self.middle = Middle(self.content, self.scan_bar, theme, self)
        self.up_next = UpNextPanel(conductor, covers, theme, self)
        self.transport = TransportBar(conductor, covers, theme, self)
        self.toasts = ToastLayer(self, theme)
        self.toasts.rest_on(self.transport)
        self.scanning = Scanning(self, scans, reader, settings, theme, version, demo)
        if sound is not None:
            self.scanning.offer_sound(sound)
        self._wants_up_next = settings.number("window/up_next", 1) == 1
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self._connect()
        self.actions_by_name = add_actions(self, self._commands())
        self._restore()
        self._fold()
        self.content.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sidebar.show_place(self.content.place.section)

    def event(self, event: QEvent) -> bool:
        """Leave keys to the control that has the focus where they are meant for it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and belongs_to(event, QApplication.focusWidget())
        ):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what has no room."""
        super().resizeEvent(event)
        self._fold()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how the window was."""
        self._remember()
        super().closeEvent(event)
        self.closed.emit()

    @cached_property
    def taste(self) -> TastePage:
        """The Taste page, made when it is first asked for, as that takes a while."""
        from app.ui.taste_page import TastePage

        page = TastePage(self._taste, self._reader, self._covers, self._theme, self)
        page.place_asked.connect(self.content.go)
        page.play_asked.connect(lambda track_id: self._conductor.play([track_id]))
        page.menu_asked.connect(self.content.show_track_menu)
        return page

    @cached_property
    def sound(self) -> SoundPage:
        """The Sound page, made when it is first asked for."""
        from app.ui.sound_page import SoundPage

        conductor = self._conductor
        page = SoundPage(self._sound, self._taste, self._reader, self._covers, self._theme, self)
        page.play_asked.connect(lambda track_id: conductor.play([track_id]))
        page.play_at_asked.connect(conductor.play_at)
        page.menu_asked.connect(self.content.show_track_menu)
        page.settings_asked.connect(self.scanning.show_sound_settings)
        page.show_playing(conductor.now_playing)
        conductor.now_playing_changed.connect(page.show_playing)
        conductor.position_changed.connect(
            lambda position_ms, _: page.show_playing(conductor.now_playing, position_ms)
        )
        return page

    def notify(self, notice: Notice) -> None:
        """Show a toast."""
        self.toasts.show_notice(notice, self._conductor.undo)

    @Slot(bool)
    def show_up_next(self, shown: bool) -> None:
        """Show or hide *Up next*, until the user wants it otherwise."""
        self._wants_up_next = shown
        self._settings.set("window/up_next", int(shown))
        self.up_next.setVisible(shown)
        self.middle.show_up_next(shown)

    def leave_out(self, experts: tuple[str, ...]) -> None:
        """Make the list without these experts."""
        self._conductor.tune(replace(self._conductor.tuning, without=experts))

    @Slot(bool)
    def give_last_word(self, to_agent: bool) -> None:
        """Let the agent have the last word on the order of the list, or Segue's ranking."""
        self._conductor.tune(replace(self._conductor.tuning, agent=to_agent))

    @Slot()
    def open_stream(self) -> None:
        """Ask for an address and play it."""
        from app.ui.stream_dialog import StreamDialog

        StreamDialog(self._conductor, self._theme, self, self._settings).open()

    def _commands(self) -> tuple[Command, ...]:
        conductor, content, volume = self._conductor, self.content, self.transport.volume
        return (
            Command("Play or pause", ("Space", "Media Play"), conductor.toggle_play),
            Command("Skip", ("Right", "Ctrl+Right", "Media Next"), conductor.skip),
            Command("Previous", ("Left", "Ctrl+Left", "Media Previous"), conductor.previous),
            Command("Like", ("L",), conductor.like),
            Command("Never again", ("D",), conductor.dislike),
            Command("Undo", ("Ctrl+Z",), conductor.undo),
            Command("Mute", ("M", "Volume Mute"), volume.toggle_mute),
            Command("Louder", ("Ctrl+Up",), lambda: volume.turn(1)),
            Command("Softer", ("Ctrl+Down",), lambda: volume.turn(-1)),
            Command("Search", ("Ctrl+F", "/"), self.middle.focus_search),
            Command("Back", ("Alt+Left",), content.go_back),
            Command("Open stream", ("Ctrl+L",), self.open_stream),
            Command("Settings", ("Ctrl+,",), self.scanning.show_settings),
            Command("Add a music folder", ("Ctrl+O",), self.scanning.choose_folder),
            Command("Rescan", ("F5",), self.scanning.rescan),
            Command(
                "Show or hide Up next",
                ("Ctrl+U",),
                lambda: self.show_up_next(self.up_next.isHidden()),
            ),
            Command("Quit", ("Ctrl+Q",), self.close),
            *(
                Command(
                    f"Go to {kind.value}",
                    (f"Ctrl+{number}",),
                    partial(content.go, Place(kind)),
                )
                for number, kind in enumerate(KINDS, 1)
            ),
        )

    def _lay_out(self) -> None:
        self.setWindowTitle("Segue")
        self.setWindowIcon(window_icon())
        self.setMinimumSize(SMALLEST)
        self._split.addWidget(self.middle)
        self._split.addWidget(self.up_next)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.splitterMoved.connect(self._remember_split)
        body = QWidget(self)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(_line(body))
        row.addWidget(self._split, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.transport)
        self.setCentralWidget(body)
        chain = (self.sidebar, self.middle, self.up_next, self.transport)
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        content, conductor = self.content, self._conductor
        self.sidebar.chosen.connect(lambda kind: content.go(Place(kind)))
        self.sidebar.stream_asked.connect(self.open_stream)
        self.sidebar.settings_asked.connect(self.scanning.show_settings)
        self.up_next.place_asked.connect(content.go)
        self.middle.up_next_asked.connect(self.show_up_next)
        content.place_shown.connect(self._place_shown)
        content.why_asked.connect(self._show_why)
        content.failed.connect(lambda words: self.notify(Notice(words)))
        content.emptied.connect(self.scanning.ask_for_folders)
        conductor.noticed.connect(self.notify)
        conductor.undo_changed.connect(self.toasts.withdraw_undo)
        conductor.now_playing_changed.connect(self._show_title)

    def _place_shown(self, place: Place) -> None:
        self.sidebar.show_place(place.section)
        self.middle.show_place(place)

    def _show_title(self, track: Track | None) -> None:
        words = " – ".join(filter(None, (track.title, track.artist))) if track else ""
        self.setWindowTitle(f"{words} · Segue" if words else "Segue")

    def _show_why(self, track: Track) -> None:
        from app.ui.why_dialog import WhyDialog

        dialog = WhyDialog(self._conductor, self._covers, self._theme, track, self)
        table = self.content.table
        row = table.visualRect(table.currentIndex())
        row.moveTopLeft(table.viewport().mapToGlobal(row.topLeft()))
        dialog.show_beside(row)

    def _fold(self) -> None:
        width, px = self.width(), self._theme.px
        self.sidebar.set_compact(width < px(_FOLDS_BELOW_PX))
        shown = self._wants_up_next and width >= px(_UP_NEXT_FOLDS_BELOW_PX)
        if self.up_next.isHidden() == shown:
            self.up_next.setVisible(shown)
        self.middle.show_up_next(shown)

    def _last_section(self) -> PlaceKind:
        try:
            kind = PlaceKind(self._settings.text("window/section", "tracks"))
        except ValueError:
            return PlaceKind.TRACKS
        return PlaceKind.TRACKS if Place(kind).is_page else kind

    def _restore(self) -> None:
        self.resize(USUAL)
        geometry = self._settings.text("window/geometry")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))
        width = self._settings.number("window/up_next_width", self._theme.px(_UP_NEXT_PX))
        self._split.setSizes([max(1, self.width() - width), width])

    def _remember(self) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._settings.set("window/geometry", geometry)
        self._remember_split()
        self._settings.set("window/section", self.content.place.section.value)

    @Slot()
    def _remember_split(self) -> None:
        if not self.up_next.isHidden():
            self._settings.set("window/up_next_width", self.up_next.width())


def _line(parent: QWidget) -> QWidget:
    line = QWidget(parent)
    line.setProperty("role", "line")
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    line.setFixedWidth(1)
    return line
