"""How the agent did against Segue's ranking, in words."""

from __future__ import annotations

from recommender.api import AGENT_PLAYS, AGENT_SKIPS, AgentStanding, AgentState

WAITING = "How the agent does is shown here once the recommender answers."
OTHER_MODEL = "The agent belongs to Segue's own model; the chosen one works without it."
UNTRAINED = (
    "There is no agent yet. It is trained with all else that Segue learns from you, once there are "
    f"{AGENT_PLAYS} plays and {AGENT_SKIPS} skips among them."
)
BLIND = "The agent knows none of the songs that are here now. It will after the next training."
RANKING = "Until then Segue's ranking has the last word."


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
        return f"The agent cannot be used: {standing.trouble.rstrip('.')}. Train anew.{until_then}"
    if standing.state is AgentState.FEW:
        return _too_few(standing) + (" Until then it has the last word." if is_chosen else "")
    return f"{_judged(standing)} {_verdict(standing, is_chosen)}"


def _too_few(standing: AgentStanding) -> str:
    if standing.plays < standing.plays_needed:
        share = f"{standing.plays:,} of {standing.plays_needed:,}"
        return f"Too few plays yet to judge the agent ({share})."
    share = f"{standing.sessions:,} of {standing.sessions_needed:,}"
    return f"Too few sessions yet with both kept and skipped songs to judge the agent ({share})."


def _judged(standing: AgentStanding) -> str:
    agent, usual = f"{100 * standing.agent:.0f}", f"{100 * standing.usual:.0f}"
    if agent == usual:
        agent, usual = f"{100 * standing.agent:.1f}", f"{100 * standing.usual:.1f}"
    return (
        f"Judged on your last {standing.plays:,} plays, each before it was learnt: of 100 pairs of "
        f"a kept and a skipped song the agent had {agent} the right way round, Segue's ranking "
        f"{usual}."
    )


def _verdict(standing: AgentStanding, is_chosen: bool) -> str:
    if standing.is_worse and is_chosen:
        return "That is worse beyond doubt, so Segue's ranking has the last word until it is not."
    if standing.is_worse:
        return "For now Segue's ranking is better for you."
    if standing.is_better:
        return "For now the agent is better for you."
    return "The difference may be chance."
