"""Real audio files of made-up sound, in every format, whole and damaged."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import FloatArray
from resources.demo_music.files import encode

RATE = 44_100
FORMATS = ("mp3", "flac", "ogg", "opus", "m4a", "wav")
BLOCK = 1_024


def tune(seconds: float, seed: int = 0, rate: int = RATE) -> FloatArray:
    """Notes with overtones, four a second, over soft noise: (n,), about -12 dB."""
    rng = np.random.default_rng(seed)
    times = np.arange(int(seconds * rate)) / rate
    notes = 220 * 2 ** (rng.integers(0, 24, int(4 * seconds) + 1) / 12)
    pitch = np.repeat(notes, rate // 4)[: len(times)]
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    decay = np.exp(-6 * (times % 0.25))
    wave = sum(np.sin(k * phase) / k for k in (1, 2, 3)) * decay * 0.2
    made: FloatArray = (wave + 0.002 * rng.standard_normal(len(times))).astype(np.float32)
    return made


def beep(hz: float, seconds: float, rate: int = RATE) -> FloatArray:
    """A sine of half of full scale."""
    made: FloatArray = np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate) / 2
    return made.astype(np.float32)


def write(path: Path, wave: FloatArray) -> Path:
    """The wave in both channels at RATE, in the format of the path's suffix."""
    suffix = path.suffix[1:]
    if suffix == "wav":
        return write_wav(path, np.stack([wave, wave]))
    encode(np.stack([wave, wave]), path, suffix)
    return path


def write_wav(
    path: Path, wave: NDArray[np.float32], rate: int = RATE, codec: str = "pcm_s16le",
    layout: str = "", bit_rate: int | None = None,
) -> Path:  # fmt: skip
    """(channels, n) or (n,) as samples of any kind and rate."""
    channels = np.atleast_2d(wave)
    return write_streams(path, [channels], rate, codec, layout, bit_rate)


def write_streams(
    path: Path, waves: list[NDArray[np.float32]], rate: int = RATE, codec: str = "pcm_s16le",
    layout: str = "", bit_rate: int | None = None,
) -> Path:  # fmt: skip
    """Several streams in one file, each (channels, n)."""
    with av.open(str(path), "w") as container:
        named = layout or ("mono" if len(waves[0]) == 1 else "stereo")
        streams = [
            container.add_stream(codec, rate=rate, layout=named, options={"strict": "-2"})
            for _ in waves
        ]
        for stream in streams:
            if bit_rate:
                stream.bit_rate = bit_rate
            stream.codec_context.open(strict=False)
        for stream, wave in zip(streams, waves, strict=True):
            resampler = av.AudioResampler(
                stream.format, named, rate, stream.codec_context.frame_size or None
            )
            for at in range(0, wave.shape[1], BLOCK):
                some = np.ascontiguousarray(wave[:, at : at + BLOCK].T.reshape(1, -1), np.float32)
                frame = av.AudioFrame.from_ndarray(some, "flt", named)
                frame.sample_rate, frame.pts = rate, at
                for part in resampler.resample(frame):
                    container.mux(stream.encode(part))
            for part in resampler.resample(None):
                container.mux(stream.encode(part))
            container.mux(stream.encode(None))
    return path


def loudest_hz(samples: FloatArray, rate: int) -> float:
    """The frequency that sounds loudest."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * rate / len(samples))
