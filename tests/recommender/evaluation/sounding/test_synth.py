"""Simulated songs: what causes them can be heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.audio.sound import RATE
from recommender.data.arrays import FloatArray
from recommender.evaluation.sounding.causes import Song
from recommender.evaluation.sounding.synth import sound_of

PLAIN = Song(0.5, 0.3, 0.2, 0.3, 0.4, 0.5, 0.0, 3, 0.0, 0.0, -80.0)
SECONDS = 6.0


def spectrum(samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Frequencies, and the power at each, (bins,) both."""
    frames = samples[: len(samples) // 2048 * 2048].reshape(-1, 2048) * np.hanning(2048)
    return np.fft.rfftfreq(2048, 1 / RATE), np.square(np.abs(np.fft.rfft(frames))).mean(0)


def middle_hz(song: Song) -> float:
    hertz, power = spectrum(sound_of(song, 1, SECONDS))
    return float(hertz @ power / power.sum())


def tonality(song: Song) -> float:
    """How much of the power stands in few frequencies, in dB above an even spectrum's."""
    hertz, power = spectrum(sound_of(song, 1, SECONDS))
    power = power[(hertz > 2_000) & (hertz < 8_000)]
    return float(10 * np.log10(power.mean() / np.exp(np.log(power).mean())))


def onsets(song: Song) -> float:
    """How much the loudness rises, a second."""
    samples = sound_of(song, 1, SECONDS)
    level = np.sqrt(np.square(samples[: len(samples) // 256 * 256].reshape(-1, 256)).mean(1))
    return float(np.maximum(np.diff(level), 0).sum() / level.mean() / SECONDS)


def test_the_same_seed_gives_the_same_sound_and_another_other_notes() -> None:
    first = sound_of(PLAIN, 7, SECONDS)
    assert np.array_equal(first, sound_of(PLAIN, 7, SECONDS))
    assert not np.array_equal(first, sound_of(PLAIN, 8, SECONDS))


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_a_song_is_as_long_as_asked_for_and_within_bounds_at_the_ends_of_every_cause(
    end: float,
) -> None:
    samples = sound_of(Song(end, end, end, end, end, end, end, 11, 15.0, 3.0, -50.0), 1, SECONDS)
    assert samples.shape == (SECONDS * RATE,)
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1
    assert samples.std() > 0.05


def test_a_bright_song_has_higher_frequencies() -> None:
    assert middle_hz(replace(PLAIN, bright=0.9)) > 1.5 * middle_hz(replace(PLAIN, bright=0.1))


def test_a_noisy_song_has_less_of_single_frequencies() -> None:
    assert tonality(replace(PLAIN, noisy=0.9)) < tonality(replace(PLAIN, noisy=0.0)) - 3


def test_a_fast_song_and_a_dense_one_have_more_onsets() -> None:
    usual = onsets(PLAIN)
    assert onsets(replace(PLAIN, fast=1.0)) > 1.1 * usual
    assert onsets(replace(PLAIN, dense=1.0)) > 1.1 * usual


def test_a_soft_song_rises_more_slowly() -> None:
    def steepest(soft: float) -> float:
        samples = sound_of(replace(PLAIN, soft=soft, noisy=0.0), 1, SECONDS)
        level = np.sqrt(np.square(samples[: len(samples) // 512 * 512].reshape(-1, 512)).mean(1))
        return float(np.quantile(np.diff(level), 0.98) / level.mean())

    assert steepest(1.0) < 0.6 * steepest(0.0)


def test_a_minor_song_has_the_minor_third() -> None:
    at_a = replace(PLAIN, tonic=0, noisy=0.0)
    assert thirds(at_a) > 5 * thirds(replace(at_a, minor=1.0))


def thirds(song: Song) -> float:
    """The power of C sharp against that of C, in two octaves above A."""
    samples = sound_of(song, 1, SECONDS)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    power = np.square(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))))

    def at(half_tones: int) -> float:
        wanted = [110 * 2 ** (half_tones / 12 + octave) for octave in (1, 2)]
        return float(sum(power[np.abs(hertz / note - 1) < 0.008].sum() for note in wanted))

    return at(4) / at(3)


def test_mastering_changes_loudness_and_slope_but_not_the_notes() -> None:
    loud = sound_of(replace(PLAIN, gain_db=-6.0), 1, SECONDS)
    assert loud.std() == pytest.approx(sound_of(PLAIN, 1, SECONDS).std() / 2, rel=0.1)
    assert middle_hz(replace(PLAIN, tilt_db=2.0)) > middle_hz(replace(PLAIN, tilt_db=-2.0))
