"""The choices that all nets share; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.data.bloom import MOST_HASHES
from recommender.models.base import Options

PAIRS = "pairs"
SOFTMAXES = ("full", "sampled", "bits")


@dataclass(frozen=True, slots=True)
class NetOptions(Options):
    """The choices that all nets share.

    `softmax` is over all songs ("full"), over the right one and `negatives` others that the batch
    shares ("sampled"), or over the bits of Bloom codes ("bits"). `bloom` is the number of rows
    behind the songs' vectors, up to 1 as a share of the songs, 0 for one row a song. With
    `horizon` above 1 the songs after the next are targets too, each `decay` times the weight of
    the one before. `vectors` "pairs" starts from song vectors counted from pairs of songs (and
    from Bloom codes under which songs that go together share rows), a file's name from those in
    it, in word2vec's text format. Songs heard at most `rest` songs ago
    are held to the rate of such repeats in the training's lists.
    """

    dim: int = 128
    hidden: int = 128
    layers: int = 1
    dropout: float = 0.3
    tied: bool = True
    softmax: str = "sampled"
    negatives: int = 1024
    bloom: float = 0.0
    hashes: int = 4
    feedback: bool = False
    horizon: int = 5
    decay: float = 0.6
    vectors: str = PAIRS
    rest: int = 12

    def __post_init__(self) -> None:
        for name in ("dim", "hidden", "layers", "negatives", "hashes", "horizon"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give 1 or more.")
        if self.rest < 0:
            raise ValueError(f"rest is {self.rest}; give 0 or more.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout}; give a share from 0 to below 1.")
        if self.softmax not in SOFTMAXES:
            raise ValueError(f"softmax is {self.softmax!r}; give one of {', '.join(SOFTMAXES)}.")
        if not 0 < self.decay <= 1:
            raise ValueError(f"decay is {self.decay}; give a share above 0, at most 1.")
        if self.bloom < 0 or self.hashes > MOST_HASHES:
            raise ValueError(f"Give bloom 0 or more, and at most {MOST_HASHES} hashes.")
        if self.bloom and self.vectors not in ("", PAIRS):
            raise ValueError("A file's vectors give each song a row of its own; leave bloom at 0.")
        if self.softmax == "bits" and not self.bloom:
            raise ValueError("softmax=bits needs Bloom codes: give bloom as well, such as 0.2.")
