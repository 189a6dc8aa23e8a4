from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from app.autoplay import sounds as module
from app.autoplay.catalogue import contents_of
from app.autoplay.choice import LIVE_MODEL
from app.autoplay.model import KeptModel
from app.autoplay.sounds import NONE_HEARD, NOT_HEARD, Heard, Listen, Sounds
from app.autoplay.worker import Server
from app.library.database import open_database
from app.listening.events import EndReason, FeedbackKind
from recommender.api import Forgotten, Scope
from recommender.audio.hearing import ByHand, Hearing, by_hand
from recommender.audio.sound import Sound
from recommender.audio.store import SoundStore
from recommender.experts.trained import Trained
from recommender.live import LiveRecommender
from recommender.training.settings import TrainingError
from tests.app.autoplay.stand_in import StandIn

KINDS = 4
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 here")


def kind_of(track_id: int) -> int:
    return (track_id - 1) // 5 % KINDS


def hear(store: Path, *track_ids: int, like: int | None = None) -> None:
    """Listen to tracks: five in a row are of a kind, or all are of the kind of `like`."""
    with SoundStore(store) as kept:
        for track_id in track_ids:
            hand = np.zeros(KINDS, np.float32)
            hand[kind_of(track_id if like is None else like)] = 3 + track_id % 7 / 20
            kept.put(f"sound {track_id}", Sound(60.0, 60.0, hand, ()))


def name_sounds(database: Path, *track_ids: int, end: str = "") -> None:
    """The library has looked at these files."""
    with closing(open_database(database)) as connection, connection:
        connection.executemany(
            "UPDATE tracks SET content_id = ?, artist = '' WHERE track_id = ?",
            [(f"sound {track_id}{end}", track_id) for track_id in track_ids],
        )


@pytest.fixture
def store(tmp_path: Path, database: Path) -> Path:
    name_sounds(database, *range(1, 21))
    return tmp_path / "cache" / "sounds.db"


@dataclass(frozen=True)
class Learnt:
    """A model that is not made by hand: it names itself otherwise."""

    inner: ByHand
    name: str = "a network"

    def vectors(self, store: SoundStore, contents: list[str]) -> tuple[list[str], np.ndarray]:
        return self.inner.vectors(store, contents)


def listened(store: Path, database: Path, before: Heard | None = None,
             learnt: Hearing | None = None) -> Heard:  # fmt: skip
    return Listen(store, database, before or Heard(), learnt).learn()


def heard_ids(heard: Heard) -> set[int]:
    return set() if heard.hearing is None else set(heard.hearing.songs.keys.tolist())


def test_files_and_not_streams_have_sounds_once_the_library_looked_at_them(database):
    with closing(open_database(database)) as connection, connection:
        assert contents_of(connection) == {}
        connection.execute("UPDATE tracks SET content_id = 'a' WHERE track_id < 3")
        connection.execute("UPDATE tracks SET location = 'http://radio' WHERE track_id = 2")
        assert contents_of(connection) == {1: "a"}


def test_what_was_heard_so_far_is_compared_by_hand(store, database):
    assert listened(store, database).hearing is None
    assert not store.exists()
    hear(store, *range(1, 21))
    heard = listened(store, database)
    assert heard_ids(heard) == set(range(1, 21))
    assert heard.made_of == 20
    nearest, _ = heard.hearing.songs.nearest(1, 4)
    assert set(nearest) == {2, 3, 4, 5}


def test_a_few_more_songs_join_and_many_more_are_measured_anew(store, database):
    hear(store, *range(1, 11))
    first = listened(store, database)
    hear(store, 11, 12)
    more = listened(store, database, first)
    assert heard_ids(more) == set(range(1, 13))
    assert (more.made_of, more.hearing.model) == (10, first.hearing.model)
    assert listened(store, database, more).hearing is more.hearing
    hear(store, *range(13, 21))
    anew = listened(store, database, more)
    assert anew.made_of == 20
    assert anew.hearing.model is not first.hearing.model


