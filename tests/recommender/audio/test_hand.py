"""Hand-made features on sounds whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.audio.hand import HAND, NAMES, HandSummary
from recommender.audio.hand_frames import NOTES
from recommender.audio.sound import RATE
from recommender.audio.spectra import Frames, Spectra
from recommender.data.arrays import FloatArray

Features = dict[str, float]


def summary(*stretches: FloatArray) -> HandSummary:
    made = HandSummary()
    for samples in stretches:
        spectra = Spectra()
        for frames in (*spectra.frames(samples.astype(np.float32)), *spectra.rest()):
            made.add(frames)
    return made


def features(samples: FloatArray) -> Features:
    return dict(zip(NAMES, summary(samples).result().tolist(), strict=True))


def clicks(bpm: float, seconds: float = 20.0) -> FloatArray:
    rng = np.random.default_rng(0)
    made = np.zeros(int(seconds * RATE), np.float32)
    for at_s in np.arange(0.3, seconds - 0.1, 60 / bpm):
        at = int(at_s * RATE)
        made[at : at + 400] += 0.5 * np.exp(-np.arange(400) / 80) * rng.standard_normal(400)
    return made


def sines(*hertz: float, seconds: float = 3.0, size: float = 0.2) -> FloatArray:
    times = np.arange(int(seconds * RATE)) / RATE
    made: FloatArray = sum(size * np.sin(2 * np.pi * each * times) for each in hertz)
    return made


def noise(low_hz: float, high_hz: float, seconds: float = 3.0) -> FloatArray:
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(1).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    made: FloatArray = np.fft.irfft(spectrum * ((hertz >= low_hz) & (hertz < high_hz)), count)
    return made / np.abs(made).max() / 2


@pytest.mark.parametrize("bpm", [60, 90, 120, 128, 160, 180, 200])
def test_clicks_have_their_tempo_and_as_many_onsets(bpm: int) -> None:
    found = features(clicks(bpm))
    assert 2 ** found["tempo"] == pytest.approx(bpm, rel=0.01)
    assert np.exp(found["onsets a second"]) - 0.1 == pytest.approx(bpm / 60, rel=0.05)
    assert found["pulse"] > 0.5


def test_clicks_too_fast_to_tap_are_taken_for_half_as_many() -> None:
    assert 2 ** features(clicks(240))["tempo"] == pytest.approx(120, rel=0.01)


def test_noise_has_no_pulse() -> None:
    assert features(noise(0, 11_000, 12.0))["pulse"] < 0.3 < features(clicks(100))["pulse"]


@pytest.mark.parametrize(
    ("hertz", "notes"),
    [((261.63, 329.63, 392.0), "C E G"), ((220.0, 261.63, 329.63), "C E A"),
     ((369.99, 466.16, 554.37), "C# F# A#")],
)  # fmt: skip
def test_a_chord_s_notes_are_the_strongest_in_its_chroma(
    hertz: tuple[float, ...], notes: str
) -> None:
    found = features(sines(*hertz))
    chroma = [found[f"chroma {note}"] for note in NOTES]
    strongest = sorted(np.argsort(chroma)[-3:])
    assert " ".join(NOTES[each] for each in strongest) == notes
    assert sum(chroma[each] for each in strongest) > 0.45  # of 1; a quarter would be chance


def test_a_note_between_two_is_heard_as_out_of_tune() -> None:
    in_tune, higher = features(sines(440.0)), features(sines(440.0 * 2 ** (33 / 1200)))
    assert in_tune["pitch class A +0 cents"] > in_tune["pitch class A +33 cents"]
    assert higher["pitch class A +33 cents"] > higher["pitch class A +0 cents"]


def test_noise_is_the_brighter_the_higher_it_lies() -> None:
    bands = [noise(200, 800), noise(800, 2_500), noise(2_500, 6_000), noise(6_000, 10_500)]
    found = [features(band) for band in bands]
    for name in ("centroid", "roll-off 50 %", "roll-off 85 %"):
        values = [each[name] for each in found]
        assert values == sorted(values)
    assert np.exp(found[1]["centroid"]) - 50 == pytest.approx(1_650, rel=0.15)


def test_noise_is_flat_and_a_tone_is_not() -> None:
    assert features(noise(0, 11_000))["flatness"] > features(sines(440.0))["flatness"] + 20


def test_a_tone_stands_out_where_it_is() -> None:
    found = features(sines(1_001.3))  # in the middle of bin 93
    named = {name: value for name, value in found.items() if name.startswith("tone at")}
    assert max(named, key=lambda name: named[name]) == "tone at 1001 Hz"


def test_loudness_is_in_decibels_below_a_full_sine() -> None:
    full, half = features(sines(1_000.0, size=1.0)), features(sines(1_000.0, size=0.5))
    assert full["loudness"] == pytest.approx(0.0, abs=0.2)
    assert half["loudness"] == pytest.approx(-6.02, abs=0.2)


def test_louder_music_is_alike_but_for_its_levels() -> None:
    sound = noise(0, 11_026)
    soft, loud = features(sound / 4), features(sound)
    for name in ("centroid", "flatness", "MFCC 1", "MFCC 5", "level from 2067 Hz", "chroma E"):
        assert soft[name] == pytest.approx(loud[name], abs=0.1)


def test_a_tremolo_is_found_where_it_moves() -> None:
    times = np.arange(12 * RATE) / RATE
    shaken = sines(500.0, seconds=12.0) * (1 + 0.8 * np.sin(2 * np.pi * 4.2 * times)).astype("f4")
    found = features(shaken)
    band = [name for name in NAMES if name.startswith("mel bands 9 to 16, movement")]
    assert max(band, key=lambda name: found[name]).endswith("from 3.4 Hz")


def test_what_changes_has_deviations_and_what_stays_has_none() -> None:
    steady = features(sines(440.0))
    changing = features(np.concatenate([sines(440.0, seconds=0.5), sines(880.0, seconds=0.5)] * 3))
    for name in ("MFCC 2, deviation", "MFCC 2, change", "centroid, deviation"):
        assert changing[name] > steady[name] + 1


@pytest.mark.parametrize(
    "samples", [np.zeros(3 * RATE), np.zeros(10), np.ones(RATE), 1e-7 * np.ones(RATE)],
    ids=["silence", "ten samples", "direct current", "next to nothing"],
)  # fmt: skip
def test_there_is_a_finite_answer_for_everything(samples: FloatArray) -> None:
    found = summary(samples).result()
    assert found.shape == (HAND,)
    assert np.isfinite(found).all()


def test_nothing_heard_has_no_features() -> None:
    with pytest.raises(ValueError, match="nothing"):
        HandSummary().result()


def test_names_are_told_apart_and_asking_changes_nothing() -> None:
    assert len(set(NAMES)) == HAND < 700
    made = summary(clicks(100, 5.0))
    assert np.array_equal(made.result(), made.result())


def test_what_differs_between_moments_is_told_apart_and_what_stays_is_not() -> None:
    times = np.arange(12 * RATE) / RATE
    swell = sines(440.0, seconds=12.0) * np.where(times < 6, 0.1, 1.0)
    apart = summary(swell).apart()
    assert apart is not None
    found = dict(zip(NAMES, apart.tolist(), strict=True))
    assert found["loudness"] == pytest.approx(20 / np.sqrt(2), abs=1.0)
    assert found["chroma A"] == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("sounds", "moments"), [(40, 2), (40, 5)])
def test_differences_between_moments_have_the_variance_of_one(sounds: int, moments: int) -> None:
    rng, loudness = np.random.default_rng(0), NAMES.index("loudness")
    frames = next(iter(Spectra().frames(noise(100, 5_000, 7.0).astype(np.float32))))
    told = []
    for _ in range(sounds):
        made = HandSummary()
        for step_db in rng.normal(0, 3, moments):
            made.add(Frames(frames.power * 10 ** (step_db / 10), frames.mel_db + step_db))
        apart = made.apart()
        assert apart is not None
        told.append(apart[loudness])
    assert np.mean(np.square(told)) == pytest.approx(3**2, rel=0.4)


def test_one_moment_differs_from_none() -> None:
    assert HandSummary().apart() is None
    assert summary(noise(100, 5_000, 10.0)).apart() is None
    assert summary(noise(100, 5_000, 13.0)).apart() is not None


def test_a_long_sound_needs_no_more_memory_than_a_short_one() -> None:
    spectra, made = Spectra(), HandSummary()
    frames = next(iter(spectra.frames(noise(100, 5_000, 7.0).astype(np.float32))))
    held = []
    for rounds in (8, 200):
        for _ in range(rounds):
            made.add(frames)
        held.append(sum(each.size for each in made.sums().values()))
    assert held[0] == held[1]
    assert len(made._rhythm._waiting) < 2_000
