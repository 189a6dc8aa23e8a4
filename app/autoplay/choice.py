"""Which model makes the list: Segue's own, a registered one, or one trained elsewhere.

The window's process reads names and words only; a model's module is imported by its own process.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LIVE, TRAINED = "live", "trained"
LIVE_MODEL = "recommender.live:LiveRecommender"
SEQUENCE_MODEL = "recommender.live.sequence:Sequences"

TITLES = {
    LIVE: "Segue (learns live)",
    "lstm": "LSTM",
    "gru": "GRU",
    "transformer": "Transformer",
    "ntm": "NTM",
    "mann": "MANN",
    "ntm_lrua": "NTM + LRUA",
    "popularity": "Popularity",
    "markov": "Markov chain",
    "session_knn": "Session neighbours",
    "cooccurrence": "Co-occurrence",
    "wals": "Factors (WALS)",
    "mf_sgd": "Factors (SGD)",
    "cache": "Continuous cache",
    "combination": "All together",
    TRAINED: "A trained model…",
}
"""What people read for a name; a model of another package is shown under its own name."""

_WORDS = {
    LIVE: "Segue's own model: many small experts that learn from each play, like and skip at once.",
    "lstm": "A recurrent net that reads your songs in their order.",
    "gru": "A recurrent net, smaller and quicker than the LSTM.",
    "transformer": "A net that looks back at the latest songs and weighs each of them.",
    "ntm": "A neural Turing machine: a net that writes into a memory and reads it again.",
    "mann": "A net with a memory in which the places used least are written over.",
    "ntm_lrua": "The NTM's reading and the MANN's writing in one net.",
    "popularity": "What you play most comes first.",
    "markov": "Goes by what followed the last songs before.",
    "session_knn": "Goes by your earlier sessions that were like this one.",
    "cooccurrence": "Goes by what you heard together with the latest songs.",
    "wals": "Gives each song a few numbers, so that songs of the same sessions are alike.",
    "mf_sgd": "Such numbers too, learnt in small steps.",
    "cache": "A recurrent net that also looks up moments of the past that were like this one.",
    "combination": "Several models whose votes are weighed by how well each guesses your plays.",
    TRAINED: "A model from a folder that “python -m recommender train” made.",
}
_LEARNS = "It learns from your plays when it starts, and again once there are many new ones."


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A registered model's name, `LIVE`, or `TRAINED` with its folder."""

    name: str = LIVE
    folder: Path | None = None

    @property
    def title(self) -> str:
        """The words for it."""
        if self.name == TRAINED and self.folder is not None:
            return f"The model in “{self.folder.name}”"
        return TITLES.get(self.name, self.name)

    @property
    def words(self) -> str:
        """What kind of model it is, in a sentence or two."""
        if self.name in (LIVE, TRAINED):
            return _WORDS[self.name]
        return f"{_WORDS.get(self.name, 'A model of another package.')} {_LEARNS}"

    @property
    def factory(self) -> str:
        """What makes it, as "module:name"."""
        return LIVE_MODEL if self.name == LIVE else SEQUENCE_MODEL

    def checkpoints(self, folder: Path) -> Path:
        """Where it keeps what it learned, below the folder of Segue's own model."""
        return folder if self.name == LIVE else folder / self.name


OWN = ModelChoice()
"""Segue's own model."""


def choices() -> tuple[ModelChoice, ...]:
    """All that can be chosen: Segue's own model, the registered ones, a trained one."""
    from recommender.models.registry import model_names

    return (OWN, *map(ModelChoice, model_names()), ModelChoice(TRAINED))


def choice_of(name: str, folder: str) -> ModelChoice:
    """The choice that settings hold; Segue's own model where they hold none that is whole."""
    if name == TRAINED:
        return ModelChoice(TRAINED, Path(folder)) if folder else OWN
    return ModelChoice(name or LIVE)
