"""What the model believes, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.ui.wording import count
from recommender.api import Belief, Scope, Taste, Week

FEW_PLAYS = 30
"""Below so many foretold plays a rate says little."""


def percent(share: float) -> str:
    """`42 %`, `under 1 %`."""
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{round(100 * share)} %"


def doubt(belief: Belief) -> str:
    """How sure the model is, from how wide its interval is for what it believes."""
    if belief.plays < 3 or belief.strength <= 0:
        return "a first guess"
    width = (belief.high - belief.low) / belief.strength
    if width < 0.35:
        return "very sure"
    if width < 0.8:
        return "quite sure"
    return "fairly sure" if width < 1.5 else "a first guess"


def said(value: float) -> str:
    """The listener's own correction."""
    if not value:
        return ""
    much = "much " if abs(value) > 0.6 else ""
    return f"You said: {much}{'more' if value > 0 else 'less'}"


def next_word(value: float, step: float) -> float:
    """The correction after one more press, at most -1 or 1; passing 0 takes the word back."""
    return max(-1.0, min(1.0, round((value + step) * 2) / 2))


def believed(belief: Belief) -> str:
    """A belief in a sentence, for those who hear the page."""
    kind = "artist" if belief.scope is Scope.ARTIST else "genre"
    words = f"{belief.name}, {kind}: {percent(belief.strength)} of what comes, {doubt(belief)}, "
    return f"{words}{count(belief.plays, 'play')}. {said(belief.said)}".strip()


def summary(taste: Taste) -> str:
    """What all this was learnt from."""
    if not taste.plays:
        return "Nothing is learnt yet: play some songs, and let them sound to the end or skip them."
    words = f"Learnt from {count(taste.plays, 'play')}"
    if taste.since_s > 0:
        words += f" since {datetime.fromtimestamp(taste.since_s, UTC).astimezone():%B %Y}"
    return f"{words}. What you correct here holds for good."


def day(start_s: float) -> str:
    """`3 Mar`."""
    moment = datetime.fromtimestamp(start_s, UTC).astimezone()
    return f"{moment.day} {moment:%b}"


def week_told(week: Week) -> str:
    """One week in a sentence."""
    return (
        f"Week of {day(week.start_s)}: {percent(week.hits)} of {count(week.plays, 'play')}, "
        f"favourites {percent(week.favourites)}"
    )


def foretold(weeks: Sequence[Week]) -> str:
    """How well the weeks were foretold, and whether that is much to go by."""
    plays = sum(week.plays for week in weeks)
    if not plays:
        return "Each song you play is first foretold, then learnt. Nothing was foretold yet."
    hits = sum(week.hits * week.plays for week in weeks) / plays
    favourites = sum(week.favourites * week.plays for week in weeks) / plays
    if plays < FEW_PLAYS:
        return (
            f"Only {count(plays, 'play')} so far, too few to judge by: {percent(hits)} were "
            f"among the first ten songs, favourites alone would have had {percent(favourites)}."
        )
    held = "more than" if hits > favourites + 0.01 else "just"
    if hits < favourites - 0.01:
        held = "less than"
    against = f"{held} the {percent(favourites)} of just playing favourites"
    return f"{percent(hits)} of your songs were among its first ten, {against}."
