from __future__ import annotations

import sqlite3

from app.library.database import open_database
from app.ui.settings import Settings


def test_what_was_set_is_there_at_the_next_start(tmp_path):
    path = tmp_path / "segue.db"
    first = Settings(path)
    first.set("theme", "dark")
    first.set("theme", "light")
    first.set("width", 320)
    assert first.text("theme") == "light"
    first.close()
    second = Settings(path)
    assert second.text("theme") == "light"
    assert second.number("width", 0) == 320


def test_a_value_that_is_no_number_gives_the_default(tmp_path):
    path = tmp_path / "segue.db"
    connection = open_database(path)
    with connection:
        connection.execute("INSERT INTO settings VALUES ('width', 'wide')")
    connection.close()
    assert Settings(path).number("width", 7) == 7
    assert Settings(path).number("height", 8) == 8


def test_writing_goes_on_after_closing(tmp_path):
    path = tmp_path / "segue.db"
    settings = Settings(path)
    settings.set("one", "1")
    settings.close()
    settings.set("two", "2")
    settings.close()
    assert Settings(path).text("two") == "2"


def test_setting_does_not_wait_for_a_busy_database(tmp_path):
    path = tmp_path / "segue.db"
    settings = Settings(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    settings.set("theme", "dark")
    assert settings.text("theme") == "dark"
    holder.execute("COMMIT")
    holder.close()
    settings.close()
    assert Settings(path).text("theme") == "dark"
