"""The player's own history, as the player writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.library.database import open_database
from app.listening.events import EndReason, Feedback, FeedbackKind, Origin, PlayEvent, Recorded
from app.listening.store import ListeningStore
from recommender.data.corpus import Feedback as Said
from recommender.data.formats import RawPlay, ReadError, read_lists

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
SONGS = ("Ebb", "Flow", "Tide", "Radio")


class Player:
    """Writes events through the player's own store."""

    def __init__(self, database: Path) -> None:
        self.database = database
        with closing(open_database(database)) as connection, connection:
            for number, title in enumerate(SONGS, start=1):
                place = "http://radio" if title == "Radio" else f"/music/{title}"
                connection.execute(
                    "INSERT INTO tracks (track_id, location, added_at_ms, title, artist)"
                    " VALUES (?, ?, 0, ?, 'Mira Vale')",
                    (number, place, title),
                )
        self.store = ListeningStore(database, lambda deliver: deliver())
        self.saved: list[Recorded] = []

    def play(self, title: str, minute: float, reason: str = "finished", heard_s: int = 180) -> None:
        at = NOON + timedelta(minutes=minute)
        play = PlayEvent(SONGS.index(title) + 1, at, 1000 * heard_s, 200_000, EndReason(reason),
                         Origin.MANUAL)  # fmt: skip
        self.store.record_play(play, self.saved.append)

    def say(self, kind: str, title: str, minute: float) -> None:
        at = NOON + timedelta(minutes=minute)
        self.store.record_feedback(Feedback(SONGS.index(title) + 1, FeedbackKind(kind), at))

    def undo_last_play(self) -> None:
        assert self.store.flush()
        self.store.undo(self.saved[-1].event_id)

    def lists(self) -> list[list[tuple[str, int]]]:
        assert self.store.flush()
        return [
            [(play.title, play.feedback) for play in each.plays]
            for each in read_lists([self.database], "segue")
        ]


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    player = Player(tmp_path / "library.db")
    yield player
    player.store.close()


def test_plays_become_sessions_with_skips(player: Player) -> None:
    player.play("Ebb", 0)
    player.play("Flow", 3, "skipped", 5)
    player.play("Tide", 60, "picked_other", 50)
    assert player.lists() == [[("Ebb", Said.PLAYED), ("Flow", Said.SKIPPED)], [("Tide", 0)]]
    first, _ = read_lists([player.database], "segue")
    assert first.plays[0] == RawPlay("mira vale – ebb", "Mira Vale", "Ebb")
    assert first.at_s == NOON.timestamp()


def test_a_like_counts_for_the_play_it_was_given_in_until_it_is_taken_back(player: Player) -> None:
    player.play("Ebb", 0)
    player.say("like", "Ebb", 1)
    player.play("Flow", 3, "skipped", 90)
    player.say("like", "Flow", 3.5)
    player.say("clear", "Flow", 4)
    player.play("Ebb", 6)
    player.say("like", "Tide", 7)
    assert player.lists() == [[("Ebb", Said.LIKED), ("Flow", Said.SKIPPED), ("Ebb", Said.PLAYED)]]


def test_plays_taken_back_broken_browsed_or_streamed_are_left_out(player: Player) -> None:
    player.play("Ebb", 0)
    player.play("Flow", 3)
    player.undo_last_play()
    player.play("Flow", 6, "error", 1)
    player.play("Tide", 7, "picked_other", 1)
    player.play("Radio", 8)
    assert player.lists() == [[("Ebb", Said.PLAYED)]]


def test_the_database_is_not_changed_while_the_player_runs(player: Player) -> None:
    player.play("Ebb", 0)
    assert player.store.flush()
    before = player.database.read_bytes()
    assert player.lists()
    assert player.database.read_bytes() == before


def test_a_history_without_plays_is_said(player: Player) -> None:
    with pytest.raises(ReadError, match="there are no lists"):
        player.lists()


def test_another_file_or_database_is_refused_in_words(tmp_path: Path) -> None:
    missing, text, other = (tmp_path / name for name in ("none.db", "text.db", "other.db"))
    text.write_text("this is not a database, it is text " * 40)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE things (name)")
    for path, said in (
        (missing, "no such file"),
        (text, "not a database"),
        (other, "no such table"),
    ):
        with pytest.raises(ReadError) as problem:
            list(read_lists([path], "segue"))
        assert str(path) in str(problem.value)
        assert said in str(problem.value)
    assert not missing.exists()


def test_a_damaged_event_is_said(player: Player) -> None:
    player.play("Ebb", 0)
    player.store.flush()
    with closing(sqlite3.connect(player.database)) as connection, connection:
        connection.execute("UPDATE events SET heard_ms = 'long'")
    with pytest.raises(ReadError, match="an event in it is damaged"):
        player.lists()
