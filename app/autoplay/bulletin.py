"""What the recommender's process says by itself of how it does, kept for whoever wants to know."""

from __future__ import annotations

from app.autoplay import messages
from app.signals import Signal
from recommender.api import AgentStanding, AgentState


class Bulletin:
    """The latest word on what compares sounds, and on the agent; None while none is known."""

    def __init__(self) -> None:
        self.hearing = messages.HearingIs("", 0)
        self.agent: AgentStanding | None = None
        self.hearing_changed: Signal[[str]] = Signal()
        """`hearing` says something else, or more songs were heard."""
        self.agent_changed: Signal[[]] = Signal()
        """`agent` says something else."""
        self._awaits = False
        self._held: AgentStanding | None = None

    def take(self, answer: messages.Answer) -> bool:
        """Keep what the answer says and tell if it is new; false for an answer of another kind."""
        if isinstance(answer, messages.AgentIs):
            self._held = standing = answer.standing
            is_none = standing is not None and standing.state is AgentState.UNTRAINED
            if not (self._awaits and is_none):
                self.set_agent(standing)
        elif not isinstance(answer, messages.HearingIs):
            return False
        elif answer != self.hearing:
            self.hearing = answer
            self.hearing_changed.emit(answer.words)
        return True

    def set_agent(self, standing: AgentStanding | None) -> None:
        """Know this of the agent from now on."""
        if standing != self.agent:
            self.agent = standing
            self.agent_changed.emit()

    def await_agent(self, awaits: bool) -> None:
        """An agent may be on its way, or is no longer; until then none there is means little."""
        self._awaits = awaits
        if not awaits and self._held is not None:
            self.set_agent(self._held)
