"""What a training gives to the experts that cannot learn play by play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from recommender.audio.hearing import Hearing
    from recommender.live.agent_part import TaughtAgent
    from recommender.models.base import SequenceModel
    from recommender.models.factors import Factors
    from recommender.skips.staying_steps import StayingSteps
    from recommender.vectors.text import TextVectors


@dataclass(frozen=True)
class Trained:
    """Parts of one version, each None when there was too little to learn it from.

    `factors` and `text` are vectors of songs, `sequence` a model over song ids, `stacker` the
    weights of the scoring stage as named arrays, `sound` how the songs sound, `staying` what a
    net adds to the chance that a song is played to the end, `agent` who may have the last word on
    the order. Experts take their part in `Expert.adopt`.
    """

    version: str
    factors: Factors | None = None
    text: TextVectors | None = None
    sequence: SequenceModel[Any] | None = None
    stacker: Mapping[str, NDArray[Any]] | None = None
    sound: Hearing | None = None
    staying: StayingSteps | None = None
    agent: TaughtAgent | None = None
