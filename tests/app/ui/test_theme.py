from __future__ import annotations

import itertools
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

from app.ui.theme import Theme, dark_colours, light_colours


def luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: QColor, second: QColor) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


SURFACES = ("window", "panel", "raised", "hover", "selection")
INKS = ("text", "muted", "accent", "like", "danger")


@pytest.mark.parametrize("make", [dark_colours, light_colours])
@pytest.mark.parametrize(("surface", "ink"), list(itertools.product(SURFACES, INKS)))
def test_words_are_readable_on_every_surface(make, surface, ink):
    colours = make()
    assert contrast(getattr(colours, surface), getattr(colours, ink)) >= 4.5


@pytest.mark.parametrize("make", [dark_colours, light_colours])
@pytest.mark.parametrize(
    ("surface", "ink"),
    [("accent", "accent_text"), ("toast", "toast_text"), ("knob", "knob_text")],
)
def test_words_are_readable_on_filled_controls(make, surface, ink):
    colours = make()
    assert contrast(getattr(colours, surface), getattr(colours, ink)) >= 4.5


@pytest.mark.parametrize("make", [dark_colours, light_colours])
@pytest.mark.parametrize("surface", SURFACES)
def test_the_focus_ring_stands_out(make, surface):
    colours = make()
    assert contrast(getattr(colours, surface), colours.accent) >= 3


def test_switching_the_mode_changes_palette_and_tells(qapp, qtbot):
    theme = Theme(qapp, "light")
    assert not theme.is_dark
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.set_mode("dark")
    assert theme.is_dark
    assert qapp.palette().window().color() == dark_colours().window


def test_a_system_turning_dark_is_followed_only_in_system_mode(qapp):
    theme = Theme(qapp, "system")
    was_dark = theme.is_dark
    scheme = Qt.ColorScheme
    other = scheme.Light if was_dark else scheme.Dark
    qapp.styleHints().setColorScheme(other)
    followed = qapp.styleHints().colorScheme() == other
    assert theme.is_dark == (not was_dark if followed else was_dark)
    qapp.styleHints().unsetColorScheme()


def test_an_unknown_mode_is_refused_with_words(theme):
    with pytest.raises(ValueError, match="system, light, dark"):
        theme.set_mode("sepia")


def test_the_style_sheet_has_no_open_place_left(theme, qapp):
    assert not re.search(r"@\w+", qapp.styleSheet())


def test_lengths_grow_with_the_font(qapp):
    before = qapp.font()
    try:
        small = Theme(qapp, "dark").px(100)
        larger = qapp.font()
        larger.setPointSizeF(before.pointSizeF() * 3)
        qapp.setFont(larger)
        assert Theme(qapp, "dark").px(100) > small * 1.8
    finally:
        qapp.setFont(before)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_choice_that_opens_shows_all_of_its_lines(qapp, qtbot):
    Theme(qapp, "light")
    box = QComboBox()
    qtbot.addWidget(box)
    box.addItems(["Like the system", "Light", "Dark"])
    box.show()
    box.showPopup()
    view = box.view()
    lines_px = sum(view.sizeHintForRow(row) for row in range(box.count()))
    qtbot.waitUntil(lambda: view.viewport().height() >= lines_px)
    box.hidePopup()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_a_field_proposes_has_a_ground_to_be_read_on(qapp, qtbot):
    Theme(qapp, "light")
    field, proposals = QLineEdit(), QCompleter(["/music/jazz", "/music/folk"])
    qtbot.addWidget(field)
    field.setCompleter(proposals)
    field.show()
    proposals.complete()
    popup = proposals.popup()
    ground = popup.grab().toImage().pixelColor(popup.width() - 4, popup.height() // 2)
    assert ground == light_colours().raised
    popup.hide()
