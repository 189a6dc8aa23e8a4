"""The parts that a training learns from one listener's library and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.api import Lasting, Play, Reaction, Song
from recommender.data.arrays import IndexArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.experts.staying import Staying
from recommender.experts.trained import Trained
from recommender.live.agent_lessons import taught_agent
from recommender.live.agent_part import TaughtAgent
from recommender.live.events import counts, without_retracted
from recommender.live.recommender import LiveRecommender
from recommender.live.sequence_state import SequenceState
from recommender.live.sound_part import Sounds, heard_now
from recommender.live.teaching import corpus_from, lesson_of, settings_for
from recommender.models.base import FitContext, SequenceModel
from recommender.models.factors import Factors, fit_factors
from recommender.models.registry import model_class
from recommender.skips.staying_steps import StayingSteps
from recommender.training.settings import TrainingError, TrainSettings
from recommender.vectors.text import TextVectors

LESSONS = 2_000
STAYING_LESSONS = 10_000
NONE_LIKED: IndexArray = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Material:
    """What a training learns from: the library, the lasting events in their order, lyrics by
    song id, and what was heard of the songs."""

    songs: Sequence[Song]
    events: Sequence[Lasting]
    lyrics: Mapping[int, str] = field(default_factory=dict)
    sounds: Sounds | None = None

    @property
    def plays(self) -> int:
        """How many plays say anything."""
        return sum(isinstance(event, Play) and counts(event) for event in self.events)

    @cached_property
    def heard(self) -> int:
        """How many of the songs have been listened to."""
        return 0 if self.sounds is None else self.sounds.heard()

    def liked(self) -> IndexArray:
        """The dense songs that are liked."""
        state = SequenceState(Catalogue(self.songs))
        standing = without_retracted(self.events, self.songs)
        state.load_reactions(event for event in standing if isinstance(event, Reaction))
        liked: IndexArray = np.flatnonzero(state.liked > 0)
        return liked

    @property
    def last_event_id(self) -> int:
        """The number of the latest event, 0 for none."""
        return max([0, *(event.event_id for event in self.events)])

    def history(self) -> History:
        """The plays that stand and are not forgotten, as a log."""
        state = SequenceState(Catalogue(self.songs))
        standing = without_retracted(self.events, self.songs)
        state.load_plays(event for event in standing if isinstance(event, Play))
        return state.history


@dataclass(frozen=True, slots=True)
class Choices:
    """How to train: on which device, which net with which options beside its usual ones, and how
    long one net and the one that listens may take."""

    device: str = "cpu"
    net: str = "gru"
    options: Mapping[str, Any] = field(default_factory=dict)
    most_s: float = 600.0
    sound_s: float = 240.0
    seed: int = 0


def taught_text(
    material: Material, history: History, choices: Choices, tell: Callable[[float], None]
) -> TextVectors:
    """Vectors of what is written of the songs; `tell` is given the share that is done."""
    ids = np.array([song.song_id for song in history.catalogue.songs], np.int64)
    played = ids[history.song[: history.size]] if history.size else ids[:0]
    cuts = history.starts[1 : history.sessions]
    sessions = [part.tolist() for part in np.split(played, cuts)]
    return TextVectors.fit(material.songs, sessions, material.lyrics, choices.seed, tell)


def taught_factors(history: History, choices: Choices) -> Factors | None:
    """Vectors of the songs from which go together in sessions; None for too few of these."""
    return fit_factors(corpus_from(history, NONE_LIKED, with_skips=True), seed=choices.seed)


def taught_net(
    history: History, choices: Choices, device: str = "cpu", hooks: Sequence[Any] = (),
    liked: IndexArray = NONE_LIKED,
) -> SequenceModel[Any] | None:  # fmt: skip
    """A net over the sessions, the same for the same plays; None when no session has a song that
    follows another. `liked` are dense songs. Raises TrainingError."""
    kind = model_class(choices.net)
    lesson = lesson_of(kind, history, liked)
    if not lesson.corpus.transitions:
        return None
    settings = settings_for(kind.defaults, lesson.corpus)
    model = kind(replace(lesson.options, **choices.options))
    model.fit(
        lesson.corpus, None, replace(settings, device=device, seed=choices.seed),
        FitContext(hooks=hooks),
    )  # fmt: skip
    return model


def taught_staying(
    history: History, choices: Choices, tell: Callable[[float], None]
) -> StayingSteps | None:
    """A net that adds to the chance that a song is played to the end what the session so far says;
    None while the plays are too few, or where it foretells no better than nothing."""
    from recommender.skips.staying_net import fit_staying

    expert = Staying(history)
    lessons = expert.lessons(STAYING_LESSONS)
    return None if lessons is None else fit_staying(lessons, choices.seed, tell)


def taught_agent_of(
    material: Material, history: History, trained: Trained, choices: Choices,
    tell: Callable[[float], None],
) -> TaughtAgent | None:  # fmt: skip
    """An agent that may have the last word on the order; None while there is too little."""
    standing = without_retracted(material.events, material.songs)
    said = [event for event in standing if isinstance(event, Reaction)]
    return taught_agent(history, said, trained, material.last_event_id, choices.seed, tell)


def taught_stacker(
    material: Material, tell: Callable[[float], None]
) -> Mapping[str, NDArray[Any]] | None:
    """The weights of the scoring stage, taught by the latest `LESSONS` plays one after another.

    A model that had to read its history at once has learnt them from a few hundred. The trained
    parts take no part in it: they know these plays, and would be trusted too far. Sounds do, by
    features that know of no plays.
    """
    standing = without_retracted(material.events, material.songs)
    plays = [at for at, event in enumerate(standing) if isinstance(event, Play)]
    if not plays:
        return None
    cut = plays[-LESSONS] if len(plays) > LESSONS else 0
    model = LiveRecommender()
    model.fit(material.songs, standing[:cut])
    model.hear(heard_now(material.sounds, None))
    for place, event in enumerate(standing[cut:]):
        tell(place / (len(standing) - cut))
        model.observe(event)
    return model.stacker()


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
