"""What the Sound page does with the player's parts."""

from __future__ import annotations

from pathlib import Path

from app.hearing import PlayerSound
from app.signals import Signal
from app.sound.state import Doing, HearingState
from recommender.training.versions import Report, Version


class Parts:
    """Listener, recommender and trainer in one, recorded."""

    def __init__(self) -> None:
        self.changed: Signal[[HearingState]] = Signal()
        self.hearing_changed: Signal[[str]] = Signal()
        self.version_changed: Signal[[str]] = Signal()
        self.state = HearingState()
        self.hearing = ""
        self.version: Version | None = None
        self.calls: list[tuple[object, ...]] = []

    def current(self) -> Version | None:
        return self.version

    def __getattr__(self, verb: str):
        return lambda *arguments: self.calls.append((verb, *arguments))


def test_it_shows_what_the_parts_say_and_tells_of_every_change() -> None:
    parts, told = Parts(), []
    sound = PlayerSound(parts, parts, parts)
    sound.changed.connect(lambda: told.append((sound.state.doing, sound.in_use, sound.folder())))
    assert (sound.state, sound.in_use, sound.folder()) == (HearingState(), "", None)
    parts.state = HearingState(Doing.LISTENING, 1, 2)
    parts.changed.emit(parts.state)
    parts.hearing = "hand-made features"
    parts.hearing_changed.emit(parts.hearing)
    report = Report(0.0, 10, 20, 10, (), True, "")
    parts.version = Version(1, Path("/trained/1"), report)
    parts.version_changed.emit("/trained/1")
    assert told == [
        (Doing.LISTENING, "", None),
        (Doing.LISTENING, "hand-made features", None),
        (Doing.LISTENING, "hand-made features", Path("/trained/1")),
    ]


def test_every_wish_reaches_the_part_that_fulfils_it() -> None:
    parts = Parts()
    sound = PlayerSound(parts, parts, parts)
    sound.pause()
    sound.resume()
    sound.set_on(False)
    sound.set_only_on_mains(True)
    sound.set_whole(True)
    sound.learn_now()
    sound.ask_near(7, 30, print)
    sound.ask_problems(print)
    assert parts.calls == [
        ("pause",),
        ("resume",),
        ("set_on", False),
        ("set_only_on_mains", True),
        ("set_whole", True),
        ("start_now",),
        ("ask_near", 7, 30, print),
        ("ask_problems", print),
    ]
