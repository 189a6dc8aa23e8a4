"""What every sequence model answers to, whether it counts or is trained."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.corpus import ByteArray, Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.training.settings import TrainingError, TrainSettings

State = TypeVar("State")


class OptionError(ValueError):
    """An option that a model does not have, or a value that it cannot take, in a sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """A model's choices beside its training; every field is a number, a bool or a text."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit gave: how long it took, how many epochs, the last losses in nats a song."""

    seconds: float
    epochs: int = 1
    train_loss: float = float("nan")
    valid_loss: float = float("nan")


@dataclass(frozen=True, slots=True)
class FitContext:
    """Where a fit may report and keep things.

    `hooks` are the training hooks (`recommender.training.hooks.Hook`), `folder` is where a
    checkpoint of the training goes, None for nowhere; with `resume` it goes on from that one.
    """

    hooks: Sequence[Any] = field(default=())
    folder: Path | None = None
    resume: bool = False


def refuse_empty(train: Corpus) -> None:
    """Raise TrainingError, in words, where no list holds a known song."""
    if not any(len(songs) and songs.max() != UNKNOWN for songs in train):
        raise TrainingError("There is no song to learn from; give a data set with songs.")


class SequenceModel(ABC, Generic[State]):
    """Ranks the next song of a list, given the songs so far.

    A model is made with its options, fitted once (or loaded), and then serves any number of
    lists at a time: a state is a value, and `observe` returns a new one without touching the old,
    so that an undo is to keep the old state.
    """

    name: ClassVar[str]
    """The word for it on the command line and in settings."""

    title: ClassVar[str]
    """The words for it in tables and settings."""

    version: ClassVar[int] = 1
    """The format of its checkpoints; a newer one than this is refused."""

    seeded: ClassVar[bool] = True
    """Whether two seeds give two models; False for one that only counts."""

    Options: ClassVar[type[Any]] = Options
    defaults: ClassVar[TrainSettings] = TrainSettings()
    """The training that suits the model when nothing else is asked for."""

    def __init__(self, options: Any = None) -> None:
        self.options = self.Options() if options is None else options
        self.vocabulary = Vocabulary([])

    @abstractmethod
    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        """Learn from `train`, forgetting what was before; the vocabulary becomes that of `train`.

        `valid` has the same vocabulary, is never learnt from and may steer early stopping.
        Raises TrainingError in words.
        """

    @abstractmethod
    def start(self) -> State:
        """The state before the first song of a list."""

    @abstractmethod
    def observe(self, state: State, song: int, feedback: int = Feedback.PLAYED) -> State:
        """The state after one more song, without reading the list again; UNKNOWN is allowed."""

    @abstractmethod
    def log_probabilities(self, state: State) -> FloatArray:
        """Natural log of each song's chance to come next, shape (songs,), repeats allowed.

        All are finite and their exponentials add up to 1.
        """

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """`log_probabilities` after each song but the last, shape (length - 1, songs)."""
        rows = np.empty((max(len(songs) - 1, 0), len(self.vocabulary)), np.float32)
        state = self.start()
        for place in range(len(rows)):
            said = Feedback.PLAYED if feedback is None else int(feedback[place])
            state = self.observe(state, int(songs[place]), said)
            rows[place] = self.log_probabilities(state)
        return rows

    def score_lists(
        self, lists: Sequence[IntArray], feedback: Sequence[ByteArray] | None = None
    ) -> FloatArray:
        """The rows of `score_list` of each list, below one another, shape (transitions, songs)."""
        said = [None] * len(lists) if feedback is None else feedback
        rows = [self.score_list(*each) for each in zip(lists, said, strict=True)]
        return np.concatenate([np.empty((0, len(self.vocabulary)), np.float32), *rows])

    @property
    def parameters(self) -> int:
        """How many numbers the fitted model keeps."""
        return sum(array.size for array in self.arrays().values())

    @abstractmethod
    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Everything learnt, as named arrays for `weights.safetensors`."""

    @abstractmethod
    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over what `arrays` gave; `options` and `vocabulary` are set already."""

    def save(self, folder: Path) -> None:
        """Write `weights.safetensors`, `config.json` and `vocabulary.json`."""
        from recommender.models.checkpoint import write_model

        write_model(folder, self)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a checkpoint; raises CheckpointError in words."""
        from recommender.models.checkpoint import read_model

        return read_model(folder, cls)


def options_from(kind: type[Options], words: dict[str, Any]) -> Any:
    """The options that `words` name, each a value of the field's type or its text.

    Raises OptionError for a name the model does not have or a text that is no such value.
    """
    known = {each.name: each for each in fields(kind)}
    values: dict[str, Any] = {}
    for name, word in words.items():
        if name not in known:
            some = ", ".join(known) or "none"
            raise OptionError(f"There is no option {name!r} here; there are: {some}.")
        values[name] = _value(name, word, known[name].default)
    try:
        return kind(**values)
    except ValueError as error:
        raise OptionError(str(error)) from error


def _value(name: str, word: Any, default: Any) -> Any:
    if not isinstance(word, str) or isinstance(default, str):
        return word
    if isinstance(default, bool):
        if word.casefold() in ("yes", "true", "1", "on"):
            return True
        if word.casefold() in ("no", "false", "0", "off"):
            return False
        raise OptionError(f"{name} is {word!r}; give yes or no.")
    try:
        return type(default)(word)
    except ValueError as error:
        raise OptionError(f"{name} is {word!r}, which is no number of its kind.") from error


def options_dict(options: Any) -> dict[str, Any]:
    """The options as plain values, for `config.json`."""
    return asdict(options)
