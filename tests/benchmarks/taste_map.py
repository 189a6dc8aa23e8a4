"""The map of the library under a dragging pointer, and the drawing of its points."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from recommender.vectors.song_map import SongMap, write_map
from tests.app.ui import shelf
from tests.benchmarks.table import Row, at_most

SONGS = 100_000
STEPS = 100
WAIT_S = 60.0


def rows() -> list[Row]:
    """The map with 100,000 songs, in a window of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from app.library.reader import Reader
    from app.ui.post import make_post
    from app.ui.taste_map import TasteMap
    from app.ui.theme import Theme

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory(prefix="segue-bench-") as folder:
        database = shelf.fill(Path(folder) / "segue.db", SONGS)
        _draw_up(Path(folder))
        reader = Reader(database, make_post(application))
        song_map = TasteMap(reader, Theme(application, "dark"))
        song_map.resize(900, 440)
        song_map.show()
        song_map.load(Path(folder))
        song_map.show_session(range(1, SONGS, SONGS // 20))
        _wait(application, lambda: bool(song_map.genres))
        began_s = time.perf_counter()
        _wait(application, lambda: song_map.is_drawn)
        drawn_ms = (time.perf_counter() - began_s) * 1000
        paints_ms = [_paint_ms(song_map, step) for step in range(STEPS)]
        song_map.close()
        reader.close()
    how = f"one paint after a move of 3 pixels, median of {STEPS}, 20 songs on the path"
    return [
        at_most("map, 100,000 songs, paint in a drag", round(median(paints_ms), 2), "ms", 16, how),
        at_most("map, 100,000 songs, points drawn anew", round(drawn_ms), "ms", 500,
                "beside the window, which meanwhile shows the picture before it"),
    ]  # fmt: skip


def _draw_up(folder: Path) -> None:
    places = np.random.default_rng(0).normal(0.5, 0.15, (SONGS, 2)).clip(0, 1)
    ids = np.arange(1, SONGS + 1, dtype=np.int64)
    write_map(folder, SongMap(ids, places.astype(np.float32)))


def _paint_ms(song_map: object, step: int) -> float:
    from app.ui.taste_map import TasteMap

    assert isinstance(song_map, TasteMap)
    song_map.pan(3.0 if step % 20 < 10 else -3.0, 1.0)
    began_s = time.perf_counter()
    song_map.repaint()
    return (time.perf_counter() - began_s) * 1000


def _wait(application: object, done: object) -> None:
    from PySide6.QtCore import QEventLoop

    assert callable(done)
    until_s = time.monotonic() + WAIT_S
    while not done():
        if time.monotonic() > until_s:
            raise RuntimeError("The map was not drawn in time.")
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)  # type: ignore[attr-defined]
