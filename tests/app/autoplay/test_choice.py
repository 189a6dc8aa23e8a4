"""The model that the user chose: made, remembered apart, left when it cannot be had."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.autoplay import worker
from app.autoplay.choice import (
    LIVE,
    LIVE_MODEL,
    OWN,
    TITLES,
    TRAINED,
    ModelChoice,
    choice_of,
    choices,
)
from app.listening.events import EndReason, FeedbackKind
from recommender.models.registry import BUILT_IN, model_class
from tests.app.autoplay.conftest import Listener

STAND_INS = "tests.app.autoplay.stand_in"


@dataclass(frozen=True, slots=True)
class Stand(ModelChoice):
    """A choice whose factory is a class of the tests."""

    made_by: str = "Chosen"

    @property
    def factory(self) -> str:
        return f"{STAND_INS}:{self.made_by}"


def wait_for_model(listener: Listener, version: str) -> None:
    listener.window.run_until(
        lambda: listener.lists and listener.lists[-1].model_version == version, 40
    )


def test_every_model_of_segue_is_offered_under_the_title_it_gives_itself():
    offered = {each.name: each.title for each in choices()}
    assert next(iter(offered)) == LIVE
    assert list(offered)[-1] == TRAINED
    assert {name: offered[name] for name in BUILT_IN} == {
        name: model_class(name).title for name in BUILT_IN
    }
    assert all(each.words for each in choices())
    assert set(TITLES) >= {LIVE, TRAINED, *BUILT_IN}


def test_the_list_of_models_is_made_without_torch():
    code = (
        "import sys; from app.autoplay.choice import choices; choices();"
        " assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("name", "folder", "choice"),
    [
        ("", "", OWN),
        ("gru", "", ModelChoice("gru")),
        ("gru", "/old", ModelChoice("gru")),
        (TRAINED, "/models/mine", ModelChoice(TRAINED, Path("/models/mine"))),
        (TRAINED, "", OWN),
    ],
)
def test_settings_hold_a_choice_or_none(name, folder, choice):
    assert choice_of(name, folder) == choice


def test_another_model_takes_over_and_keeps_its_own_checkpoints(listen):
    listener = listen()
    for track_id in [1, 2, 3, 4, 5] * 5:
        listener.play(track_id)
    listener.ask()
    listener.client.choose(ModelChoice("markov"))
    assert listener.statuses[-1] == "Markov chain is getting ready."
    wait_for_model(listener, "markov-1")
    assert any(
        shown.note.startswith("Markov chain is getting ready; until then:")
        for shown in listener.lists
    )
    latest = listener.lists[-1]
    assert latest.note == "Markov chain, taught by your 25 plays."
    assert {row.expert for row in latest.rows} == {"Markov chain"}
    listener.react(latest.rows[0].track_id, FeedbackKind.DISLIKE)
    assert latest.rows[0].track_id not in [row.track_id for row in listener.ask().rows]
    kept = listener.checkpoints / "markov"
    listener.window.run_until(lambda: list(kept.glob("*/taken.json")), 20)
    listener.client.choose(OWN)
    wait_for_model(listener, "stand-in")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process has loaded")
@pytest.mark.parametrize(("name", "has_torch"), [(LIVE, False), ("markov", False), ("gru", True)])
def test_only_a_net_brings_torch_and_only_into_its_own_process(listen, name, has_torch):
    listener = listen(LIVE_MODEL)
    for track_id in [1, 2, 3, 4, 5] * (1 if has_torch else 5):
        listener.play(track_id)
    listener.client.choose(ModelChoice(name))
    listener.client.request(5)
    version = "live-4" if name == LIVE else f"{name}-1"
    listener.window.run_until(
        lambda: listener.lists and listener.lists[-1].model_version == version, 100
    )
    loaded = Path(f"/proc/{listener.client.pid}/maps").read_text()
    assert ("libtorch" in loaded) == has_torch


def test_what_is_told_while_models_change_reaches_the_new_one(listen):
    listener = listen()
    listener.ask()
    listener.client.choose(Stand("chosen"))
    listener.react(9, FeedbackKind.LIKE)
    listener.react(2, FeedbackKind.DISLIKE)
    listener.client.choose(OWN)
    listener.play(1, EndReason.SKIPPED)
    listener.client.choose(Stand("chosen"))
    assert [row.track_id for row in listener.ask().rows] == [9, 3, 4, 5, 6]
    assert listener.lists[-1].model_version == "chosen"


def test_a_folder_that_holds_no_model_is_told_in_words_and_segue_goes_on(listen, tmp_path):
    listener = listen()
    told: list[str] = []
    refused: list[str] = []
    listener.client.model_changed.connect(told.append)
    listener.client.model_refused.connect(refused.append)
    listener.client.request(5)
    listener.client.choose(ModelChoice(TRAINED, tmp_path))
    listener.window.run_until(lambda: refused, 40)
    assert refused == [
        f"There is no complete model in {tmp_path}; train one into it first."
        " Segue's own model makes the list now."
    ]
    wait_for_model(listener, "stand-in")
    assert told[-1] == refused[0]


def test_a_model_that_is_gone_is_told_in_words(listen):
    listener = listen()
    refused: list[str] = []
    listener.client.model_refused.connect(refused.append)
    listener.client.choose(ModelChoice("harp"))
    listener.window.run_until(lambda: refused, 40)
    assert refused[0].startswith("There is no model 'harp'; there are: ")


def test_a_model_that_crashes_at_the_start_is_left_after_two_tries(listen):
    listener = listen()
    refused: list[str] = []
    listener.client.model_refused.connect(refused.append)
    listener.client.request(5)
    listener.client.choose(Stand("broken", made_by="CrashingChoice"))
    listener.window.run_until(lambda: refused, 40)
    assert refused[0] == (
        "broken failed twice in a row: it stopped. Segue's own model makes the list now."
    )
    wait_for_model(listener, "stand-in")


def test_a_trained_model_is_served_from_its_folder(listen, tmp_path):
    from recommender.data.corpus import corpus_of
    from recommender.data.vocabulary import Vocabulary

    names = [f"Song {number}" for number in range(1, 11)]
    artists = [f"Artist {number % 5}" for number in range(1, 11)]
    vocabulary = Vocabulary(names, artists, names)
    model = model_class("markov")()
    model.fit(corpus_of([list(range(10))] * 3, vocabulary))
    model.save(tmp_path / "trained")
    listener = listen()
    listener.client.request(5)
    listener.client.choose(ModelChoice(TRAINED, tmp_path / "trained"))
    listener.window.run_until(
        lambda: listener.lists and listener.lists[-1].model_version.startswith("markov-"), 40
    )
    listener.play(3)
    assert listener.ask().note == ("Markov chain, trained elsewhere: it knows 10 of your 20 songs.")


def test_a_lesson_that_is_due_is_learnt_while_nobody_waits(database, tmp_path, monkeypatch):
    from app.autoplay.model import KeptModel
    from recommender.api import EndReason as End
    from recommender.api import Play
    from tests.app.autoplay.stand_in import Chosen

    kept = KeptModel(Chosen("chosen", None), database, tmp_path / "kept")
    kept.make()
    said: list[object] = []
    server = worker.Server(None, kept)
    monkeypatch.setattr(server, "_say", said.append)
    server._learn()
    assert server._study is None
    kept.observe(Play(1, 3, 0.0, 9_000, End.FINISHED))
    server._learn()
    server._study._thread.join()
    server._learn()
    assert kept.note == "1 lessons."
    assert kept.unsaved > worker.SAVE_AFTER_EVENTS
    server._learn()
    assert server._study is None
