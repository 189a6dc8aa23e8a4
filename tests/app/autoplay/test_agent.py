"""The agent in the recommender's own process."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.autoplay.choice import LIVE_MODEL, ModelChoice
from app.listening.events import EndReason, FeedbackKind
from recommender.api import AgentStanding, AgentState, Tuning
from recommender.live.trained_store import write_trained
from tests.app.autoplay.conftest import Listener
from tests.recommender.live.agents import leaning

CHOSEN = Tuning(agent=True)
PATIENCE_S = 60.0


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A training whose agent likes even songs."""
    folder = tmp_path / "7"
    folder.mkdir()
    write_trained(folder, leaning(range(1, 21), lambda song: -0.9 if song % 2 else 0.9))
    return folder


def shown(listener: Listener) -> list[int]:
    return [row.track_id for row in listener.ask(8, timeout_s=PATIENCE_S).rows]


def settled(listener: Listener, version: Path) -> Listener:
    """With the agent adopted and a few plays."""
    for track_id in range(1, 7):
        listener.play(track_id)
    shown(listener)
    listener.client.adopt(str(version))
    few = AgentState.FEW
    listener.window.run_until(
        lambda: listener.client.agent is not None and listener.client.agent.state is few,
        PATIENCE_S,
    )
    return listener


def test_the_window_is_told_how_the_agent_stands(listen, version):
    listener = listen(LIVE_MODEL)
    told: list[AgentStanding | None] = []
    listener.client.agent_changed.connect(lambda: told.append(listener.client.agent))
    settled(listener, version)
    assert told[0] == AgentStanding(AgentState.UNTRAINED, 0, 60, 0, 5, low=-1.0, high=1.0)
    event_id = listener.play(9, EndReason.SKIPPED)
    shown(listener)
    listener.window.run_until(lambda: listener.client.agent.plays == 1)
    listener.undo(event_id)
    shown(listener)
    listener.window.run_until(lambda: listener.client.agent.plays == 0)


def test_with_the_agent_in_charge_a_reaction_shows_at_once_and_undo_brings_the_list_back(
    listen, version
):
    listener = settled(listen(LIVE_MODEL), version)
    usual = shown(listener)
    listener.client.tune(CHOSEN)
    by_agent = shown(listener)
    assert by_agent != usual
    for react in (
        lambda: listener.play(by_agent[0], EndReason.SKIPPED),
        lambda: listener.react(by_agent[3], FeedbackKind.LIKE),
        lambda: listener.react(by_agent[1], FeedbackKind.DISLIKE),
    ):
        event_id = react()
        assert shown(listener) != by_agent
        listener.undo(event_id)
        assert shown(listener) == by_agent
    listener.client.tune(Tuning())
    assert shown(listener) == usual


def test_the_agent_stays_in_charge_when_the_process_dies(listen, version):
    listener = settled(listen(LIVE_MODEL), version)
    listener.client.tune(CHOSEN)
    by_agent = shown(listener)
    listener.client._link._process.kill()
    listener.window.run_until(lambda: not listener.client._is_ready, PATIENCE_S)
    listener.window.run_until(lambda: listener.client._is_ready, PATIENCE_S)
    listener.window.run_until(lambda: shown(listener) == by_agent, PATIENCE_S)


def test_another_model_has_no_agent(listen, version):
    listener = settled(listen(LIVE_MODEL), version)
    listener.client.choose(ModelChoice("popularity"))
    assert listener.client.agent is None
    assert shown(listener)
    assert listener.client.agent is None
