"""A source for what was heard that says what a test tells it to, and moments of the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.signals import Signal
from app.sound.state import Doing, HearingState
from app.ui.sound_source import DeliverNear, DeliverProblems
from recommender.audio.moments import Dimension, Moment, Moments, write_moments
from tests.app.ui.fake_taste import draw_map

HAND_MADE = "hand-made features"
NETWORK = "a network that learnt from 812 songs you play"
LISTENING = HearingState(
    Doing.LISTENING, 1_204, 10_000, "Harbour Lights – Mira Lund", 2 * 3_600 + 300.0
)
_NAMES = (
    ("Bright", "bright and loud"), ("Deep bass", "low and slow, with little above"),
    ("Plucked strings", "quiet with sharp onsets"), ("Voices", "sung, of middle height"),
    ("Drums", "fast and steady"), ("Strings", "long and soft"), ("Noise", "rough, without a key"),
    ("Organ", "held chords"),
)  # fmt: skip


class FakeSound:
    """A SoundSource that answers at once, and records what it is asked to do in `calls`."""

    def __init__(self, state: HearingState = LISTENING, in_use: str = HAND_MADE) -> None:
        self.changed: Signal[[]] = Signal()
        self.state, self.in_use = state, in_use
        self.learnt: Path | None = None
        self.near: tuple[Sequence[int], str] = ((), "Nothing has been listened to yet.")
        self.problems: Sequence[tuple[int, str]] = ()
        self.calls: list[tuple[object, ...]] = []

    def folder(self) -> Path | None:
        return self.learnt

    def tell(self, **values: object) -> None:
        """Say that the state has changed in these fields."""
        self.state = replace(self.state, **values)
        self.changed.emit()

    def learn(self, folder: Path) -> None:
        """Say that what is in a folder was learnt."""
        self.learnt, self.in_use = folder, NETWORK
        self.changed.emit()

    def ask_near(self, track_id: int, n: int, deliver: DeliverNear) -> None:
        self.calls.append(("ask_near", track_id, n))
        deliver(*self.near)

    def ask_problems(self, deliver: DeliverProblems) -> None:
        self.calls.append(("ask_problems",))
        deliver(self.problems)

    def pause(self) -> None:
        self.calls.append(("pause",))

    def resume(self) -> None:
        self.calls.append(("resume",))

    def set_on(self, is_on: bool) -> None:
        self.calls.append(("set_on", is_on))

    def set_only_on_mains(self, is_only: bool) -> None:
        self.calls.append(("set_only_on_mains", is_only))

    def set_whole(self, is_whole: bool) -> None:
        self.calls.append(("set_whole", is_whole))

    def learn_now(self) -> None:
        self.calls.append(("learn_now",))


def some_moments(dimensions: int = 8, songs: int = 10) -> Moments:
    """Dimension 0 is excited most by song 1 at second 83, then song 12 at second 90, and so on;
    each next dimension begins 20 songs later."""
    made = []
    for at in range(dimensions):
        name, words = _NAMES[at % len(_NAMES)]
        first = 20 * at + 1
        moments = tuple(
            Moment(
                first + 11 * place, 83.0 + 7 * place, 86.0 + 7 * place, 4.0 - 3.0 * place / songs
            )
            for place in range(songs)
        )
        name = name if at < len(_NAMES) else f"{name} {at // len(_NAMES) + 1}"
        made.append(Dimension(name, words, moments))
    return Moments(NETWORK, tuple(made))


def learn_sounds(version: Path, moments: Moments | None = None, songs: int = 600) -> Path:
    """What a training leaves in a version's folder: moments and a map by sound of the shelf."""
    write_moments(version / "sound", moments or some_moments())
    draw_map(version / "sound", songs)
    return version
