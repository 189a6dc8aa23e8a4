"""A training of all parts that cannot learn play by play, judged before it is taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.api import CheckpointError, Lasting, Play, Song
from recommender.data.catalogue import Catalogue
from recommender.experts.trained import Trained
from recommender.live.events import counts
from recommender.live.gate import FEWEST, Split, foretold, split_for_gate
from recommender.live.sequence_state import SequenceState
from recommender.live.teaching import lesson_of, settings_for
from recommender.live.trained_store import read_trained, write_trained
from recommender.models.base import FitContext, SequenceModel
from recommender.models.registry import model_class
from recommender.training.settings import TrainingError, TrainSettings
from recommender.training.versions import NOT_JUDGED, Figures, Report, Versions
from recommender.vectors.layout import lay_out
from recommender.vectors.song_map import read_map, write_map

FEW_PLAYS = 100
"""Under so many plays only what needs none is made: the text's vectors and the map."""

SURE_S, SURE_SHARE = 3.0, 0.04
"""From when on the time left is guessed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, which share of all is done, and about how long the rest takes."""

    step: str
    share: float
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What a training learns from: the library, the lasting events in their order, lyrics by
    song id."""

    songs: Sequence[Song]
    events: Sequence[Lasting]
    lyrics: Mapping[int, str] = field(default_factory=dict)

    @property
    def plays(self) -> int:
        """How many plays say anything."""
        return sum(isinstance(event, Play) and counts(event) for event in self.events)

    @property
    def last_event_id(self) -> int:
        """The number of the latest event, 0 for none."""
        return max([0, *(event.event_id for event in self.events)])


@dataclass(frozen=True, slots=True)
class Choices:
    """How to train: on which device, which net with which options beside its usual ones, and how
    long one net may take."""

    device: str = "cpu"
    net: str = "gru"
    options: Mapping[str, Any] = field(default_factory=dict)
    most_s: float = 600.0
    seed: int = 0


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
            report = self._with_plays(in_use, split)
        if not report.taken:
            self._versions.note(report)
        return report

    def _without_plays(
        self, in_use: Trained | None, learnt_to: int, before: Report | None
    ) -> Report:
        """Make anew what needs no plays, and keep the rest."""
        songs = self._material.songs
        if before is not None and before.songs == len(songs) and learnt_to:
            new = self._material.last_event_id - learnt_to
            return self._report(
                (), f"Too little is new to tell whether learning again helps: it takes {2 * FEWEST}"
                f" plays since the last time, and there are at most {new}. Kept what was there."
            )  # fmt: skip
        self._clock.plan(("The words of your songs", 1), ("The map of your songs", 1))
        trained = self._texts(replace(in_use or Trained(""), text=None))
        if learnt_to:
            words = f"The words and the map of your {_count(len(songs), 'song')} are new."
        else:
            words = (
                f"Learnt from the words of {_count(len(songs), 'song')}. With {FEW_PLAYS} plays "
                f"the rest follows; there are {self._material.plays}."
            )
        return self._publish(trained, words, learnt_to=learnt_to)

    def _with_plays(self, in_use: Trained | None, split: Split) -> Report:
        songs, clock = self._material.songs, self._clock
        self._device = checked_device(self._choices.device)
        clock.plan(
            ("The words of your songs", 5), ("Your sessions before the last week", 30),
            ("Foretelling the last week as until now", 15),
            ("Foretelling the last week anew", 15), ("All your sessions", 30),
            ("The map of your songs", 5),
        )  # fmt: skip
        texts = self._texts(Trained("new"))
        new = self._parts(texts, split.before)
        clock.next()
        before = foretold(songs, split, in_use, clock.tell)
        clock.next()
        after = foretold(songs, split, new, clock.tell)
        if not after.beat(before):
            words = (
                f"No better in the last {_count(after.plays, 'play')}: {_against(after, before)}"
            )
            return self._report((), f"{words}; kept what was there.", before, after)
        words = f"Your list learnt from {_count(self._material.plays, 'play')}."
        trained = self._parts(texts, self._material.events)
        return self._publish(trained, words, before, after, self._material.last_event_id)

    def _texts(self, trained: Trained) -> Trained:
        """The vectors of what is written of the songs."""
        self._clock.next()
        return trained

    def _parts(self, texts: Trained, events: Sequence[Lasting]) -> Trained:
        """All that is learnt from plays, from these events alone."""
        self._clock.next()
        watched = _Watched(self._clock.tell, self._choices.most_s)
        net = taught_net(self._material.songs, events, self._choices, self._device, [watched])
        parts = replace(texts, sequence=net)
        return replace(parts, stacker=fit_stacker(self._material.songs, events, parts))

    def _publish(
        self, trained: Trained, words: str, before: Figures = NOT_JUDGED,
        after: Figures = NOT_JUDGED, learnt_to: int = 0,
    ) -> Report:  # fmt: skip
        """Write a version as a whole and put it in use."""
        self._clock.next()
        now, draft = self._versions.current(), self._versions.draft()
        write_trained(draft, trained)
        old_map = read_map(now.folder) if now is not None else None
        write_map(draft, lay_out(self._material.songs, self._material.events, before=old_map))
        names = ("text", "factors", "sequence", "stacker")
        parts = (*(name for name in names if getattr(trained, name) is not None), "map")
        report = self._report(parts, words, before, after, learnt_to)
        self._versions.publish(draft, report)
        return report

    def _report(
        self, parts: tuple[str, ...], words: str, before: Figures = NOT_JUDGED,
        after: Figures = NOT_JUDGED, learnt_to: int | None = None,
    ) -> Report:  # fmt: skip
        material = self._material
        last = material.last_event_id if learnt_to is None else learnt_to
        return Report(
            time.time(), material.plays, len(material.songs), last, parts, bool(parts), words,
            before, after, self._device, round(self._clock.spent_s, 1),
        )  # fmt: skip


def taught_net(
    songs: Sequence[Song], events: Sequence[Lasting], choices: Choices, device: str,
    hooks: Sequence[Any] = (),
) -> SequenceModel[Any]:  # fmt: skip
    """A net over the listener's own sessions, the same for the same events; raises
    TrainingError."""
    state = SequenceState(Catalogue(songs))
    state.load_plays(event for event in events if isinstance(event, Play))
    kind = model_class(choices.net)
    lesson = lesson_of(kind, state.history, np.zeros(0, np.int64))
    settings = settings_for(kind.defaults, lesson.corpus)
    model = kind(replace(lesson.options, **choices.options))
    model.fit(
        lesson.corpus, None, replace(settings, device=device, seed=choices.seed),
        FitContext(hooks=hooks),
    )  # fmt: skip
    return model


def fit_stacker(
    songs: Sequence[Song], events: Sequence[Lasting], trained: Trained
) -> Mapping[str, NDArray[Any]] | None:
    """The weights of the scoring stage, taught again over the latest plays; None to leave those
    that were learnt play by play."""
    return None


def checked_device(name: str) -> str:
    """The device that a choice comes to; raises TrainingError in words when it is not there."""
    if name == "cpu":
        return name
    from recommender.training.device import place_for

    try:
        return place_for(TrainSettings(device=name)).device.type
    except TrainingError as error:
        raise TrainingError(
            f"There is no GPU here that can learn as “{name}”, or this Segue is built without it. "
            "Choose another device in the settings."
        ) from error


def _read(folder: Any) -> Trained | None:
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
    """`.171 against .174`; with the first ten too where these decide."""
    words = f"{after.mrr:.3f} against {before.mrr:.3f}"
    if round(after.mrr, 3) == round(before.mrr, 3):
        words += f", {after.hr_10:.1%} against {before.hr_10:.1%} among the first ten"
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