def test_a_file_replaced_by_another_sound_is_heard_as_that(store, database):
    hear(store, *range(1, 21))
    first = listened(store, database)
    name_sounds(database, 20, end=" anew")
    gone = listened(store, database, first)
    assert heard_ids(gone) == set(range(1, 20))
    with SoundStore(store) as kept:
        _, hands = kept.hands(["sound 1"])
        kept.put("sound 20 anew", Sound(60.0, 60.0, hands[0], ()))
    again = listened(store, database, gone)
    assert again.hearing.songs.nearest(20, 1)[0].tolist() == [1]


def test_a_version_that_learnt_from_sounds_goes_before_hand_made_features(store, database):
    hear(store, *range(1, 16))
    with SoundStore(store) as kept:
        made = by_hand(kept, {i: f"sound {i}" for i in range(1, 11)})
    learnt = replace(made, model=Learnt(made.model))
    by_hands = listened(store, database)
    heard = listened(store, database, by_hands, learnt)
    assert heard_ids(heard) == set(range(1, 16))
    assert heard.hearing.model is learnt.model
    hear(store, 16)
    more = listened(store, database, heard, learnt)
    assert (heard_ids(more), more.hearing.model) == (set(range(1, 17)), learnt.model)
    back = listened(store, database, heard, None)
    assert back.hearing.model is not learnt.model
    assert heard_ids(back) == set(range(1, 17))


def test_features_that_a_version_took_for_want_of_better_are_measured_anew_as_well(store, database):
    hear(store, *range(1, 9))
    first = listened(store, database).hearing
    learnt = replace(first, model=replace(first.model, note="no plays yet"))
    heard = listened(store, database, None, learnt)
    assert heard.hearing.model is learnt.model
    hear(store, *range(9, 21))
    more = listened(store, database, heard, learnt)
    assert more.hearing.model.space is not learnt.model.space
    assert more.hearing.model.name == "hand-made features: no plays yet"
    assert more.made_of == 20


def test_without_a_store_the_version_says_what_it_knows(store, database, tmp_path):
    hear(store, *range(1, 16))
    learnt = listened(store, database).hearing
    assert listened(tmp_path / "none.db", database, None, learnt).hearing is learnt


def test_a_store_that_cannot_be_read_is_a_trouble_in_words(store, database):
    store.mkdir(parents=True)
    assert listened(store, database).hearing is None
    store.rmdir()
    hear(store, *range(1, 16))
    with pytest.raises(TrainingError, match="cannot be read"):
        listened(store, database.parent / "cache")


def stepped(sounds: Sounds, at_s: float) -> bool:
    """Let a reading begin and end; says whether there was one."""
    sounds.step(at_s)
    if sounds._study is None:
        return False
    sounds._study._thread.join()
    return sounds.step(at_s + 1)


def test_it_reads_once_at_the_start_and_again_after_changes_with_pauses(store, database):
    sounds = Sounds(store, database)
    hear(store, *range(1, 11))
    assert stepped(sounds, 100.0)
    first = sounds.hearing
    assert len(first.songs) == 10
    assert not stepped(sounds, 1_000.0)
    hear(store, 11)
    for _ in range(50):
        sounds.changed()
    assert stepped(sounds, 2_000.0)
    assert len(sounds.hearing.songs) == 11
    assert not stepped(sounds, 3_000.0)
    sounds.changed()
    assert not stepped(sounds, 2_000.0 + module.PAUSE / 2)
    assert stepped(sounds, 2_002.0 + module.PAUSE)


def test_a_change_while_it_reads_is_read_afterwards(store, database):
    sounds = Sounds(store, database)
    hear(store, *range(1, 11))
    sounds.step(0.0)
    sounds._study._thread.join()
    hear(store, 11)
    sounds.changed()
    assert sounds.step(0.0)
    assert len(sounds.hearing.songs) == 10
    assert stepped(sounds, 100.0)
    assert len(sounds.hearing.songs) == 11


