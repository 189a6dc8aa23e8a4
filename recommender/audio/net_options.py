"""How the networks that listen are shaped and trained; needs no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["seed", "sound"]
KINDS: tuple[Kind, ...] = ("seed", "sound")


@dataclass(frozen=True, slots=True)
class NetShape:
    """A network's sizes: `hand` features a song, `dim` numbers a target, `tags` to be guessed.

    `channels` are those of the convolutions from the first to the last, `embedding` what is kept
    of a window, `hidden` the width in which windows and hand-made features meet.
    """

    kind: Kind
    hand: int
    dim: int
    tags: int = 0
    channels: tuple[int, ...] = (64, 96, 128)
    embedding: int = 128
    hand_width: int = 96
    hidden: int = 128

    def as_dict(self) -> dict[str, Any]:
        """For a file."""
        return {**asdict(self), "channels": list(self.channels)}

    @classmethod
    def of(cls, values: dict[str, Any]) -> NetShape:
        """What `as_dict` gave; raises TypeError or KeyError."""
        return cls(**{**values, "channels": tuple(values["channels"])})


@dataclass(frozen=True, slots=True)
class NetSettings:
    """How a network is trained: `batch` songs of `windows` windows a step, for `epochs` times all
    songs but at most `most_windows` windows together, and at most `most_s` seconds.

    `held` of the artists decide when it has learnt enough: after `patience` looks without a better
    one. `contrast`, `same`, `tags` and `length` weigh the losses beside the cosine; `sharpness` is
    the temperature of the contrast, `gain_db` and `masked` bands of the augmentation.
    """

    seed: int = 0
    device: str = "cpu"
    most_s: float = 120.0
    epochs: int = 60
    most_windows: int = 120_000
    batch: int = 48
    windows: int = 2
    lr: float = 2e-3
    weight_decay: float = 0.05
    dropout: float = 0.3
    held: float = 0.15
    patience: int = 8
    contrast: float = 0.2
    same: float = 0.05
    tags: float = 0.1
    length: float = 0.05
    sharpness: float = 0.1
    gain_db: float = 3.0
    masked: int = 8
