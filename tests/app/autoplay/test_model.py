from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.autoplay.catalogue import read_catalogue, read_past, to_event
from app.autoplay.model import KeptModel, ModelBrokenError
from app.library.database import open_database
from app.listening.events import (
    Correction,
    EndReason,
    Feedback,
    FeedbackKind,
    Forgotten,
    Origin,
    PlayEvent,
    Recorded,
    Scope,
)
from app.listening.rules import Label, label
from app.listening.store import ListeningStore
from recommender.api import Retracted, Started, Tuning
from recommender.live import LiveRecommender
from tests.app.autoplay.conftest import START
from tests.app.autoplay.stand_in import StandIn
from tests.app.listening.conftest import Window, add_tracks


@pytest.fixture
def store(database: Path):
    store = ListeningStore(database, Window().post)
    yield store
    store.close()


@pytest.fixture
def made(database: Path, tmp_path: Path) -> Callable[[], KeptModel]:
    """Makes a model anew, as a process that starts does."""

    def make() -> KeptModel:
        model = KeptModel(StandIn, database, tmp_path / "kept")
        model.make()
        return model

    return make


def play(store: ListeningStore, *track_ids: int, reason: EndReason = EndReason.FINISHED) -> None:
    for track_id in track_ids:
        at = START + timedelta(seconds=track_id)
        store.record_play(PlayEvent(track_id, at, 9_000, 9_000, reason, Origin.QUEUE))
    assert store.flush()


def top(model: KeptModel, n: int = 3) -> list[int]:
    return [row.song_id for row in model.recommend(n, frozenset())]


def was_restored(model: KeptModel) -> bool:
    model.recommend(1, frozenset())
    return model.note == "Restored."


def test_a_saved_model_goes_on_with_the_events_that_came_later(store, made):
    play(store, 5)
    made().save()
    play(store, 9, 5)
    again = made()
    assert was_restored(again)
    assert top(again) == [5, 9, 1]
    assert again.last_event_id == 2


def test_an_event_is_taken_once_whatever_way_it_comes(store, made, database):
    play(store, 5, 9)
    model = made()
    with closing(open_database(database)) as connection:
        for event in read_past(connection).events:
            model.observe(event)
    assert model.events == 2


def test_an_undo_after_the_save_is_taken_from_the_older_save(store, made):
    play(store, 5)
    made().save()
    play(store, 9, 8)
    made().save()
    store.undo(2)
    assert store.flush()
    again = made()
    assert was_restored(again)
    assert top(again) == [5, 8, 1]


def test_an_undo_of_what_every_save_holds_is_taken_back(store, made):
    play(store, 5, 9)
    made().save()
    store.undo(1)
    assert store.flush()
    again = made()
    assert was_restored(again)
    assert top(again) == [9, 1, 2]
    again.observe(Retracted(1))
    assert top(again) == [9, 1, 2]


def test_only_two_saves_are_kept_and_no_drafts(store, made, tmp_path):
    for track_id in range(1, 6):
        play(store, track_id)
        made().save()
    assert sorted(place.name for place in (tmp_path / "kept").iterdir()) == ["00000004", "00000005"]


@pytest.mark.parametrize("damage", ["events.json", "taken.json", "version", "model"])
def test_a_save_that_cannot_be_used_is_ignored(store, made, tmp_path, damage):
    play(store, 5)
    made().save()
    place = tmp_path / "kept" / "00000001"
    if damage.endswith(".json"):
        (place / damage).write_text('{"half a')
    else:
        taken = json.loads((place / "taken.json").read_text())
        taken["version" if damage == "version" else "model_version"] = 99
        (place / "taken.json").write_text(json.dumps(taken))
    again = made()
    assert not was_restored(again)
    assert top(again)[0] == 5


def test_a_save_of_another_database_is_ignored(store, made, tmp_path, database):
    play(store, 5, 6)
    made().save()
    other = tmp_path / "other.db"
    add_tracks(other, 20)
    other_store = ListeningStore(other, Window().post)
    play(other_store, 7, 8)
    other_store.close()
    model = KeptModel(StandIn, other, tmp_path / "kept")
    model.make()
    assert not was_restored(model)
    assert top(model, 2) == [7, 8]


def test_a_cache_that_cannot_be_written_stops_nothing(store, made, tmp_path):
    play(store, 5)
    model = made()
    (tmp_path / "kept").write_text("a file where the folder should be")
    model.save()
    assert top(model)[0] == 5
    assert top(made())[0] == 5


