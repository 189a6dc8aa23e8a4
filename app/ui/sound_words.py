"""What the Sound page says, in words."""

from __future__ import annotations

from app.sound.state import Doing, HearingState
from app.ui.playback_clock import position_text
from app.ui.sound_reading import HeardMoment
from app.ui.wording import count, long_time

HAND_MADE = "hand-made"
"""What compares sounds is named so where no network does."""
ENOUGH = 20
"""So many songs that were heard are surely enough to compare them."""

_SENTENCES = {
    Doing.OFF: "Listening is turned off in the settings. What was heard is kept.",
    Doing.PAUSED: "Paused. What was heard is kept.",
    Doing.ON_BATTERY: "Waits for mains power, as the settings say.",
}


def heard(state: HearingState) -> str:
    """`1,204 of 10,000 songs heard`."""
    if not state.total:
        return "No songs to listen to yet"
    if state.heard >= state.total:
        return "Your only song is heard" if state.total == 1 else f"All {state.total:,} songs heard"
    return f"{state.heard:,} of {count(state.total, 'song')} heard"


def left(state: HearingState) -> str:
    """`about 2 h 5 min left`; empty while nobody knows, or nothing is being done."""
    if state.doing is not Doing.LISTENING or state.left_s is None:
        return ""
    if state.left_s < 60:
        return "less than a minute left"
    return f"about {long_time(round(state.left_s * 1_000))} left"


def doing(state: HearingState) -> str:
    """What is being listened to, or why nothing is."""
    if state.doing is Doing.LISTENING:
        return f"Now: {state.current}" if state.current else "Listening…"
    if state.doing is Doing.TROUBLE:
        return state.trouble or "It cannot go on. Try again, or look into the log."
    if state.doing is Doing.RESTING:
        is_done = state.total and state.heard + state.problems >= state.total
        rest = "New and changed files follow by themselves."
        return rest if is_done else "It goes on by itself in a moment."
    return _SENTENCES[state.doing]


def not_heard(problems: int) -> str:
    """`12 files could not be heard`."""
    return f"{count(problems, 'file')} could not be heard"


def compared(in_use: str, heard: int = 0) -> str:
    """What compares songs now, and how to get further; `heard` songs are there for it."""
    if not in_use and heard >= ENOUGH:
        return "What was heard is being read; your songs are compared in a moment."
    if not in_use:
        return "Songs are compared by their sound as soon as some of them have been heard."
    words = f"Songs are compared by {in_use}."
    if HAND_MADE in in_use and ":" not in in_use:  # Behind one stands what a network lacks.
        return (
            f"{words} A network takes over once it can learn from enough songs that you play. "
            "Learn now, or let Segue do so by itself."
        )
    return f"{words} Learning again takes in what you have played since."


def moment_in_words(moment: HeardMoment) -> str:
    """A moment for who does not see it: title, artist, second, strength."""
    song = ", ".join(filter(None, (moment.track.title, moment.track.artist)))
    return f"{song}, at {position_text(moment.start_ms)}, {strength(moment.strength)}"


def strength(deviations: float) -> str:
    """How strong a moment is, in words."""
    return f"{deviations:.1f} standard deviations above what is usual"
