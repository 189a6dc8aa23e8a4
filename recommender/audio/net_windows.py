"""Windows of songs for the networks that listen, and what these keep of them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from recommender.audio.net import WindowNet
from recommender.audio.sound import MELS, WINDOW, Mel
from recommender.audio.training_set import STRETCH, TrainingSet
from recommender.data.arrays import IndexArray

AT_ONCE = 256
"""Windows that are read together when nothing is learnt."""


def drawn(songs: TrainingSet, places: IndexArray, count: int, chance: np.random.Generator) -> Mel:
    """`count` windows of each song at random, (places * count, WINDOW, MELS)."""
    first, sizes = songs.bounds[places], np.diff(songs.bounds)[places]
    rows = first[:, None] + (chance.random((len(places), count)) * sizes[:, None]).astype(np.int64)
    starts = chance.integers(0, STRETCH - WINDOW + 1, rows.size)
    frames = starts[:, None] + np.arange(WINDOW)
    windows: Mel = songs.stretches[rows.reshape(-1, 1), frames]
    return windows


def heard_of(net: WindowNet, songs: TrainingSet) -> Tensor:
    """The means over all windows of these songs, (songs, kept), on the CPU."""
    kept = kept_of(net, songs.stretches.reshape(-1, WINDOW, MELS))
    counts = 2 * np.diff(songs.bounds)
    rows = torch.from_numpy(np.repeat(np.arange(len(songs)), counts))
    sums = torch.zeros(len(songs), kept.shape[1]).index_add_(0, rows, kept)
    return sums / torch.from_numpy(counts).float().unsqueeze(1)


def kept_of(net: WindowNet, windows: Mel) -> Tensor:
    """What is kept of windows (n, WINDOW, MELS), read where the network is, in eval mode; on the
    CPU, (n, kept)."""
    net.eval()
    with torch.no_grad():
        parts = [
            net.windows(net.levels(torch.from_numpy(part).to(net.mel_mean.device))).cpu()
            for part in np.split(windows, range(AT_ONCE, len(windows), AT_ONCE))
        ]
    return torch.cat(parts)
