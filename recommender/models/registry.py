"""Which models there are: the built-in ones, and those that other packages bring.

A package offers a model by an entry point of the group `segue.models`: the name is the word for
it, the object its class.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from recommender.models.base import SequenceModel

GROUP = "segue.models"

BUILT_IN = {
    "lstm": "recommender.models.lstm:LSTM",
    "gru": "recommender.models.gru:GRU",
    "ntm": "recommender.models.ntm:NTM",
    "mann": "recommender.models.mann:MANN",
    "ntm_lrua": "recommender.models.ntm_lrua:NTMWithLRUA",
    "transformer": "recommender.models.transformer:Transformer",
    "popularity": "recommender.models.popularity:Popularity",
    "markov": "recommender.models.markov:Markov",
    "session_knn": "recommender.models.session_knn:SessionKnn",
    "cooccurrence": "recommender.models.cooccurrence:Cooccurrence",
    "wals": "recommender.models.matrix_factorisation:Wals",
    "mf_sgd": "recommender.models.matrix_factorisation_sgd:MfSgd",
    "cache": "recommender.models.cache:Cache",
    "combination": "recommender.models.combination:Combination",
}


class UnknownModelError(Exception):
    """A name that means no model, or a model that cannot be imported, in a sentence."""


def model_names() -> tuple[str, ...]:
    """Every model's name: built-in ones first, then those of other packages."""
    return (*BUILT_IN, *sorted(_entries().keys() - BUILT_IN.keys()))


def model_class(name: str) -> type[SequenceModel[Any]]:
    """The class behind a name; raises UnknownModelError in words."""
    if name in BUILT_IN:
        module, _, kind = BUILT_IN[name].partition(":")
        found = getattr(import_module(module), kind)
    else:
        found = _foreign(name)
    if not (isinstance(found, type) and issubclass(found, SequenceModel)):
        raise UnknownModelError(f"What the entry point {name!r} gives is no SequenceModel.")
    return found


def _entries() -> dict[str, EntryPoint]:
    return {each.name: each for each in entry_points(group=GROUP)}


def _foreign(name: str) -> Any:
    entry = _entries().get(name)
    if entry is None:
        known = ", ".join(model_names())
        raise UnknownModelError(f"There is no model {name!r}; there are: {known}.")
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        raise UnknownModelError(
            f"The model {name!r} cannot be imported from {entry.value} ({error}). Update or "
            "remove the package that brings it."
        ) from error
