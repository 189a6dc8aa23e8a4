from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from recommender.audio import decode
from recommender.audio.extract import (
    ENDED,
    EXCERPT_S,
    MOST_PIECES,
    PIECE,
    Pieces,
    excerpt_starts,
    hear,
    hear_all,
)
from recommender.audio.sound import (
    FRAME,
    FRAMES_PER_S,
    MELS,
    RATE,
    WINDOW,
    AudioError,
    Sound,
    decibels,
)
from tests.recommender.audio.files import beep, tune, write

SECONDS = 64.0
STARTS = [8.5, 24.5, 40.5]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, wave = tmp_path_factory.mktemp("songs"), tune(SECONDS)
    return {kind: write(folder / f"song.{kind}", wave) for kind in ("mp3", "flac", "ogg", "wav")}


def frames_of(sound: Sound) -> int:
    return sum(len(piece.mel) for piece in sound.pieces)


def mean_db(sound: Sound, first_s: float, last_s: float) -> np.ndarray:
    rows = [
        decibels(piece.mel[at])
        for piece in sound.pieces
        for at in range(len(piece.mel))
        if first_s <= piece.start_s + at / FRAMES_PER_S < last_s
    ]
    return np.mean(rows, axis=0)


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "wav"])
def test_a_long_song_is_heard_in_three_excerpts(kind: str, songs: dict[str, Path]) -> None:
    sound = hear(songs[kind])

    assert sound.seconds == pytest.approx(SECONDS, abs=0.1)
    assert sound.heard_s == pytest.approx(3 * EXCERPT_S, abs=0.1)
    assert [piece.start_s for piece in sound.pieces] == pytest.approx(STARTS, abs=0.1)
    assert frames_of(sound) == pytest.approx(3 * PIECE, abs=10)
    assert sound.damage == ""
    assert sound.hand.dtype == np.float32
    assert np.isfinite(sound.hand).all()


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "wav"])
def test_an_excerpt_is_what_sounds_at_its_second(kind: str, songs: dict[str, Path]) -> None:
    excerpts, whole = hear(songs[kind]), hear(songs[kind], whole=True)

    for start_s in STARTS:
        for at_s in (start_s, start_s + 10):
            one, other = (mean_db(each, at_s, at_s + 4) for each in (excerpts, whole))
            assert np.abs(one - other).max() < 1.5


def test_how_moments_of_a_song_differ_is_heard_as_well(
    songs: dict[str, Path], tmp_path: Path
) -> None:
    short = hear(write(tmp_path / "short.wav", tune(10.0)))
    for sound in (hear(songs["flac"]), hear(songs["flac"], whole=True)):
        assert sound.apart is not None
        assert sound.apart.shape == sound.hand.shape
        assert np.isfinite(sound.apart).all()
        assert sound.apart.any()
    assert short.apart is None


def test_on_request_all_of_a_song_is_heard(songs: dict[str, Path]) -> None:
    sound = hear(songs["mp3"], whole=True)

    assert sound.heard_s == sound.seconds == pytest.approx(SECONDS, abs=0.1)
    assert frames_of(sound) == pytest.approx(SECONDS * FRAMES_PER_S, abs=3)
    starts = [piece.start_s for piece in sound.pieces]
    assert starts == pytest.approx([k * PIECE * FRAME / RATE for k in range(5)])


def test_the_same_file_always_sounds_the_same(songs: dict[str, Path]) -> None:
    one, other = hear(songs["ogg"]), hear(songs["ogg"])

    np.testing.assert_array_equal(one.hand, other.hand)
    for mine, theirs in zip(one.pieces, other.pieces, strict=True):
        np.testing.assert_array_equal(mine.mel, theirs.mel)


@pytest.mark.parametrize("seconds", [0.01, 0.5, 2.0, 14.0, 40.0])
def test_a_short_song_is_heard_whole(seconds: float, tmp_path: Path) -> None:
    sound = hear(write(tmp_path / "song.wav", tune(seconds)))

    assert sound.heard_s == sound.seconds == pytest.approx(seconds, abs=0.01)
    assert len(sound.pieces) == int(np.ceil(max(seconds, 1) / EXCERPT_S))
    assert frames_of(sound) >= 1
    assert np.isfinite(sound.hand).all()


def test_silence_is_a_sound(tmp_path: Path) -> None:
    sound = hear(write(tmp_path / "song.flac", np.zeros(441_000, np.float32)))

    assert not any(piece.mel.any() for piece in sound.pieces)
    assert np.isfinite(sound.hand).all()


