"""A training of all parts that cannot learn play by play, judged before it is taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recommender.api import CheckpointError
from recommender.data.arrays import FloatArray
from recommender.experts.trained import Trained
from recommender.live.agent_part import TaughtAgent
from recommender.live.gate import FEWEST, Split, foretold, split_for_gate
from recommender.live.parts import (
    Choices,
    Material,
    checked_device,
    taught_agent_of,
    taught_factors,
    taught_net,
    taught_stacker,
    taught_staying,
    taught_text,
)
from recommender.live.recommender import LiveRecommender
from recommender.live.sound_part import heard_now, taught_sound, write_sound
from recommender.live.staying_part import NOT_TRIED, judged_staying
from recommender.live.trained_store import read_trained, write_trained
from recommender.training.versions import NOT_JUDGED, Figures, Report, Versions
from recommender.vectors.layout import lay_out
from recommender.vectors.song_map import SongMap, read_map, write_map

FEW_PLAYS = 100
"""Under so many plays only what needs none is made: the text's vectors and the map."""

SURE_S, SURE_SHARE = 3.0, 0.04
"""From when on the time left is guessed."""


EARLIER = (
    ("The words of your songs", 4), ("Songs that go together, but for the last week", 2),
    ("Your sessions before the last week", 25), ("How they sound, but for the last week", 12),
    ("What you let play to the end, but for the last week", 4),
    ("The agent, but for the last week", 3),
    ("Whom to trust, but for the last week", 12),
)  # fmt: skip
ALL = (
    ("The words of all your songs", 4), ("Songs that go together", 2), ("All your sessions", 25),
    ("How all of them sound", 12), ("What you let play to the end", 4), ("The agent", 3),
    ("Whom to trust", 12),
)  # fmt: skip
"""The steps of a training with their weights, about in proportion to their time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, which share of all is done, and about how long the rest takes."""

    step: str
    share: float
    left_s: float | None = None


