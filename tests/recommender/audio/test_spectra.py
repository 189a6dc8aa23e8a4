from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.audio.sound import FLOOR_DB, FRAME, MELS, RATE, decibels, in_steps
from recommender.audio.spectra import BATCH, BINS, HOP, N_FFT, Frames, Spectra, mel_filters
from recommender.data.arrays import FloatArray

LONG = N_FFT + (2 * BATCH + 37) * HOP + 100


def of(samples: FloatArray, cuts: list[int] | None = None, device: str = "cpu") -> Frames:
    spectra = Spectra(device)
    parts: list[Frames] = []
    for some in np.split(samples, sorted(cuts or [])):
        parts.extend(spectra.frames(some))
    parts.extend(spectra.rest())
    return Frames(torch.cat([p.power for p in parts]), torch.cat([p.mel_db for p in parts]))


def sine(hz: float, n: int = RATE) -> FloatArray:
    wave: FloatArray = np.sin(2 * np.pi * hz * np.arange(n) / RATE).astype(np.float32)
    return wave


def noise(n: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).standard_normal(n).astype(np.float32) / 10


def test_a_full_scale_sine_has_power_one_at_its_frequency() -> None:
    frames = of(sine(100 * RATE / N_FFT))

    assert frames.power.argmax(1).unique().tolist() == [100]
    np.testing.assert_allclose(frames.power.amax(1), 1, rtol=1e-4)


@pytest.mark.parametrize("hz", [60, 440, 3_000, 10_000])
def test_a_sine_is_loudest_in_the_band_about_its_frequency(hz: float) -> None:
    mean = of(sine(hz)).mel_db.mean(0)

    centres = mel_filters().argmax(0) * RATE / N_FFT
    near = np.abs(np.log(centres) - np.log(hz)).argsort()[:2]
    assert mean.argmax().item() in near
    assert -4 < mean.max() < 3


def test_half_the_amplitude_is_six_decibels_less() -> None:
    loud, soft = of(noise(LONG)), of(noise(LONG) / 2)

    np.testing.assert_allclose(loud.mel_db - soft.mel_db, 6.0206, atol=1e-2)


def test_silence_is_at_the_floor() -> None:
    frames = of(np.zeros(2 * RATE, np.float32))

    assert (frames.mel_db == FLOOR_DB).all()
    assert (frames.power == 0).all()


def test_there_is_a_row_every_hop_and_a_frame_for_two_rows() -> None:
    frames = of(noise(LONG))

    assert frames.power.shape == (2 * BATCH + 38, BINS)
    assert frames.mel_db.shape == (BATCH + 19, MELS)
    assert FRAME == 2 * HOP


def test_a_frame_is_the_mean_power_of_its_two_rows() -> None:
    frames = of(noise(LONG))

    pairs = frames.power.view(-1, 2, BINS).mean(1) @ torch.from_numpy(mel_filters())
    np.testing.assert_allclose(frames.mel_db, 10 * pairs.log10(), atol=1e-3)


@pytest.mark.parametrize("n", [1, 100, N_FFT - 1, N_FFT, N_FFT + HOP])
def test_a_sound_of_an_instant_has_a_frame(n: int) -> None:
    frames = of(noise(n))

    assert len(frames.mel_db) == 1
    assert torch.isfinite(frames.mel_db).all()


def test_nothing_has_no_frames() -> None:
    spectra = Spectra()

    assert [*spectra.frames(np.zeros(0, np.float32)), *spectra.rest()] == []


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, LONG), max_size=12))
def test_no_split_into_blocks_changes_anything(cuts: list[int]) -> None:
    samples = noise(LONG)

    whole, split = of(samples), of(samples, cuts)

    assert torch.equal(whole.power, split.power)
    assert torch.equal(whole.mel_db, split.mel_db)


def test_one_sound_after_another_knows_nothing_of_the_first() -> None:
    spectra = Spectra()
    first = [*spectra.frames(noise(LONG, 1)), *spectra.rest()]
    second = [*spectra.frames(noise(100, 2)), *spectra.rest()]

    assert sum(len(part.power) for part in first) == len(of(noise(LONG, 1)).power)
    assert torch.equal(second[0].power, of(noise(100, 2)).power)


def test_no_frequency_is_in_no_band_and_no_band_without_frequencies() -> None:
    filters = mel_filters()

    assert filters.shape == (BINS, MELS)
    assert (filters.max(0) > 0.5).all()
    assert (filters[1:-1].sum(1) > 0).all()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_gives_the_same_spectra() -> None:
    samples = noise(LONG) * np.linspace(0, 1, LONG, dtype=np.float32)

    here, there = of(samples), of(samples, device="cuda")

    np.testing.assert_allclose(there.mel_db.cpu(), here.mel_db, atol=0.01)
    np.testing.assert_allclose(there.power.cpu(), here.power, atol=1e-6, rtol=1e-3)
    mine, theirs = (in_steps(each.mel_db.cpu().numpy()) for each in (here, there))
    assert np.abs(decibels(mine) - decibels(theirs)).max() <= 0.5