def test_a_song_that_does_not_say_how_long_it_is_is_heard_whole(
    tmp_path: Path, songs: dict[str, Path]
) -> None:
    data = bytearray(songs["flac"].read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    song = tmp_path / "song.flac"
    song.write_bytes(bytes(data))

    sound = hear(song)

    assert sound.seconds == pytest.approx(SECONDS, abs=0.2)
    assert sound.heard_s >= 3 * EXCERPT_S - 0.1


@pytest.mark.parametrize("kind", ["mp3", "flac"])
def test_a_song_that_is_cut_off_is_heard_as_far_as_it_goes(
    kind: str, tmp_path: Path, songs: dict[str, Path]
) -> None:
    data = songs[kind].read_bytes()
    song = tmp_path / f"song.{kind}"
    song.write_bytes(data[: len(data) // 2])

    sound = hear(song)

    assert sound.heard_s == sound.seconds
    assert 25 < sound.seconds < 39
    assert "cut off" in sound.damage


def test_a_song_without_a_readable_second_is_an_error(tmp_path: Path) -> None:
    song = write(tmp_path / "song.m4a", tune(3))
    data = bytearray(song.read_bytes())
    at = data.index(b"mdat") + 4
    last = data.index(b"moov") - 4
    data[at:last] = b"\xff" * (last - at)
    song.write_bytes(bytes(data))

    with pytest.raises(AudioError, match="damaged"):
        hear(song)


def test_excerpts_lie_about_the_quarters_of_a_song() -> None:
    assert excerpt_starts(240.0) == (52.5, 112.5, 172.5)
    assert excerpt_starts(None) == ()
    assert excerpt_starts(59.0) == ()
    assert excerpt_starts(60.0) == (7.5, 22.5, 37.5)


@pytest.mark.parametrize("count", [1, 24, 25, 100, 1_000])
def test_of_a_mix_few_pieces_are_kept_spread_evenly(count: int) -> None:
    pieces = Pieces()
    for number in range(count):
        pieces.add(np.full((PIECE, MELS), number % 100 - 100, np.float32))
    kept = pieces.result()

    assert min(count, MOST_PIECES // 2) <= len(kept) <= MOST_PIECES
    numbers = [round(piece.start_s * RATE / FRAME / PIECE) for piece in kept]
    assert len(set(np.diff(numbers))) <= 1
    assert numbers[-1] >= count * 0.9 - 1
    for number, piece in zip(numbers, kept, strict=True):
        assert (decibels(piece.mel) == number % 100 - 100).all()


def test_pieces_do_not_depend_on_how_the_frames_come() -> None:
    levels = np.random.default_rng(0).uniform(-100, 0, (3 * PIECE + WINDOW, MELS))
    whole, bits = Pieces(), Pieces()
    whole.add(levels)
    for some in np.array_split(levels, 50):
        bits.add(some)

    for one, other in zip(whole.result(), bits.result(), strict=True):
        assert one.start_s == other.start_s
        np.testing.assert_array_equal(one.mel, other.mel)


def test_an_end_too_short_for_the_network_is_left_out() -> None:
    pieces = Pieces()
    pieces.add(np.zeros((PIECE + WINDOW - 1, MELS), np.float32))

    assert [len(piece.mel) for piece in pieces.result()] == [PIECE]


def test_a_long_mix_is_heard_in_full_but_kept_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MOST_S", 60.0)
    sound = hear(write(tmp_path / "song.flac", beep(300, 70)), whole=True)

    assert sound.heard_s == 60
    assert "0:60" not in sound.damage
    assert "1:00" in sound.damage


class Deadly(type(Path())):  # type: ignore[misc]
    """A file that ends the process it is given to."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


def test_many_files_are_heard_and_none_ends_the_rest(
    tmp_path: Path, songs: dict[str, Path]
) -> None:
    no_song = tmp_path / "no song.mp3"
    no_song.write_text("no song\n" * 99)
    asked: list[Path] = []

    def paths() -> Iterator[Path]:
        for path in (songs["mp3"], no_song, Deadly(tmp_path / "deadly.mp3"), tmp_path / "gone.ogg",
                     songs["flac"], songs["wav"]):  # fmt: skip
            asked.append(path)
            yield path

    answers: dict[str, Sound | AudioError] = {}
    for path, answer in hear_all(paths(), jobs=1):
        answers[path.name] = answer
        assert len(asked) <= len(answers) + 1

    assert len(answers) == 6
    assert "no audio file" in str(answers["no song.mp3"])
    assert "not there" in str(answers["gone.ogg"])
    assert str(answers["deadly.mp3"]) == ENDED
    for kind in ("mp3", "flac", "wav"):
        sound = answers[f"song.{kind}"]
        assert isinstance(sound, Sound)
        alone = hear(songs[kind])
        assert sound.pieces[1].start_s == alone.pieces[1].start_s
        np.testing.assert_allclose(sound.hand, alone.hand, rtol=1e-3, atol=1e-3)


def test_whoever_stops_asking_leaves_no_process_behind(songs: dict[str, Path]) -> None:
    psutil = pytest.importorskip("psutil")
    before = set(psutil.Process().children(recursive=True))
    answers = hear_all([songs["wav"]] * 3, jobs=2, whole=True)
    next(answers)
    answers.close()  # type: ignore[attr-defined]

    left = set(psutil.Process().children(recursive=True)) - before
    assert [each for each in left if "resource_tracker" not in " ".join(each.cmdline())] == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_gpu_hears_the_same(songs: dict[str, Path]) -> None:
    here, there = hear(songs["flac"]), hear(songs["flac"], device="cuda")

    np.testing.assert_allclose(there.hand, here.hand, rtol=1e-2, atol=1e-2)
    for one, other in zip(here.pieces, there.pieces, strict=True):
        assert np.abs(decibels(one.mel) - decibels(other.mel)).max() <= 0.5