class Refit:
    """One training: `run` trains, judges, and puts the new version in use if it is better.

    `tell` is called often, in the calling thread; it may wait, which is a pause, and it may
    raise, which ends the training and leaves everything as it was.
    """

    def __init__(
        self,
        versions: Versions,
        material: Material,
        tell: Callable[[Progress], None] = lambda progress: None,
        choices: Choices | None = None,
    ) -> None:
        self._versions = versions
        self._material = material
        self._choices = choices or Choices()
        self._clock = _Clock(tell)
        self._device = "cpu"
        self._staying = NOT_TRIED

    def run(self) -> Report:
        """Train and judge; raises TrainingError or OSError in words, then nothing has changed."""
        now, material = self._versions.current(), self._material
        in_use = _read(now.folder) if now is not None else None
        learnt_to = 0
        if now is not None and in_use is not None and _needs_plays(now.report.parts):
            learnt_to = now.report.last_event_id
        split = split_for_gate(material.events, learnt_to) if material.plays >= FEW_PLAYS else None
        if split is None:
            report = self._without_plays(in_use, learnt_to, now.report if now else None)
        else:
            report = self._with_plays(in_use, split, learnt_to)
        if not report.taken:
            self._versions.note(report)
        return report

    def _without_plays(
        self, in_use: Trained | None, learnt_to: int, before: Report | None
    ) -> Report:
        """Make anew what needs no plays, and keep the rest."""
        songs, heard = self._material.songs, self._material.heard
        if before is not None and (before.songs, before.heard) == (len(songs), heard) and learnt_to:
            new = self._material.last_event_id - learnt_to
            return self._report(
                (), f"Too little is new to tell whether learning again helps: it takes {2 * FEWEST}"
                f" plays since the last time, and there are at most {new}. Kept what was there."
            )  # fmt: skip
        clock, material = self._clock, self._material
        clock.plan(
            ("The words of your songs", 1),
            ("How your songs sound", 1),
            ("The map of your songs", 1),
        )
        clock.next()
        text = taught_text(material, material.history(), self._choices, clock.tell)
        trained = replace(in_use or Trained(""), text=text)
        clock.next()
        sound = heard_now(material.sounds, in_use.sound if in_use is not None else None)
        trained = replace(trained, sound=sound)
        if learnt_to:
            words = f"The words and the map of your {_count(len(songs), 'song')} are new."
        else:
            by_sound = f" and the sound of {len(sound.songs):,}" if sound is not None else ""
            words = (
                f"Learnt from the words of {_count(len(songs), 'song')}{by_sound}. "
                f"With {FEW_PLAYS} plays the rest follows; there are {self._material.plays}."
            )
        return self._publish(trained, words, learnt_to=learnt_to)

    def _with_plays(self, in_use: Trained | None, split: Split, learnt_to: int) -> Report:
        songs, clock = self._material.songs, self._clock
        self._device = checked_device(self._choices.device)
        clock.plan(
            *EARLIER, ("Foretelling the last week as until now", 15),
            ("Foretelling the last week anew", 15), *ALL, ("The map of your songs", 5),
        )  # fmt: skip
        new = self._parts(replace(self._material, events=split.before))
        self._staying = judged_staying(songs, split, new)
        new = replace(new, staying=new.staying if self._staying.taken else None)
        clock.next()
        sound = heard_now(self._material.sounds, in_use.sound if in_use is not None else None)
        until_now = replace(in_use or Trained(""), stacker=new.stacker, sound=sound)
        before = foretold(songs, split, until_now, clock.tell)
        clock.next()
        model = LiveRecommender()
        after = foretold(songs, split, new, clock.tell, model)
        if not after.beat(before):
            agent = _with_record(new.agent, model)
            return self._refuse(
                replace(in_use or Trained(""), agent=agent), before, after, learnt_to
            )
        words = f"Your list learnt from {_count(self._material.plays, 'play')}."
        words += self._staying.words
        trained = self._parts(self._material, staying=self._staying.taken)
        trained = replace(trained, agent=_with_record(trained.agent, model))
        return self._publish(trained, words, before, after, self._material.last_event_id)

    def _refuse(self, kept: Trained, before: Figures, after: Figures, learnt_to: int) -> Report:
        """Keep what was there beside the new agent, which keeps a record of its own; where nothing
        was, the map is worth a version too."""
        words = f"No better in the last {_count(after.plays, 'play')}: {_against(after, before)}"
        agent = " The agent is new: its own record says how it does." if kept.agent else ""
        if self._versions.current() is None:
            words += f"; your list stays as it was, and the map is drawn.{agent}"
            kept = replace(kept, sound=heard_now(self._material.sounds, None))
            return self._publish(kept, words, before, after)
        words += f"; kept what was there.{agent}"
        if kept.agent is None:
            return self._report((), words, before, after)
        return self._publish(kept, words, before, after, learnt_to)

    def _parts(self, material: Material, staying: bool = True) -> Trained:
        """All that is learnt from these events alone; without `staying` that net is left out."""
        choices, clock, history = self._choices, self._clock, material.history()
        clock.next()
        parts = Trained("new", text=taught_text(material, history, choices, clock.tell))
        clock.next()
        parts = replace(parts, factors=taught_factors(history, choices))
        clock.next()
        watched = _Watched(clock.tell, choices.most_s)
        net = taught_net(history, choices, self._device, [watched], material.liked())
        parts = replace(parts, sequence=net)
        clock.next()
        sound = taught_sound(
            material.sounds, material.songs, parts, device=self._device, seed=choices.seed,
            most_s=choices.sound_s, tell=clock.tell,
        )  # fmt: skip
        parts = replace(parts, sound=sound)
        clock.next()
        if staying:
            parts = replace(parts, staying=taught_staying(history, choices, clock.tell))
        clock.next()
        agent = taught_agent_of(material, history, parts, choices, clock.tell)
        parts = replace(parts, agent=agent)
        clock.next()
        return replace(parts, stacker=taught_stacker(material, clock.tell))

    def _publish(
        self, trained: Trained, words: str, before: Figures = NOT_JUDGED,
        after: Figures = NOT_JUDGED, learnt_to: int = 0,
    ) -> Report:  # fmt: skip
        """Write a version as a whole and put it in use."""
        self._clock.next()
        now, draft = self._versions.current(), self._versions.draft()
        write_trained(draft, trained)
        until_now = now.folder if now is not None else None
        write_map(draft, self._map(trained, until_now))
        material = self._material
        if trained.sound is not None and material.sounds is not None:
            write_sound(
                draft, trained.sound, material.sounds, material.songs, until_now,
                self._choices.seed, self._clock.tell,
            )  # fmt: skip
        names = ("text", "factors", "sequence", "stacker", "sound", "staying", "agent")
        parts = (*(name for name in names if getattr(trained, name) is not None), "map")
        report = self._report(parts, words, before, after, learnt_to)
        self._versions.publish(draft, report)
        return report

    def _map(self, trained: Trained, before: Path | None) -> SongMap:
        """The map of the songs; those on the map until now move little."""
        songs = self._material.songs
        vectors: FloatArray | None = None
        if trained.text is not None:
            ids = np.array([song.song_id for song in songs], np.int64)
            vectors = trained.text.songs.vectors(ids)
        old = read_map(before) if before is not None else None
        return lay_out(songs, self._material.events, vectors, old, self._choices.seed)

    def _report(
        self, parts: tuple[str, ...], words: str, before: Figures = NOT_JUDGED,
        after: Figures = NOT_JUDGED, learnt_to: int | None = None,
    ) -> Report:  # fmt: skip
        material = self._material
        last = material.last_event_id if learnt_to is None else learnt_to
        return Report(
            time.time(), material.plays, len(material.songs), last, parts, bool(parts), words,
            before, after, self._device, round(self._clock.spent_s, 1), material.last_event_id,
            material.heard,
        )  # fmt: skip


