"""Hearing a file: decoded, turned into frames, and summed up."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import torch

from recommender.audio.sound import FRAME, MELS, RATE, AudioError, Piece, Sound, in_steps
from recommender.data.arrays import FloatArray

EXCERPTS, EXCERPT_S = 3, 15.0
HAND = 2 * MELS


def hear(path: Path, *, whole: bool = False, device: str = "cpu") -> Sound:
    """What a file sounds like: three excerpts of it, or all of it with `whole`.

    Raises AudioError in words for a file of which nothing can be read.
    """
    samples = _decoded(path)
    seconds = len(samples) / RATE
    wanted = len(samples) if whole else int(EXCERPT_S * RATE)
    count = 1 if len(samples) <= wanted * EXCERPTS or whole else EXCERPTS
    starts = np.linspace(0, max(0, len(samples) - wanted), count + 2)[1:-1].astype(int)
    if count == 1:
        starts, wanted = np.array([0]), len(samples)
    levels = [_levels(samples[at : at + wanted]) for at in starts.tolist()]
    both = np.concatenate(levels)
    hand = np.concatenate([both.mean(0), both.std(0)]).astype(np.float32)
    pieces = [
        Piece(at / RATE, in_steps(each)) for at, each in zip(starts.tolist(), levels, strict=True)
    ]
    return Sound(seconds, sum(len(each) for each in levels) * FRAME / RATE, hand, tuple(pieces))


def _decoded(path: Path) -> FloatArray:
    try:
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
            frames = [
                made.to_ndarray()[0]
                for frame in container.decode(audio=0)
                for made in resampler.resample(frame)
            ]
    except (av.FFmpegError, IndexError, OSError) as error:
        raise AudioError(f"{path.name} cannot be heard: {error}") from error
    return np.concatenate(frames) if frames else np.zeros(0, np.float32)


def _levels(samples: FloatArray) -> FloatArray:
    spectrum = torch.stft(
        torch.from_numpy(samples), 2048, FRAME, window=torch.hann_window(2048),
        return_complex=True,
    )  # fmt: skip
    power = spectrum.abs().square().numpy()
    edges = np.linspace(0, len(power), MELS + 1).astype(int)
    bands = np.add.reduceat(power, edges[:-1], axis=0)
    levels: FloatArray = (10 * np.log10(bands.T / 2048**2 + 1e-12)).astype(np.float32)
    return levels
