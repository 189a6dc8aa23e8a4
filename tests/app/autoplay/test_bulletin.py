"""What the recommender says of how it does, kept beside the client."""

from __future__ import annotations

from app.autoplay import messages
from app.autoplay.bulletin import Bulletin
from recommender.api import AgentStanding, AgentState

FEW = AgentStanding(AgentState.FEW, 3, 60, 1, 5)


def test_only_what_is_new_is_told() -> None:
    bulletin, told = Bulletin(), []
    bulletin.hearing_changed.connect(told.append)
    bulletin.agent_changed.connect(lambda: told.append(bulletin.agent))
    for answer in (messages.HearingIs("12 songs", 12), messages.AgentIs(FEW)):
        assert bulletin.take(answer)
        assert bulletin.take(answer)
    assert told == ["12 songs", FEW]


def test_that_there_is_no_agent_is_not_said_while_one_is_on_its_way() -> None:
    bulletin, none = Bulletin(), AgentStanding(AgentState.UNTRAINED, 0, 60, 0, 5)
    bulletin.await_agent(True)
    bulletin.take(messages.AgentIs(none))
    assert bulletin.agent is None
    bulletin.await_agent(False)
    assert bulletin.agent == none
    bulletin.await_agent(True)
    bulletin.take(messages.AgentIs(FEW))
    assert bulletin.agent == FEW


def test_what_answers_a_question_is_left_to_others() -> None:
    assert not Bulletin().take(messages.Near(1, (2, 3), ""))