def _with_record(agent: TaughtAgent | None, judged: LiveRecommender) -> TaughtAgent | None:
    """The agent with what was noted of one like it where the last week was foretold."""
    return None if agent is None else replace(agent, record=judged.agent_record)


def _read(folder: Path) -> Trained | None:
    """The parts in use; a version that is damaged counts as none."""
    try:
        return read_trained(folder)
    except CheckpointError:
        return None


def _needs_plays(parts: Sequence[str]) -> bool:
    return bool({"factors", "sequence", "stacker"} & set(parts))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _against(after: Figures, before: Figures) -> str:
    """`a score of 0.171 against 0.174, where 1 is always right`; with the first ten too where these
    decide."""
    words = f"a score of {after.mrr:.3f} against {before.mrr:.3f}, where 1 is always right"
    if round(after.mrr, 3) == round(before.mrr, 3):
        words += f", and {after.hr_10:.1%} against {before.hr_10:.1%} among the first ten"
    return words


class _Clock:
    """Turns steps of known weight into a share of the whole, leaving pauses out of the time."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self._say = tell
        self._steps: list[tuple[str, float]] = []
        self._at = -1
        self._began_s = time.monotonic()
        self._paused_s = 0.0

    @property
    def spent_s(self) -> float:
        """The time since the beginning, without pauses."""
        return time.monotonic() - self._began_s - self._paused_s

    def plan(self, *steps: tuple[str, float]) -> None:
        """Name the steps, each with its weight."""
        self._steps, self._at = list(steps), -1

    def next(self) -> None:
        """The next step begins."""
        self._at += 1
        self.tell(0.0)

    def tell(self, done: float) -> None:
        """`done` of this step is done."""
        weights = [weight for _, weight in self._steps]
        share = (sum(weights[: self._at]) + weights[self._at] * done) / sum(weights)
        left_s = None
        if self.spent_s >= SURE_S and share >= SURE_SHARE:
            left_s = self.spent_s * (1 - share) / share
        asked_s = time.monotonic()
        self._say(Progress(self._steps[self._at][0], share, left_s))
        self._paused_s += time.monotonic() - asked_s


class _Watched:
    """A training hook: tells the progress, and ends a net's training that would take too long."""

    def __init__(self, tell: Callable[[float], None], most_s: float) -> None:
        self._tell, self._most_s = tell, most_s
        self._began_s = self._away_s = 0.0

    def on_start(self, run: Any) -> None:
        """The time begins."""
        self._began_s = time.monotonic()

    def on_batch(self, run: Any) -> None:
        """Tell, which may take as long as a pause."""
        asked_s = time.monotonic()
        self._tell(run.progress)
        self._away_s += time.monotonic() - asked_s

    def on_epoch(self, run: Any) -> None:
        """Stop when one more epoch like those before would end too late."""
        epochs = len(run.history)
        took_s = time.monotonic() - self._began_s - self._away_s
        run.enough |= took_s * (epochs + 1) / epochs > self._most_s

    def on_end(self, run: Any) -> None:
        """Nothing is left to do."""
