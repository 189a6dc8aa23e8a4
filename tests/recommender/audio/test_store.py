"""What was heard is kept by content, and survives whatever happens to its file but deletion."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.audio.sound import MELS, METHOD, Piece, Sound
from recommender.audio.store import AT_ONCE, ATTEMPTS, DONE, GAVE_UP, SoundStore


def sound(value: float = 1.0, damage: str = "", frames: int = 3) -> Sound:
    mel = np.full((frames, MELS), int(value), np.uint8)
    return Sound(
        180.0, 45.0, np.full(5, value, np.float32), (Piece(0.0, mel), Piece(9.5, mel)), damage
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "sounds.db"


def test_what_was_put_comes_back_after_another_start(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound(1))
        store.put("b", sound(2))
    with SoundStore(path) as store:
        names, hands = store.hands(["b", "unknown", "a"])
        kept = dict(zip(names, hands[:, 0].tolist(), strict=True))
        assert kept == {"a": 1.0, "b": 2.0}
        assert hands.dtype == np.float32
        ((name, pieces),) = store.pieces(["unknown", "b"])
        assert name == "b"
        assert [piece.start_s for piece in pieces] == [0.0, 9.5]
        assert (pieces[1].mel == 2).all()
        assert store.heard() == 2


def test_how_moments_differ_is_kept_where_it_is_known(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound(1))
        assert store.aparts(["a"]).shape == (0, 0)
        store.put("b", replace(sound(2), apart=np.arange(5.0, dtype=np.float32)))
        assert store.aparts(["a", "b", "c"]).tolist() == [[0, 1, 2, 3, 4]]
        assert len(store.hands(["a", "b"])[0]) == 2


def test_a_sound_that_is_put_again_takes_the_place_of_the_first(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound(1, damage="The end is missing."))
        store.put("a", sound(2))
        assert store.hands(["a"])[1][0, 0] == 2.0
        assert (store.problems(), store.heard()) == ({}, 1)


def test_missing_are_those_neither_heard_nor_refused_in_order_and_once(path: Path) -> None:
    many = [str(number) for number in range(2 * AT_ONCE + 5)]
    with SoundStore(path) as store:
        store.put("3", sound())
        store.refuse("5", "It is damaged.")
        store.begin("7")
        assert store.missing(["9", "7", "3", "9", "5"]) == ["9", "7"]
        assert store.missing(many) == [each for each in many if each not in ("3", "5")]
        assert store.missing([]) == []
        assert store.hands([])[0] == []


def test_a_sound_that_ends_the_process_again_and_again_is_given_up(path: Path) -> None:
    for _ in range(ATTEMPTS):
        with SoundStore(path) as store:
            assert store.begin("a")
    with SoundStore(path) as store:
        assert store.suspects() == {"a"}
        assert not store.begin("a")
        assert store.problems() == {"a": GAVE_UP}
        assert store.missing(["a"]) == []
        assert store.suspects() == set()


def test_one_that_was_released_or_heard_is_no_suspect_and_starts_from_nothing(path: Path) -> None:
    with SoundStore(path) as store:
        for _ in range(ATTEMPTS + 1):
            assert store.begin("a")
            store.release("a")
        assert store.begin("b")
        store.put("b", sound())
        assert store.suspects() == set()
        assert store.missing(["a", "b"]) == ["a"]


def test_a_release_forgets_nothing_that_is_known(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound())
        store.refuse("b", "It is damaged.")
        store.release("a")
        store.release("b")
        assert store.heard() == 1
        assert store.problems() == {"b": "It is damaged."}


def test_what_was_heard_in_part_is_heard_and_a_problem(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound(damage="The end is missing."))
        assert store.problems() == {"a": "The end is missing."}
        assert store.heard() == 1


def test_other_versions_of_the_method_are_kept_apart_until_they_are_forgotten(path: Path) -> None:
    with SoundStore(path, METHOD) as old, SoundStore(path, METHOD + 1) as new:
        old.put("a", sound(1))
        old.refuse("b", "It is damaged.")
        assert new.missing(["a", "b"]) == ["a", "b"]
        assert (new.hands(["a"])[0], list(new.pieces(["a"])), new.problems()) == ([], [], {})
        new.put("a", sound(2))
        assert old.hands(["a"])[1][0, 0] == 1.0
        new.forget_others()
        assert (old.heard(), new.heard()) == (0, 1)
        assert old.missing(["a", "b"]) == ["a", "b"]
        assert list(old.pieces(["a"])) == []


@pytest.mark.parametrize("bytes_", [b"no database at all" * 100, b"x"])
def test_a_file_that_is_no_store_is_begun_anew(path: Path, bytes_: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(bytes_)
    with SoundStore(path) as store:
        store.put("a", sound())
        assert store.heard() == 1


def test_a_store_of_another_layout_is_begun_anew(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    with SoundStore(path) as store:
        assert store.missing(["a"]) == ["a"]
        store.put("a", sound())


def test_damage_in_the_middle_shows_when_it_is_read_and_a_new_start_mends_it(path: Path) -> None:
    with SoundStore(path) as store:
        for number in range(200):
            store.put(str(number), sound())
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    with SoundStore(path) as store:
        with pytest.raises(sqlite3.DatabaseError):
            store.suspects()
        store.start_anew()
        store.put("a", sound())
        assert store.heard() == 1


def test_one_damaged_spectrogram_is_left_out(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound())
        store.put("b", sound())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE pieces SET data = x'00' WHERE content = 'a'")
        assert [content for content, _ in store.pieces(["a", "b"])] == ["b"]


def test_a_deleted_file_is_noticed_and_its_log_is_not_read_into_the_next(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound())
        assert not store.is_gone
        path.unlink()
        assert store.is_gone
        with SoundStore(path) as fresh:
            assert fresh.heard() == 0
            assert store.is_gone
            assert not fresh.is_gone


def test_a_reader_sees_each_sound_as_soon_as_it_is_put_and_never_waits(path: Path) -> None:
    with SoundStore(path) as writer, SoundStore(path) as reader:
        writer.put("a", sound())
        assert reader.missing(["a", "b"]) == ["b"]
        with closing(sqlite3.connect(path)) as busy:
            busy.execute("BEGIN IMMEDIATE")
            assert reader.heard() == 1
            with SoundStore(path) as late:
                assert late.heard() == 1
            busy.rollback()
        writer.put("b", sound())
        assert reader.missing(["a", "b"]) == []


def test_many_may_open_it_at_once_for_the_first_time(path: Path) -> None:
    ready, failed = threading.Barrier(8), []

    def open_and_put(number: int) -> None:
        ready.wait()
        try:
            with SoundStore(path) as store:
                store.put(str(number), sound(number))
        except (OSError, sqlite3.Error) as problem:
            failed.append(problem)

    threads = [threading.Thread(target=open_and_put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with SoundStore(path) as store:
        assert store.heard() == 8


def test_a_place_that_cannot_be_used_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "sounds.db").mkdir()
    with pytest.raises(OSError, match=r"sounds\.db cannot be used"):
        SoundStore(tmp_path / "sounds.db")


def test_another_database_can_ask_what_is_done(path: Path) -> None:
    with SoundStore(path) as store:
        store.put("a", sound())
        store.refuse("b", "It is damaged.")
        store.begin("c")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH ? AS sounds", (str(path),))
        rows = connection.execute(DONE).fetchall()
    assert sorted(rows) == [("a", 1, ""), ("b", 0, "It is damaged.")]


def test_long_songs_as_a_whole_come_back_as_they_were(path: Path) -> None:
    mel = np.random.default_rng(1).integers(0, 256, (5_000, MELS), np.uint8)
    with SoundStore(path) as store:
        store.put("a", Sound(240.0, 240.0, np.zeros(3, np.float32), (Piece(0.0, mel),)))
        ((_, pieces),) = store.pieces(["a"])
    np.testing.assert_array_equal(pieces[0].mel, mel)
