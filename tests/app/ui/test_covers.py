"""Covers come at once, and better ones later."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from app.ui.covers import Covers, gradient
from app.ui.post import make_post
from tests.app.ui.songs import song


@pytest.fixture
def red(tmp_path: Path) -> Path:
    image = QImage(120, 90, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    image.save(str(tmp_path / "red.png"))
    return tmp_path / "red.png"


@pytest.fixture
def make(qapp, tmp_path):
    made: list[Covers] = []

    def build(thumbnail, **options) -> Covers:
        made.append(Covers(thumbnail, tmp_path, make_post(), **options))
        return made[-1]

    yield build
    for each in made:
        each.close()


def middle(pixmap) -> QColor:
    image = pixmap.toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2)


def test_a_song_without_a_cover_gets_colours_of_its_album(make):
    covers = make(lambda *_: pytest.fail("there is no cover to look for"))
    one, same = song(1, album="Crossings"), song(2, album="Crossings", artist="Artist 1")
    other = song(1, album="Meridian")
    assert middle(covers.pixmap(one, 40)) == middle(covers.pixmap(same, 40))
    assert middle(covers.pixmap(one, 40)) != middle(covers.pixmap(other, 40))


def test_the_cover_takes_the_place_of_its_stand_in(make, red, qtbot):
    covers = make(lambda *_: red)
    track = song(1, cover_key="abc")
    with qtbot.waitSignal(covers.loaded) as loaded:
        assert middle(covers.pixmap(track, 40)) != QColor("red")
    assert loaded.args == ["abc"]
    assert middle(covers.pixmap(track, 40)) == QColor("red")


def test_a_sharp_screen_gets_more_pixels(make, red, qtbot):
    covers = make(lambda *_: red)
    pixmap = covers.pixmap(song(1), 40, 2.0)
    assert (pixmap.width(), pixmap.deviceIndependentSize().width()) == (80, 40)


def test_asking_never_waits_for_a_slow_drive(make, red, qtbot):
    gate = threading.Event()
    covers = make(lambda *_: gate.wait(10) and red)
    track = song(1, cover_key="abc")
    for _ in range(50):
        covers.pixmap(track, 40)
    with qtbot.waitSignal(covers.loaded):
        gate.set()
    assert middle(covers.pixmap(track, 40)) == QColor("red")


def test_a_cover_that_cannot_be_read_is_not_asked_for_again(make, tmp_path, qtbot):
    asked: list[str] = []
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    covers = make(lambda location, key, size, folder: asked.append(key) or bad)
    track = song(1, cover_key="abc")
    covers.pixmap(track, 40)
    qtbot.waitUntil(lambda: "abc" in covers._missing)
    covers.pixmap(track, 40)
    covers.pixmap(track, 80)
    assert asked == ["abc"]


def test_a_failing_drive_leaves_the_threads_alive(make, red, qtbot):
    def read(location, key, size, folder):
        if key == "gone":
            raise OSError("the drive is gone")
        return red

    covers = make(read, threads=1)
    covers.pixmap(song(1, cover_key="gone"), 40)
    with qtbot.waitSignal(covers.loaded) as loaded:
        covers.pixmap(song(2, cover_key="here"), 40)
    assert loaded.args == ["here"]


def test_memory_stays_within_its_bound(make):
    covers = make(lambda *_: None, memory_mb=1)
    for number in range(400):
        covers.pixmap(song(number, album=f"Album {number}"), 64)
    assert covers.memory_bytes <= 1_000_000


def test_corners_are_round(make):
    image = make(lambda *_: None).pixmap(song(1), 40).toImage()
    assert image.pixelColor(0, 0).alpha() == 0
    assert gradient(7, 40).pixelColor(0, 0).alpha() == 255