def test_a_drive_that_returns_brings_what_was_learned(store, made, database):
    play(store, 5)
    with closing(open_database(database)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 0 WHERE track_id = 5")
    model = made()
    assert top(model) == [1, 2, 3]
    with closing(open_database(database)) as connection, connection:
        connection.execute("UPDATE tracks SET available = 1")
    model.refresh_catalogue()
    assert top(model)[0] == 5


def test_what_sounds_is_the_context_also_when_the_clock_was_set_back(store, made, database):
    play(store, 5)
    model = made()
    heard: list[Started] = []
    model._model.observe = heard.append
    model.observe(Started(7, at_s=0.0))
    assert heard[0].song_id == 7
    assert heard[0].at_s >= (START + timedelta(seconds=14)).timestamp()


def test_a_clock_set_back_by_years_leaves_the_real_model_sound(store, database, tmp_path):
    for day, track_id in ((0, 5), (900, 6), (901, 7), (2, 8), (2, 9)):
        at = START + timedelta(days=day, minutes=track_id)
        play = PlayEvent(track_id, at, 9_000, 9_000, EndReason.FINISHED, Origin.PREDICTED)
        store.record_play(play)
    assert store.flush()
    model = KeptModel(LiveRecommender, database, tmp_path / "kept")
    model.make()
    model.observe(Started(10, (START + timedelta(days=2, minutes=10)).timestamp()))
    rows = model.recommend(5, frozenset())
    assert rows
    assert not {9, 10} & {row.song_id for row in rows}


def test_a_save_that_turns_out_to_be_broken_is_dropped_and_all_is_learned_anew(
    store, database, tmp_path
):
    class Spoilt(StandIn):
        def recommend(self, n, exclude=frozenset()):
            rows = super().recommend(n, exclude)
            return [replace(row, score=math.nan) for row in rows] if self.restored else rows

    play(store, 5)
    first = KeptModel(Spoilt, database, tmp_path / "kept")
    first.make()
    first.save()
    again = KeptModel(Spoilt, database, tmp_path / "kept")
    again.make()
    with pytest.raises(ModelBrokenError):
        again.recommend(3, frozenset())
    again.save()
    again.learn_anew()
    assert top(again)[0] == 5
    assert not list((tmp_path / "kept").iterdir())


def forget(store: ListeningStore, artist: str) -> None:
    store.record_feedback(Forgotten(Scope.ARTIST, artist, START + timedelta(minutes=5)))
    assert store.flush()


def told(model: KeptModel, database: Path, event_id: int) -> None:
    with closing(open_database(database)) as connection:
        past = read_past(connection, event_id - 1)
    model.observe(past.events[0])


def test_what_is_forgotten_is_unlearned_and_its_undo_brings_it_back(store, made, database):
    play(store, 5, 6)
    model = made()
    assert top(model) == [5, 6, 1]
    forget(store, "artist 0")
    told(model, database, 3)
    assert model.must_learn
    model.learn_anew()
    assert top(model) == [6, 1, 2]
    store.undo(3)
    assert store.flush()
    model.observe(Retracted(3))
    assert model.must_learn
    model.learn_anew()
    assert top(model) == [5, 6, 1]
    assert not model.must_learn


def test_a_save_from_before_a_forgetting_or_its_undo_is_not_gone_on_with(store, made):
    play(store, 5, 6)
    made().save()
    forget(store, "Artist 0")
    again = made()
    assert not was_restored(again)
    assert top(again) == [6, 1, 2]
    again.save()
    assert was_restored(made())
    store.undo(3)
    assert store.flush()
    back = made()
    assert top(back) == [5, 6, 1]


def test_all_that_was_said_reaches_the_real_model_and_its_undo_too(store, database, tmp_path):
    play(store, 5, 6)
    model = KeptModel(LiveRecommender, database, tmp_path / "kept")
    model.make()
    before = model.recommend(10, frozenset())
    for said in (
        Feedback(9, FeedbackKind.MORE, START + timedelta(seconds=20)),
        Feedback(8, FeedbackKind.NOT_NOW, START + timedelta(seconds=21)),
        Correction(Scope.ARTIST, "Artist 2", 1.0, START + timedelta(seconds=22)),
    ):
        store.record_feedback(said)
    assert store.flush()
    for number in (3, 4, 5):
        told(model, database, number)
    after = [row.song_id for row in model.recommend(10, frozenset())]
    assert 8 not in after
    assert after != [row.song_id for row in before]
    anew = KeptModel(LiveRecommender, database, tmp_path / "other")
    anew.make()
    assert 8 not in [row.song_id for row in anew.recommend(10, frozenset())]
    for number in (5, 4, 3):
        model.observe(Retracted(number))
    assert model.recommend(10, frozenset()) == before


def test_a_model_made_anew_is_held_as_the_one_before(store, made):
    model = made()
    model.tune(Tuning(discover=1.0))
    assert top(model) == [20, 19, 18]
    model.learn_anew()
    assert top(model) == [20, 19, 18]


@pytest.mark.parametrize("reason", list(EndReason))
@pytest.mark.parametrize("heard_ms", [0, 1_999, 2_000, 9_000])
def test_the_real_model_learns_of_a_play_if_its_label_says_something(database, reason, heard_ms):
    play = PlayEvent(6, START, heard_ms, 9_000, reason, Origin.MANUAL)
    with closing(open_database(database)) as connection:
        model = LiveRecommender()
        model.fit(read_catalogue(connection).songs, [])
    model.recommend(3)
    cold = model.note
    model.observe(to_event(Recorded(1, play)))
    model.recommend(3)
    assert (model.note == cold) == (label(play) is Label.NOTHING)


def test_a_play_is_told_with_its_end_in_seconds(store, database):
    play(store, 5)
    with closing(open_database(database)) as connection:
        (told,) = read_past(connection).events
    assert (told.song_id, told.heard_ms) == (5, 9_000)
    assert told.at_s == (START + timedelta(seconds=14)).timestamp()


def test_nothing_is_left_in_the_folder_when_a_draft_was_cut_off(store, made, tmp_path):
    draft = tmp_path / "kept" / "draft-1"
    draft.mkdir(parents=True)
    (draft / "weights").write_text("half")
    play(store, 5)
    made().save()
    assert [place.name for place in (tmp_path / "kept").iterdir()] == ["00000001"]
    shutil.rmtree(tmp_path / "kept")
    assert top(made())[0] == 5