def test_a_reading_that_fails_leaves_what_was_known(store, database, monkeypatch):
    sounds = Sounds(store, database)
    hear(store, *range(1, 11))
    assert stepped(sounds, 0.0)
    known = sounds.hearing
    monkeypatch.setattr(module, "open_database", broken)
    sounds.changed()
    assert stepped(sounds, 100.0)
    assert sounds.hearing is known


def broken(*_: object, **__: object) -> None:
    raise OSError("The disk is gone.")


def test_what_a_version_learnt_is_no_longer_gone_by_even_when_nothing_can_be_read(
    store, database, monkeypatch
):
    sounds = Sounds(store, database)
    hear(store, *range(1, 11))
    learnt = listened(store, database).hearing
    sounds.go_by(learnt)
    assert stepped(sounds, 0.0)
    assert sounds.hearing is learnt
    monkeypatch.setattr(module, "open_database", broken)
    sounds.go_by(None)
    assert stepped(sounds, 100.0)
    assert sounds.hearing is None


def test_without_a_place_for_sounds_nothing_is_read(database):
    sounds = Sounds(None, database)
    sounds.changed()
    assert not stepped(sounds, 0.0)


def kept_model(database: Path, tmp_path: Path) -> KeptModel:
    model = KeptModel(LiveRecommender, database, tmp_path / "kept")
    model.make()
    return model


def test_a_model_made_anew_hears_what_the_one_before_did(store, database, tmp_path):
    hear(store, *range(1, 21))
    model = kept_model(database, tmp_path)
    assert model.near(1, 4) == ((), NONE_HEARD)
    model.hear(listened(store, database).hearing)
    assert set(model.near(1, 4)[0]) == {2, 3, 4, 5}
    model.learn_anew()
    assert set(model.near(1, 4)[0]) == {2, 3, 4, 5}
    assert model.near(999, 4) == ((), NOT_HEARD)


def test_a_model_that_knows_nothing_of_sounds_says_so(database, tmp_path, store):
    model = KeptModel(StandIn, database, tmp_path / "kept")
    model.make()
    hear(store, *range(1, 21))
    model.hear(listened(store, database).hearing)
    assert model.near(1, 4) == ((), NONE_HEARD)


def test_an_adopted_version_decides_what_is_gone_by_and_taking_it_back_too(
    store, database, tmp_path, monkeypatch
):
    hear(store, *range(1, 21))
    sounds = Sounds(store, database)
    server = Server(None, kept_model(database, tmp_path), sounds=sounds)
    said: list[object] = []
    monkeypatch.setattr(server, "_say", said.append)
    made = listened(store, database).hearing.without({20})
    learnt = replace(made, model=Learnt(made.model))
    server._adopt(Trained("7", sound=learnt))
    assert stepped(sounds, 0.0)
    server._hear(sounds.hearing)
    assert sounds.hearing.model is learnt.model
    assert len(sounds.hearing.songs) == 20
    assert said[-1].words == "a network"
    assert said[-1].songs == 20
    server._adopt(None)
    assert stepped(sounds, 100.0)
    assert sounds.hearing.model is not learnt.model


def test_what_a_version_learnt_from_forgotten_plays_is_forgotten_and_features_are_not(
    store, database, tmp_path
):
    hear(store, *range(1, 21))
    made = listened(store, database).hearing
    forgotten = Forgotten(1, Scope.ARTIST, "Artist 1", 1.8e9)
    model = kept_model(database, tmp_path)
    model.hear(made)
    model.observe(forgotten)
    model.learn_anew()
    assert model.hearing is made
    other = kept_model(database, tmp_path)
    other.adopt_trained(Trained("1", sound=replace(made, model=Learnt(made.model))))
    other.hear(made)
    other.observe(forgotten)
    other.learn_anew()
    assert other.hearing is None
    assert other.near(1, 4) == ((), NONE_HEARD)


# In the recommender's own process


@pytest.fixture
def listener(listen: Callable, store: Path):
    """A listener of untagged songs that nobody has listened to yet."""
    made = listen(LIVE_MODEL, sounds=store)
    made.said = []
    made.client.hearing_changed.connect(made.said.append)
    return made


