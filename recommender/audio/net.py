"""The networks that listen: windows of a log-mel spectrogram in, a place among the songs out.

`SeedNet` is that of van den Oord, Dieleman and Schrauwen, "Deep content-based music
recommendation", NIPS 2013. `SoundNet` corrects what ridge regression makes of hand-made features.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.audio.net_options import NetShape
from recommender.audio.net_steps import SEED_POOLS, SEED_WIDTH, SPREAD_FLOOR, STRIDE
from recommender.audio.sound import FLOOR_DB, MELS, STEP_DB
from recommender.data.arrays import FloatArray

FIRST_WIDTH, WIDTH = 5, 3


class Convolution(nn.Module):
    """A convolution over time and its normalisation."""

    def __init__(self, inputs: int, outputs: int, width: int, stride: int = 1) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(inputs, outputs, width, stride, width // 2, bias=False)
        self.even = nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, time) to (n, outputs, time / stride)."""
        evened: Tensor = self.even(self.convolve(x))
        return evened

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight (outputs, inputs, width) and bias (outputs,) of one convolution that does both."""
        even = self.even
        assert even.running_mean is not None
        assert even.running_var is not None
        scale = even.weight / (even.running_var + even.eps).sqrt()
        weight = self.convolve.weight * scale[:, None, None]
        return weight, even.bias - even.running_mean * scale


class WindowNet(nn.Module):
    """Reads windows one by one, and songs from the mean over their windows."""

    mel_mean: Tensor
    mel_spread: Tensor

    def __init__(self, shape: NetShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mel_mean", torch.zeros(MELS))
        self.register_buffer("mel_spread", torch.ones(MELS))

    def levels(self, windows: Tensor) -> Tensor:
        """Bytes (n, WINDOW, MELS) to levels around 0, (n, MELS, WINDOW)."""
        decibels = windows.float() * STEP_DB + FLOOR_DB
        return ((decibels - self.mel_mean) / self.mel_spread).transpose(1, 2)

    @abstractmethod
    def windows(self, levels: Tensor) -> Tensor:
        """Levels (n, MELS, WINDOW) to what is kept of each window, (n, kept)."""

    @abstractmethod
    def song(self, heard: Tensor, hands: Tensor) -> Tensor:
        """The mean over windows (songs, kept) and measured features (songs, hand) to targets
        (songs, dim), beside what ridge regression says."""

    def arrays(self) -> dict[str, FloatArray]:
        """What has been learnt, as `recommender.audio.net_steps` reads it."""
        found = {name: each.detach().cpu().numpy() for name, each in self._plain().items()}
        return {name: np.ascontiguousarray(each, np.float32) for name, each in found.items()}

    def _plain(self) -> dict[str, Tensor]:
        """Weights with the inputs first, and normalisation within the convolutions."""
        plain: dict[str, Tensor] = {"mel_mean": self.mel_mean, "mel_spread": self.mel_spread}
        for name, part in self.named_modules():
            key = name.replace(".", "")
            if isinstance(part, nn.Linear):
                plain |= {f"{key}.weight": part.weight.T, f"{key}.bias": part.bias}
            elif isinstance(part, Convolution):
                weight, bias = part.folded()
                plain |= {f"{key}.weight": _flat(weight), f"{key}.bias": bias}
            elif isinstance(part, nn.Conv1d) and part.bias is not None:
                plain |= {f"{key}.weight": _flat(part.weight), f"{key}.bias": part.bias}
        return plain


class SeedNet(WindowNet):
    """Convolutions over time with max pooling, a dense layer, and the factors of each window."""

    def __init__(self, shape: NetShape, dropout: float = 0.0) -> None:
        super().__init__(shape)
        first, second = shape.channels[:2]
        self.first = nn.Conv1d(MELS, first, SEED_WIDTH)
        self.second = nn.Conv1d(first, second, SEED_WIDTH)
        self.dense = nn.Linear(second * 6, shape.embedding)
        self.factors = nn.Linear(shape.embedding, shape.dim)
        self.dropout = nn.Dropout(dropout)

    def windows(self, levels: Tensor) -> Tensor:
        """The factors of each window, (n, dim)."""
        x = F.max_pool1d(F.relu(self.first(levels)), SEED_POOLS[0])  # (n, first, 15)
        x = F.max_pool1d(F.relu(self.second(x)), SEED_POOLS[1])  # (n, second, 6)
        x = F.relu(self.dense(self.dropout(x.flatten(1))))  # (n, embedding)
        factors: Tensor = self.factors(self.dropout(x))
        return factors

    def song(self, heard: Tensor, hands: Tensor) -> Tensor:
        """The mean of the windows' factors as it is."""
        return heard


class SoundNet(WindowNet):
    """Strided convolutions, each with another beside it as a residual, pooled over the window.

    `ridge` is the weight and `offset` what the network corrects: it begins by correcting nothing.
    """

    def __init__(self, shape: NetShape, dropout: float = 0.0) -> None:
        super().__init__(shape)
        sizes = (MELS, *shape.channels)
        widths = (FIRST_WIDTH, *[WIDTH] * (len(sizes) - 2))
        self.down = nn.ModuleList(
            Convolution(inputs, outputs, width, STRIDE)
            for inputs, outputs, width in zip(sizes, sizes[1:], widths, strict=False)
        )
        self.beside = nn.ModuleList(Convolution(size, size, WIDTH) for size in sizes[1:])
        self.window = nn.Linear(3 * sizes[-1], shape.embedding)
        self.hand = nn.Linear(shape.hand, shape.hand_width)
        self.joint = nn.Linear(shape.embedding + shape.hand_width, shape.hidden)
        self.correction = nn.Linear(shape.hidden, shape.dim)
        self.length = nn.Linear(shape.hidden, 1)
        self.tag = nn.Linear(shape.hidden, shape.tags) if shape.tags else None
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.correction.weight)
        nn.init.zeros_(self.correction.bias)

    def windows(self, levels: Tensor) -> Tensor:
        """What is kept of each window, at least 0, (n, embedding)."""
        x = levels  # (n, MELS, WINDOW)
        for down, beside in zip(self.down, self.beside, strict=True):
            x = F.relu(down(x))  # (n, channels, half the time)
            x = F.relu(x + beside(x))
        spread = (x.var(-1, unbiased=False) + SPREAD_FLOOR).sqrt()
        pooled = torch.cat([x.mean(-1), x.amax(-1), spread], 1)  # (n, 3 * channels)
        return F.relu(self.window(pooled))

    def hidden(self, heard: Tensor, hands: Tensor) -> Tensor:
        """Windows and hand-made features together, (songs, hidden)."""
        by_hand = F.relu(self.hand(self.dropout(hands)))
        both = torch.cat([self.dropout(heard), self.dropout(by_hand)], 1)
        return F.relu(self.joint(both))

    def song(self, heard: Tensor, hands: Tensor) -> Tensor:
        """What is added to ridge regression's answer."""
        return self.answers(self.hidden(heard, hands))

    def answers(self, hidden: Tensor) -> Tensor:
        """What is added, (songs, dim), from `hidden`."""
        added: Tensor = self.correction(self.dropout(hidden))
        return added


def net_for(shape: NetShape, dropout: float = 0.0) -> WindowNet:
    """A new network of this shape."""
    return SeedNet(shape, dropout) if shape.kind == "seed" else SoundNet(shape, dropout)


def _flat(weight: Tensor) -> Tensor:
    """(outputs, inputs, width) to (width * inputs, outputs)."""
    return weight.permute(2, 1, 0).flatten(0, 1)
