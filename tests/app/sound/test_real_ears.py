"""Real files, found by a real scan and heard by real ears in a real process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest

from app.library.database import open_database
from app.library.folders import add_folder
from app.library.scanner import Scan
from app.library.workers import WorkerPool
from app.sound.process import EARS
from app.sound.state import Doing
from recommender.audio.store import SoundStore
from tests.app.sound.conftest import Followed, Shelf
from tests.making import make_audio, retag

pytestmark = pytest.mark.timeout(240)


def scan(shelf: Shelf) -> None:
    with closing(open_database(shelf.database)) as database:
        add_folder(database, str(shelf.folder))
        Scan(database, lambda *_: None, lambda: WorkerPool(1)).run()


def test_an_album_that_is_copied_into_the_folder_is_heard_and_a_retag_is_nothing_new(
    shelf: Shelf, follow: Callable[..., Followed]
) -> None:
    low = make_audio(shelf.folder / "low.flac", seconds=2.0, hertz=110.0)
    make_audio(shelf.folder / "high.ogg", seconds=2.0, hertz=1_760.0)
    make_audio(shelf.folder / "middle.wav", seconds=2.0, hertz=440.0)
    shutil.copyfile(low, shelf.folder / "again.flac")
    scan(shelf)
    followed = follow(hear=EARS, linger_s=30.0)
    followed.until_rested(heard=4)
    make_audio(shelf.folder / "new.mp3", seconds=2.0, hertz=880.0)
    (shelf.folder / "cut.flac").write_bytes(low.read_bytes()[:300])
    retag(low, "flac", {"title": "Low", "artist": "Somebody"})
    scan(shelf)
    followed.listener.library_changed()
    followed.until(lambda: followed.listener.state.heard >= 5)
    followed.until_doing(Doing.RESTING)
    with closing(open_database(shelf.database)) as connection, SoundStore(shelf.store) as store:
        rows = connection.execute("SELECT content_id FROM tracks WHERE title <> 'cut'").fetchall()
        contents = {row[0] for row in rows}
        assert store.heard() == len(contents) == 4
        names, hands = store.hands(sorted(contents))
        assert set(names) == contents
        assert np.isfinite(hands).all()
        assert len({row.tobytes() for row in hands}) == 4
