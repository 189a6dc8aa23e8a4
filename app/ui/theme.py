"""One look, light and dark: colours, sizes, fonts, palette and style sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QPainter, QPalette
from PySide6.QtWidgets import QApplication

import resources

MODES = ("system", "light", "dark")
_DESIGN_FONT_PX = 13
_TOKEN = re.compile(r"@px\((\d+)\)|@file\(([\w.]+)\)|@([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Colours:
    """What things are painted with. Text on any of the surfaces has WCAG AA contrast."""

    window: QColor
    """Behind the content."""
    panel: QColor
    """Sidebar, *Up next*, transport bar."""
    raised: QColor
    """Fields, cards and menus."""
    line: QColor
    """Thin separators."""
    outline: QColor
    """The border of a control."""
    hover: QColor
    selection: QColor
    text: QColor
    muted: QColor
    accent: QColor
    accent_text: QColor
    """On a surface of colour accent."""
    like: QColor
    danger: QColor
    toast: QColor
    toast_text: QColor
    knob: QColor
    """The round play button."""
    knob_text: QColor


def _colours(**names: str) -> Colours:
    return Colours(**{name: QColor(value) for name, value in names.items()})


def dark_colours() -> Colours:
    """The palette for dark surroundings."""
    return _colours(
        window="#131419", panel="#1a1c23", raised="#22252e", line="#262933", outline="#3a3f4d",
        hover="#1f222b", selection="#272c3b", text="#eceef4", muted="#9ba1b1", accent="#86a8ff",
        accent_text="#0d1430", like="#ff7a95", danger="#ff8f85", toast="#eceef4",
        toast_text="#15171d", knob="#eceef4", knob_text="#15171d",
    )  # fmt: skip


def light_colours() -> Colours:
    """The palette for bright surroundings."""
    return _colours(
        window="#f6f7fa", panel="#ffffff", raised="#ffffff", line="#e4e7ed", outline="#c4cad6",
        hover="#eff1f6", selection="#e4ebfd", text="#171a21", muted="#596070", accent="#2558d3",
        accent_text="#ffffff", like="#c2214c", danger="#b3261e", toast="#1c1f28",
        toast_text="#f2f4f8", knob="#1c1f28", knob_text="#ffffff",
    )  # fmt: skip


class Theme(QObject):
    """The look in use. Everything painted by hand asks it, and repaints on `changed`."""

    changed = Signal()

    def __init__(
        self, application: QApplication, mode: str = "system", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._mode = mode if mode in MODES else "system"
        self._hints = application.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow_system)
        pixel_size = QFontInfo(application.font()).pixelSize()
        self._scale = max(1.0, pixel_size / _DESIGN_FONT_PX) if pixel_size > 0 else 1.0
        application.setStyle("Fusion")
        self._tell_platform()
        self._apply()

    @property
    def mode(self) -> str:
        """One of MODES."""
        return self._mode

    @property
    def is_dark(self) -> bool:
        """Whether the dark palette is in use."""
        return self._dark

    @property
    def colours(self) -> Colours:
        """The palette in use."""
        return self._colours

    def set_mode(self, mode: str) -> None:
        """Follow the system, or stay light or dark; raises ValueError for another word."""
        if mode not in MODES:
            raise ValueError(f"the theme is one of {', '.join(MODES)}, not {mode!r}")
        if mode == self._mode:
            return
        self._mode = mode
        self._tell_platform()
        self._refresh()

    def px(self, design_px: float) -> int:
        """A length drawn for a 13 px font, in the pixels of the font in use."""
        return max(1, round(design_px * self._scale))

    def paint_focus(self, painter: QPainter, rect: QRect) -> None:
        """The ring around a widget that paints itself and has the keyboard."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.colours.accent)
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), self.px(8), self.px(8))

    def font(self, design_px: float = 13, bold: bool = False) -> QFont:
        """The application's font at a size given for a 13 px font."""
        font = QFont(self._application.font())
        font.setPixelSize(self.px(design_px))
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        if self._mode == "system":
            self._refresh()

    def _refresh(self) -> None:
        if self._wants_dark() != self._dark:
            self._apply()
            self.changed.emit()

    def _wants_dark(self) -> bool:
        if self._mode == "system":
            return self._hints.colorScheme() == Qt.ColorScheme.Dark
        return self._mode == "dark"

    def _tell_platform(self) -> None:
        """Title bars and native dialogs follow where the platform lets them."""
        if self._mode == "system":
            self._hints.unsetColorScheme()
        else:
            dark = self._mode == "dark"
            self._hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    def _apply(self) -> None:
        self._dark = self._wants_dark()
        self._colours = dark_colours() if self._dark else light_colours()
        self._application.setPalette(_palette(self._colours))
        self._application.setStyleSheet(self._style_sheet())

    def _style_sheet(self) -> str:
        folder = Path(resources.__file__).parent / "styles"
        template = (folder / "segue.qss").read_text(encoding="utf-8")
        names = {each.name: getattr(self._colours, each.name).name() for each in fields(Colours)}

        def value(match: re.Match[str]) -> str:
            length, file, name = match.groups()
            if file:
                dark = folder / f"{Path(file).stem}_dark.svg"
                return (dark if self._dark and dark.exists() else folder / file).as_posix()
            return f"{self.px(int(length))}px" if length else names[name]

        return _TOKEN.sub(value, template)


def _palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for roles, colour in (
        ((role.Window, role.Button), colours.window),
        ((role.Base, role.AlternateBase), colours.window),
        ((role.ToolTipBase,), colours.toast),
        ((role.ToolTipText,), colours.toast_text),
        ((role.WindowText, role.Text, role.ButtonText, role.BrightText), colours.text),
        ((role.PlaceholderText,), colours.muted),
        ((role.Highlight,), colours.selection),
        ((role.HighlightedText,), colours.text),
        ((role.Link, role.Accent), colours.accent),
        ((role.Mid, role.Midlight, role.Light), colours.line),
        ((role.Dark, role.Shadow), colours.outline),
    ):
        for each in roles:
            palette.setColor(each, colour)
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, colours.outline)
    return palette