def near(listener, track_id: int, n: int = 4) -> tuple[set[int], str]:
    told: list[tuple[set[int], str]] = []
    listener.client.ask_near(track_id, n, lambda ids, words: told.append((set(ids), words)))
    listener.window.run_until(lambda: told)
    return told[0]


def until_heard(listener, store: Path, *track_ids: int) -> None:
    times = len(listener.said)
    hear(store, *track_ids)
    listener.client.sounds_changed()
    listener.window.run_until(lambda: len(listener.said) > times, timeout_s=30)


def test_songs_that_were_listened_to_change_the_list_by_themselves(listener, store):
    listener.ask(timeout_s=60.0)
    assert listener.client.hearing == ""
    listener.play(1)
    listener.play(2)
    listener.ask(8)
    lists = len(listener.lists)
    until_heard(listener, store, *range(1, 21))
    assert listener.client.hearing == "hand-made features"
    listener.window.run_until(lambda: len(listener.lists) > lists)
    rows = listener.lists[-1].rows
    assert {row.track_id for row in rows[:3]} == {3, 4, 5}
    assert {row.reason for row in rows[:3]} <= {
        "New to you, sounds like Song 1", "New to you, sounds like Song 2"
    }  # fmt: skip


def test_which_tracks_sound_like_one_is_told_without_those_away_or_disliked(
    listener, store, database
):
    listener.ask(timeout_s=60.0)
    assert near(listener, 1) == (set(), NONE_HEARD)
    until_heard(listener, store, *range(1, 20))
    assert near(listener, 1) == ({2, 3, 4, 5}, "")
    assert near(listener, 20) == (set(), NOT_HEARD)
    listener.react(3, FeedbackKind.DISLIKE)
    with closing(open_database(database)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 0 WHERE track_id = 4")
    listener.client.catalogue_changed()
    listener.window.run_until(lambda: not {3, 4} & near(listener, 1)[0])
    assert {2, 5} <= near(listener, 1)[0]


def test_a_new_file_that_was_listened_to_is_known_once_it_is_in_the_library(
    listener, store, database
):
    listener.ask(timeout_s=60.0)
    until_heard(listener, store, *range(1, 21))
    hear(store, 30, like=1)
    with closing(open_database(database)) as connection, connection:
        connection.execute(
            "INSERT INTO tracks (track_id, location, title, added_at_ms, content_id)"
            " VALUES (30, '/new/30.mp3', 'New', 0, 'sound 30')"
        )
    listener.client.catalogue_changed()
    listener.window.run_until(lambda: 30 in near(listener, 1, 5)[0], timeout_s=30)


@needs_signals
def test_a_process_that_follows_another_knows_the_sounds_again(listener, store):
    listener.ask(timeout_s=60.0)
    until_heard(listener, store, *range(1, 21))
    pid = listener.client.pid
    os.kill(pid, signal.SIGSTOP)
    told: list[str] = []
    listener.client.ask_near(1, 4, lambda ids, words: told.append(words))
    os.kill(pid, signal.SIGKILL)
    listener.window.run_until(lambda: told)
    assert told == ["The recommender is not there right now; ask again in a moment."]
    listener.window.run_until(lambda: listener.client.pid not in (None, pid))
    listener.window.run_until(lambda: near(listener, 1)[0] == {2, 3, 4, 5}, timeout_s=60)
    assert listener.client.hearing == "hand-made features"


def test_while_there_is_no_process_the_answer_is_that(listen, store):
    listener = listen(spawn=False, sounds=store)
    assert near(listener, 1)[1] == "The recommender is not there right now; ask again in a moment."


def test_a_damaged_store_leaves_the_list_as_it_was(listen, store):
    store.parent.mkdir(parents=True)
    store.write_bytes(b"This is no database." * 100)
    listener = listen(LIVE_MODEL, sounds=store)
    listener.ask(timeout_s=60.0)
    listener.play(1, EndReason.FINISHED)
    assert len(listener.ask(5).rows) == 5
    assert near(listener, 1) == (set(), NONE_HEARD)
