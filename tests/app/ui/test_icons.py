from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor

import resources
from app.ui.icons import icon, pixmap

FOLDER = Path(resources.__file__).parent / "icons"
NAMES = sorted(path.stem for path in FOLDER.glob("*.svg"))


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something_in_the_colour_asked_for(qapp, name):
    image = pixmap(name, QColor("#12ab34"), 96, 1.0).toImage()
    inked = [
        image.pixelColor(x, y)
        for x in range(96)
        for y in range(96)
        if image.pixelColor(x, y).alpha() > 250
    ]
    assert inked
    assert all(colour.name() == "#12ab34" for colour in inked)


def test_an_icon_is_sharp_on_a_fine_screen(qapp):
    drawn = pixmap("play_arrow", QColor("white"), 20, 2.0)
    assert drawn.width() == 40
    assert drawn.deviceIndependentSize().width() == 20


def test_a_disabled_icon_looks_different(qapp, theme):
    drawn = icon("play_arrow_fill", QColor("white"), 20)
    normal = drawn.pixmap(20).toImage().pixelColor(8, 10)
    disabled = drawn.pixmap(20, drawn.Mode.Disabled).toImage().pixelColor(8, 10)
    assert disabled.lightness() < normal.lightness()


def test_a_name_that_is_missing_is_an_error(qapp):
    with pytest.raises(FileNotFoundError):
        pixmap("no_such_icon", QColor("white"))


def test_the_icons_come_with_their_licence():
    assert "Apache License" in (FOLDER / "LICENSE").read_text()
