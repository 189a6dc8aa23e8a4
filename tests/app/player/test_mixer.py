"""Joining decoded sound."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.player.mixer import FRAME_BYTES, Mixer, SoundBuffer, amplify


def frames(first: int, count: int) -> bytes:
    return np.repeat(np.arange(first, first + count, dtype="<i2"), 2).tobytes()


def filled(first: int, count: int) -> SoundBuffer:
    buffer = SoundBuffer()
    buffer.append(frames(first, count))
    buffer.end()
    return buffer


@given(
    st.lists(st.integers(1, 700), min_size=1, max_size=4),
    st.lists(st.integers(1, 3_000), min_size=1, max_size=5),
)
def test_sounds_follow_each_other_without_a_frame_between(
    lengths: list[int], reads: list[int]
) -> None:
    mixer, expected, first = Mixer(), b"", 1
    buffers = []
    for length in lengths:
        buffers.append(filled(first, length))
        expected += frames(first, length)
        first += length
    mixer.load(*buffers)
    got = b""
    while len(got) < len(expected):
        got += mixer.read(reads[len(got) % len(reads)] + FRAME_BYTES)
    assert got[: len(expected)] == expected
    assert not any(got[len(expected) :])


def test_what_comes_late_is_awaited_in_silence() -> None:
    mixer, buffer = Mixer(), SoundBuffer()
    mixer.load(buffer)
    assert not any(mixer.read(4_096))
    buffer.append(frames(5, 10))
    assert mixer.read(4_096) == frames(5, 10)


def test_the_output_frame_tells_what_is_heard() -> None:
    mixer, first, second = Mixer(), filled(1, 100), filled(1, 50)
    mixer.load(first, second)
    mixer.restart(prelude_frames=20)
    while mixer.given_frames < 300:
        mixer.read(64)
    assert mixer.sounding_at(10) == (None, 0)
    assert mixer.sounding_at(25) == (first, 5)
    assert mixer.sounding_at(119) == (first, 99)
    assert mixer.sounding_at(120) == (second, 0)
    assert mixer.sounding_at(290) == (second, 50)


def test_silence_in_between_does_not_count_as_heard() -> None:
    mixer, buffer = Mixer(), SoundBuffer()
    buffer.append(frames(1, 10))
    mixer.load(buffer)
    mixer.read(4_096)
    mixer.read(4_096)
    buffer.append(frames(11, 10))
    mixer.read(4_096)
    resumed_at = mixer.given_frames - 10
    assert mixer.sounding_at(resumed_at - 1) == (buffer, 10)
    assert mixer.sounding_at(resumed_at + 5) == (buffer, 15)


def test_another_follower_takes_the_place_of_the_first() -> None:
    mixer, first = Mixer(), filled(1, 10)
    mixer.load(first, filled(100, 10))
    mixer.follow_with(filled(200, 10))
    got = b"".join(mixer.read(40) for _ in range(2))
    assert got == frames(1, 10) + frames(200, 10)


def test_amplifying_limits_and_never_wraps() -> None:
    loud = np.array([30_000, -30_000, 100, -100], dtype="<i2").tobytes()
    assert np.frombuffer(amplify(loud, 2.0), "<i2").tolist() == [32_767, -32_768, 200, -200]
