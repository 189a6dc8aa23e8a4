from __future__ import annotations

import json
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.autoplay.catalogue import read_past
from app.library.database import open_database
from app.listening import exchange, history, impressions
from app.listening.events import (
    Correction,
    EndReason,
    Feedback,
    FeedbackKind,
    Forgotten,
    Impression,
    Origin,
    PlayEvent,
    Scope,
)
from app.listening.exchange import Contents, ExchangeError
from app.listening.exchange_rows import event_of
from app.listening.records import from_ms, insert_play, insert_said, insert_undo, refresh_opinion
from recommender.api import Play
from recommender.data.corpus import Feedback as RawFeedback
from recommender.data.formats.impressions import read_impressions
from tests.app.ui import shelf

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR_MS = 3_600_000
HEAD = {"format": "segue-listening", "version": 1}
LIKE = {
    "id": 1, "kind": "like", "at_ms": 5, "track": {"artist": "Mira Lund", "title": "Slow Tide"},
}  # fmt: skip


def play(track_id: int, hour: int) -> PlayEvent:
    return PlayEvent(
        track_id, from_ms(hour * HOUR_MS), 60_000, 200_000, EndReason.FINISHED, Origin.PREDICTED,
        2, "v1", 0.5,
    )  # fmt: skip


def reaction(track_id: int, kind: FeedbackKind, hour: int) -> Feedback:
    return Feedback(track_id, kind, from_ms(hour * HOUR_MS))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library in which everything that can be kept was done once."""
    path = shelf.fill(tmp_path / "home.db", 40)
    with closing(open_database(path)) as connection, connection:
        connection.execute("UPDATE tracks SET content_id = 'sound ' || track_id")
        first = insert_play(connection, play(3, 1))
        insert_play(connection, play(4, 2))
        insert_said(connection, reaction(3, FeedbackKind.LIKE, 3))
        insert_said(connection, reaction(5, FeedbackKind.DISLIKE, 4))
        insert_said(connection, reaction(6, FeedbackKind.NOT_NOW, 4))
        insert_said(connection, Correction(Scope.ARTIST, "Mira Lund", 0.5, from_ms(5)))
        insert_said(connection, Correction(Scope.SONG, "7", -1.0, from_ms(6)))
        insert_said(connection, Forgotten(Scope.GENRE, "Jazz", from_ms(7)))
        insert_undo(connection, first, 3, 9 * HOUR_MS)
    return path


@pytest.fixture
def file(home: Path, tmp_path: Path) -> Path:
    target = tmp_path / "mine.segue"
    assert exchange.export(home, target, NOW) == 9
    return target


def test_lists_that_were_shown_go_along_with_what_followed(home: Path, tmp_path: Path) -> None:
    with closing(open_database(home)) as connection, connection:
        at = from_ms(20 * HOUR_MS)
        rows = [Impression(at, row, 3 + row, 1.0, 0.5 / (1 + row), "v1") for row in range(2)]
        impressions.insert(connection, rows)
        insert_play(connection, play(4, 21))
        names = dict(connection.execute("SELECT track_id, title FROM tracks"))
    target = tmp_path / "shown.segue"
    assert exchange.export(home, target, NOW) == 10
    (found,) = read_impressions(target)
    assert (found.at_ms, found.chosen, found.probabilities) == (20 * HOUR_MS, 1, (0.5, 0.25))
    assert found.outcome == RawFeedback.PLAYED
    keys = zip((3, 4), found.keys, strict=True)
    assert all(names[track].casefold() in key for track, key in keys)
    assert exchange.look_into(home, target).new == 0


def other(tmp_path: Path, first_id: int = 1001, **columns: str) -> Path:
    """The same music on another machine, under other numbers."""
    path = shelf.fill(tmp_path / "other.db", 40)
    with closing(open_database(path)) as connection, connection:
        connection.execute("PRAGMA defer_foreign_keys = 1")
        connection.execute("UPDATE tracks SET content_id = 'sound ' || track_id")
        for column, value in columns.items():
            connection.execute(f"UPDATE tracks SET {column} = {value}")
        connection.execute("UPDATE tracks SET track_id = track_id + ?", (first_id - 1,))
    return path


def kept(database: Path) -> list[object]:
    with closing(open_database(database)) as connection:
        return [item.event for item in history.events(connection)]


def opinions(database: Path) -> dict[int, str]:
    with closing(open_database(database)) as connection:
        return dict(connection.execute("SELECT track_id, kind FROM opinions").fetchall())


def pack(path: Path, lines: bytes, head: object = HEAD) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("segue.json", json.dumps(head))
        archive.writestr("events.jsonl", lines)
    return path


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_everything_comes_back_under_the_other_machines_numbers(file, tmp_path):
    there = other(tmp_path)
    told = exchange.bring_in(there, file)
    assert told == Contents(new=9, tracks=5)
    assert kept(there) == [
        play(1004, 2),
        reaction(1003, FeedbackKind.LIKE, 3),
        reaction(1005, FeedbackKind.DISLIKE, 4),
        reaction(1006, FeedbackKind.NOT_NOW, 4),
        Correction(Scope.ARTIST, "Mira Lund", 0.5, from_ms(5)),
        Correction(Scope.SONG, "1007", -1.0, from_ms(6)),
        Forgotten(Scope.GENRE, "Jazz", from_ms(7)),
    ]
    assert opinions(there) == {1003: "like", 1005: "dislike"}


def test_looking_into_a_file_counts_and_changes_nothing(file, tmp_path):
    there = other(tmp_path)
    assert exchange.look_into(there, file) == Contents(new=9, tracks=5)
    assert kept(there) == []


def test_what_is_here_already_is_not_taken_twice(file, home, tmp_path):
    assert exchange.look_into(home, file) == Contents(present=9, tracks=5)
    there = other(tmp_path)
    exchange.bring_in(there, file)
    before = kept(there)
    assert exchange.bring_in(there, file) == Contents(present=9, tracks=5)
    assert kept(there) == before


def test_a_play_that_went_on_after_its_skip_was_undone_comes_along(home, tmp_path):
    skipped = replace(play(9, 8), heard_ms=6_000, end_reason=EndReason.SKIPPED)
    with closing(open_database(home)) as connection, connection:
        insert_undo(connection, insert_play(connection, skipped), 9, 8 * HOUR_MS)
        insert_play(connection, play(9, 8))
    exchange.export(home, tmp_path / "mine.segue", NOW)
    there = other(tmp_path)
    assert exchange.bring_in(there, tmp_path / "mine.segue").present == 0
    assert play(1009, 8) in kept(there)
    assert exchange.look_into(there, tmp_path / "mine.segue").new == 0


def test_an_undo_elsewhere_takes_back_the_play_that_is_here(file, tmp_path):
    there = other(tmp_path)
    with closing(open_database(there)) as connection, connection:
        insert_play(connection, play(1003, 1))
    assert exchange.bring_in(there, file) == Contents(new=8, present=1, tracks=5)
    assert play(1003, 1) not in kept(there)


def test_tracks_of_another_sound_are_known_by_their_names_and_length(file, tmp_path):
    there = other(tmp_path, content_id="'x' || track_id", duration_ms="duration_ms + 2900")
    assert exchange.look_into(there, file).new == 9


def test_another_length_is_another_recording(file, tmp_path):
    there = other(tmp_path, content_id="''", duration_ms="duration_ms + 3100")
    told = exchange.bring_in(there, file)
    # What is said of artists and genres needs no track.
    assert (told.new, told.unknown, told.tracks, told.unknown_tracks) == (2, 7, 0, 5)
    assert len(kept(there)) == 2


def test_a_later_word_said_here_holds(file, tmp_path):
    there = other(tmp_path)
    with closing(open_database(there)) as connection, connection:
        insert_said(connection, reaction(1003, FeedbackKind.DISLIKE, 30))
        refresh_opinion(connection, 1003)
    assert exchange.bring_in(there, file).present == 1
    assert opinions(there)[1003] == "dislike"


def test_older_plays_from_elsewhere_are_learnt_before_the_later_ones_from_here(file, tmp_path):
    there = other(tmp_path)
    with closing(open_database(there)) as connection, connection:
        insert_play(connection, play(1010, 1))
        insert_play(connection, play(1011, 50))
        # The clock was set back: what was saved later stays later.
        insert_play(connection, play(1012, 48))
    exchange.bring_in(there, file)
    with closing(open_database(there)) as connection:
        past = read_past(connection)
    played = [event.song_id for event in past.events if isinstance(event, Play)]
    assert played == [1010, 1004, 1011, 1012]
    assert past.last_event_id == 12


def test_a_file_tells_nothing_of_where_the_music_lies(file):
    with zipfile.ZipFile(file) as archive:
        text = archive.read("events.jsonl").decode()
    assert "/music/" not in text
    assert "Mira Lund/" in text


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"no zip at all"), "damaged, or no export"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "damaged, or no export"),
        (lambda path: path.unlink(), "could not be read: No such file"),
        (lambda path: pack(path, b"", {"format": "other"}), "no export of Segue"),
        (lambda path: pack(path, b"", {**HEAD, "version": 2}), "newer Segue"),
        (lambda path: pack(path, b"", {**HEAD, "version": "2"}), "newer Segue"),
        (lambda path: pack(path, lines(LIKE) + b"{broken\n"), "Line 2"),
        (lambda path: pack(path, "é".encode("latin-1") + b"\n"), "Line 1"),
        (lambda path: pack(path, b"[" * 60_000 + b"\n"), "Line 1"),
        (lambda path: pack(path, b"x" * 50_000_000), "Line 1"),
        (lambda path: pack(path, lines({**LIKE, "kind": "shout"})), "Line 1"),
        (lambda path: pack(path, lines({**LIKE, "at_ms": 10**30})), "Line 1"),
        (lambda path: pack(path, lines({**LIKE, "track": {"title": "\ud800"}})), "Line 1"),
        (lambda path: pack(path, lines({**LIKE, "track": "../../etc/passwd"})), "Line 1"),
        (lambda path: pack(path, b'{"id": NaN}\n'), "Line 1"),
    ],
)
def test_a_hostile_or_damaged_file_gives_a_sentence_and_changes_nothing(
    file, tmp_path, spoil, words
):
    there = other(tmp_path)
    spoil(file)
    with pytest.raises(ExchangeError, match=words):
        exchange.look_into(there, file)
    with pytest.raises(ExchangeError, match=words):
        exchange.bring_in(there, file)
    assert kept(there) == []


def test_a_zip_without_the_two_texts_is_refused(tmp_path):
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../segue.json", json.dumps(HEAD))
    with pytest.raises(ExchangeError, match=r"holds no segue\.json"):
        exchange.look_into(other(tmp_path), path)
    assert not (tmp_path.parent / "segue.json").exists()


def test_a_bomb_is_left_as_soon_as_it_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("app.listening.exchange_file.MOST_BYTES", 100_000)
    path = pack(tmp_path / "bomb.zip", lines(LIKE) * 5_000)
    assert path.stat().st_size < 5_000
    with pytest.raises(ExchangeError, match="more than any listener hears"):
        exchange.look_into(other(tmp_path), path)


def test_an_export_that_cannot_be_written_says_so(home, tmp_path):
    with pytest.raises(ExchangeError, match="could not be written"):
        exchange.export(home, tmp_path / "nowhere" / "mine.segue", NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = (
    "id", "kind", "at_ms", "track", "undoes", "scope", "name", "value", "heard_ms", "duration_ms",
    "end_reason", "origin", "list_position", "model_version", "score",
)  # fmt: skip
KINDS = st.sampled_from(("play", "like", "correct", "forget", "undo"))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), json_values), KINDS)
def test_a_line_of_whatever_values_is_an_event_or_none(values, kind):
    event = event_of({"id": 1, "at_ms": 1, "kind": kind, **values})
    if event is not None:
        event.row(None)
