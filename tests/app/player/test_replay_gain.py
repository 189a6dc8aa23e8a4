"""ReplayGain from tags."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.library.track import Track
from app.player.replay_gain import ReplayGain, gain_db

TAGGED = Track(
    1,
    "/a.flac",
    "A",
    track_gain_db=-6.0,
    track_peak=0.9,
    album_gain_db=-8.0,
    album_peak=1.0,
)


def test_track_and_album_tags_are_told_apart() -> None:
    assert gain_db(TAGGED, ReplayGain.TRACK) == -6.0
    assert gain_db(TAGGED, ReplayGain.ALBUM) == -8.0
    assert gain_db(TAGGED, ReplayGain.OFF) == 0.0


def test_the_other_tag_stands_in_for_a_missing_one() -> None:
    only_album = Track(1, "/a", "A", album_gain_db=-5.0)
    assert gain_db(only_album, ReplayGain.TRACK) == -5.0


def test_a_quiet_track_is_raised_only_as_far_as_its_peak_allows() -> None:
    quiet = Track(1, "/a", "A", track_gain_db=10.0, track_peak=0.5)
    assert gain_db(quiet) == pytest.approx(6.02, abs=0.01)
    assert gain_db(quiet, prevent_clipping=False) == 10.0


def test_without_a_peak_nothing_is_amplified() -> None:
    assert gain_db(Track(1, "/a", "A", track_gain_db=4.0)) == 0.0


def test_the_preamp_is_for_tagged_tracks_only() -> None:
    assert gain_db(TAGGED, preamp_db=-3.0) == -9.0
    assert gain_db(Track(1, "/a", "A"), preamp_db=-3.0, untagged_db=-5.0) == -5.0


@given(st.floats(), st.floats(), st.floats(-15, 15))
def test_whatever_the_tags_say_the_gain_is_sane(gain: float, peak: float, preamp: float) -> None:
    track = Track(1, "/a", "A", track_gain_db=gain, track_peak=peak)
    result = gain_db(track, preamp_db=preamp)
    assert -40 <= result <= 15
    if math.isfinite(peak) and peak > 1e-6:
        assert result <= -40 or 10 ** (result / 20) * peak <= 1.0001
