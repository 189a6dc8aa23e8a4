"""The rows of a comparison as one writes them: `gru,lstm[bloom=0.2;hashes=4;epochs=6]`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from recommender.models.base import OptionError, SequenceModel, options_from
from recommender.models.registry import model_class, model_names
from recommender.training.settings import TrainSettings

ALL = "all"
TRAINING = tuple(each.name for each in fields(TrainSettings))
MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a model with its options and training; `label` is how it was written."""

    label: str
    kind: type[SequenceModel[Any]]
    options: Any
    settings: TrainSettings

    @property
    def slug(self) -> str:
        """The label as the name of a folder; a long one ends with a digest of it."""
        letters = re.sub(r"[^\w.=+]+", "_", self.label).strip("_")
        if len(letters) <= MOST_LETTERS:
            return letters
        digest = hashlib.blake2b(self.label.encode(), digest_size=4).hexdigest()
        return f"{letters[: MOST_LETTERS - 9]}-{digest}"

    def model(self) -> SequenceModel[Any]:
        """The model, not yet fitted."""
        return self.kind(self.options)


def entries(
    text: str, more: Iterable[str] = (), training: dict[str, Any] | None = None
) -> list[Entry]:
    """The rows that a text names, in its order; `all` stands for every model there is.

    In brackets, and in `more` as `MODEL.NAME=VALUE`, a name goes to the model's options if it has
    it, else to `TrainSettings`. `training` wins over what is written.
    Raises UnknownModelError, OptionError or TrainingError in words.
    """
    words = [
        each for word in _split(text, ",") for each in (model_names() if word == ALL else [word])
    ]
    if not words:
        raise OptionError(f"No model is named; there are: {', '.join(model_names())}.")
    given = dict(_dotted(each) for each in more)
    found: dict[str, Entry] = {}
    for word in words:
        entry = _entry(word, given, training or {})
        found.setdefault(entry.label, entry)
    names = {entry.kind.name for entry in found.values()}
    for name, _ in given:
        if name not in names:
            raise OptionError(f"An option is given for {name!r}, which is not compared.")
    _refuse_equal_folders(list(found.values()))
    return list(found.values())


def _refuse_equal_folders(found: list[Entry]) -> None:
    slugs = [entry.slug for entry in found]
    for entry in found:
        if slugs.count(entry.slug) > 1:
            raise OptionError(f"{entry.label} would share its folder with another; shorten it.")


def _entry(word: str, given: dict[tuple[str, str], str], training: dict[str, Any]) -> Entry:
    matched = re.fullmatch(r"([^\[\]]+?)\s*(?:\[(.*)\])?", word, re.DOTALL)
    if matched is None:
        raise OptionError(f"{word!r} is no model; write gru or gru[hidden=128;epochs=6].")
    name = matched[1]
    kind = model_class(name)
    own = dict(_pair(each) for each in _split(matched[2] or "", ";"))
    values = {key: value for (model, key), value in given.items() if model == name} | own
    try:
        training_words = set(TRAINING) - {each.name for each in fields(kind.Options)}
        options = {key: value for key, value in values.items() if key not in training_words}
        taught = {key: value for key, value in values.items() if key in training_words}
        label = f"{name}[{';'.join(f'{key}={value}' for key, value in values.items())}]"
        return Entry(
            label if values else name,
            kind,
            options_from(kind.Options, options),
            _settings(kind, taught | training),
        )
    except OptionError as error:
        raise OptionError(f"{word}: {error}") from error


def _settings(kind: type[SequenceModel[Any]], words: dict[str, Any]) -> TrainSettings:
    """The model's own settings, with those that the words name."""
    if "seed" in words:
        raise OptionError("the seeds of a comparison come from --seeds.")
    parsed = options_from(cast(Any, TrainSettings), words)
    return replace(kind.defaults, **{name: getattr(parsed, name) for name in words})


def _split(text: str, separator: str) -> list[str]:
    """Parts between separators that stand outside all brackets, empty ones left out."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise OptionError(f"{text.strip()!r} is no option; write NAME=VALUE.")
    return name.strip(), value.strip().strip("\"'")


def _dotted(text: str) -> tuple[tuple[str, str], str]:
    name, value = _pair(text)
    model, dot, option = name.partition(".")
    if not dot or not option:
        raise OptionError(f"{text!r} is no option of a model; write MODEL.NAME=VALUE.")
    return (model, option), value
