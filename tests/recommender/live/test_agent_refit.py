"""The agent as a part of a training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from recommender.api import AgentState, EndReason, Play
from recommender.live import LiveRecommender
from recommender.live.agent_part import FILE
from recommender.live.parts import Choices, Material
from recommender.live.refit import Refit
from recommender.live.trained_store import read_trained
from recommender.training.versions import Versions
from tests.recommender.listening import library
from tests.recommender.live.oracle import SONGS, kinds, random_then_ruled


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.live.parts.model_class", kinds)
    monkeypatch.setattr("recommender.models.checkpoint.model_class", kinds)
    monkeypatch.setattr("recommender.live.recommender.LESSONS", 30)


def with_skips() -> list[Play]:
    """Every fifth song is skipped."""
    return [
        replace(event, end_reason=EndReason.SKIPPED, heard_ms=9_000) if turn % 5 == 0 else event
        for turn, event in enumerate(random_then_ruled(80))
    ]


def test_a_training_makes_an_agent_that_was_judged_on_plays_new_to_it(tmp_path: Path) -> None:
    events = with_skips()
    report = Refit(
        Versions(tmp_path), Material(library(SONGS), events), choices=Choices(net="knowing")
    ).run()
    current = Versions(tmp_path).current()
    assert report.taken
    assert "agent" in report.parts
    assert current is not None
    agent = read_trained(current.folder).agent
    assert agent is not None
    assert agent.learnt_to == events[-1].event_id
    assert agent.record.event_ids.tolist() == [event.event_id for event in events[-80:]]
    model = LiveRecommender()
    model.fit(library(SONGS), events)
    model.adopt(read_trained(current.folder))
    assert model.standing().plays == 80
    assert model.standing().state in (AgentState.FEW, AgentState.JUDGED)
    again = Material(library(SONGS + 5), events)  # only songs are new: the words are made anew
    Refit(Versions(tmp_path), again, choices=Choices(net="knowing")).run()
    renewed = Versions(tmp_path).current()
    assert renewed is not None
    assert renewed.number == 2
    kept = read_trained(renewed.folder).agent
    assert kept is not None
    assert kept.key == agent.key


def test_a_listener_who_never_skips_gets_none(tmp_path: Path) -> None:
    material = Material(library(SONGS), random_then_ruled(60))
    Refit(Versions(tmp_path), material, choices=Choices(net="knowing")).run()
    current = Versions(tmp_path).current()
    assert current is not None
    assert not (current.folder / FILE).exists()


def test_a_training_that_is_no_better_gives_its_agent_all_the_same(tmp_path: Path) -> None:
    events, versions = with_skips(), Versions(tmp_path)
    Refit(versions, Material(library(SONGS), events), choices=Choices(net="knowing")).run()
    before = versions.current()
    assert before is not None
    more = [*events, *with_skips()]
    later = [
        replace(event, event_id=turn, at_s=events[0].at_s + 300.0 * turn)
        for turn, event in enumerate(more, start=1)
    ]
    report = Refit(versions, Material(library(SONGS), later), choices=Choices(net="mistaken")).run()
    current = versions.current()
    assert current is not None
    assert report.words.startswith("No better in the last")
    assert report.words.endswith(
        "kept what was there. The agent is new: its own record says how it does."
    )
    first, second = read_trained(before.folder), read_trained(current.folder)
    assert first.agent is not None
    assert second.agent is not None
    assert second.agent.key != first.agent.key
    assert second.agent.learnt_to == 200
    assert second.agent.record.event_ids.tolist() == list(range(201, 401))
    assert second.sequence is not None
    assert current.report.last_event_id == before.report.last_event_id


def test_an_agent_that_cannot_be_read_costs_nothing_else(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    Refit(versions, Material(library(SONGS), with_skips()), choices=Choices(net="knowing")).run()
    current = versions.current()
    assert current is not None
    (current.folder / FILE).write_bytes(b"no such thing")
    read = read_trained(current.folder)
    assert read.agent is None
    assert read.sequence is not None
