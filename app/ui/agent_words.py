"""How the agent did against Segue's ranking, in words."""

from __future__ import annotations

from recommender.api import AGENT_PLAYS, AGENT_SKIPS, AgentStanding, AgentState

WAITING = "How the agent does is shown here once the recommender answers."
OTHER_MODEL = "The agent belongs to Segue's own model; the chosen one works without it."
UNTRAINED = (
    "There is no agent now. One comes when Segue next learns (see “Learning”), "
    f"from {AGENT_PLAYS} plays and {AGENT_SKIPS} skips on."
)
BLIND = "The agent knows none of the songs that are here now. It will after the next learning."
RANKING = "Until then Segue's ranking has the last word."
ANEW = "Press “Learn now” under “Learning” to have a new one."


def agent_words(standing: AgentStanding | None, is_chosen: bool) -> str:
    """The standing in a few sentences; `is_chosen` says whether it was given the last word."""
    if standing is None:
        return WAITING
    until_then = f" {RANKING}" if is_chosen else ""
    if standing.state is AgentState.UNTRAINED:
        return UNTRAINED + until_then
    if standing.state is AgentState.BLIND:
        return BLIND + until_then
    if standing.state is AgentState.BROKEN:
        return f"The agent cannot be used: {standing.trouble.rstrip('.')}. {ANEW}{until_then}"
    if standing.state is AgentState.FEW:
        return _too_few(standing) + (" Until then it has the last word." if is_chosen else "")
    return f"{_judged(standing)} {_verdict(standing, is_chosen)}"


def doubt_words(standing: AgentStanding | None) -> str:
    """What the figures leave out, for a tooltip; empty where there are none."""
    if standing is None or standing.state is not AgentState.JUDGED:
        return ""
    low, high = 100 * standing.low, 100 * standing.high
    return (
        f"With 95 % certainty the agent has between {low:+.0f} and {high:+.0f} in 100 more than "
        f"Segue's ranking, judged by {standing.sessions:,} sessions. A tie counts half."
    )


def _too_few(standing: AgentStanding) -> str:
    early = "It is too early to say how the agent does"
    if standing.plays < standing.plays_needed:
        needed = f"{standing.plays_needed:,} plays"
        return f"{early}: that takes {needed}, and so far it was tried on {standing.plays:,}."
    return (
        f"{early}: that takes {standing.sessions_needed:,} sessions in which you let a song play "
        f"and skipped another, and there {_are(standing.sessions)}."
    )


def _are(count: int) -> str:
    return {0: "is none", 1: "is one"}.get(count, f"are {count:,}")


def _judged(standing: AgentStanding) -> str:
    agent, usual = f"{100 * standing.agent:.0f}", f"{100 * standing.usual:.0f}"
    if agent == usual:
        agent, usual = f"{100 * standing.agent:.1f}", f"{100 * standing.usual:.1f}"
    return (
        "Where you let one song play and skipped another in the same session, the agent had put "
        f"the one you let play higher {agent} times in 100, Segue's ranking {usual} times (your "
        f"last {standing.plays:,} plays, each judged before Segue learnt from it)."
    )


def _verdict(standing: AgentStanding, is_chosen: bool) -> str:
    if standing.is_worse and is_chosen:
        return (
            "That is more than chance, so Segue's ranking has the last word again until the agent "
            "has caught up."
        )
    if standing.is_worse:
        return "That is more than chance: for now Segue's ranking is better for you."
    if standing.is_better:
        return "That is more than chance: for now the agent is better for you."
    return "The difference may be chance."
