"""Replay of a listener who goes by ear, with and without knowing how songs sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.api import EndReason, Play, Song
from recommender.audio.sound import MELS, Piece, Sound
from recommender.audio.store import SoundStore
from recommender.data.formats.lines import ReadError
from recommender.evaluation.readers import UserHistory, read_histories
from recommender.evaluation.replay import Options, replay_user, sounds_of
from recommender.evaluation.report import parts_of
from recommender.evaluation.sounding.library import library_in
from recommender.evaluation.sounding.world import content_of
from tests.recommender.listening import NOON_S

SONGS, KINDS = 240, 4


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Songs of four kinds of sound, each by another artist."""
    file = tmp_path_factory.mktemp("sounds") / "sounds.db"
    rng = np.random.default_rng(3)
    kinds = rng.normal(0, 1, (KINDS, 20))
    with SoundStore(file) as store:
        for song in range(SONGS):
            hand = kinds[song % KINDS] + rng.normal(0, 0.2, 20)
            mel = rng.integers(0, 200, (128, MELS)).astype(np.uint8)
            sound = Sound(6.0, 6.0, hand.astype(np.float32), (Piece(0.0, mel),))
            store.put(content_of(*names(song)), sound)
    return file


def names(song: int) -> tuple[str, str]:
    return f"Artist {song}", f"Title {song}"


def listener() -> UserHistory:
    """Every session is of one kind of sound, and no song is played twice."""
    rng = np.random.default_rng(4)
    left = [list(rng.permutation(np.arange(kind, SONGS, KINDS))) for kind in range(KINDS)]
    order = [left[session % KINDS].pop() for session in range(16) for _ in range(10)]
    plays = [
        Play(turn + 1, int(song), NOON_S + 200 * turn + 9_000 * (turn // 10), 180_000,
             EndReason.FINISHED)
        for turn, song in enumerate(order)
    ]  # fmt: skip
    songs = [Song(song, names(song)[1], names(song)[0]) for song in range(SONGS)]
    return UserHistory("me", songs, plays)


def test_songs_that_nobody_has_played_are_found_by_their_sound(sounds: Path) -> None:
    deaf = parts_of(replay_user(listener(), Options(sounds=sounds, without=("sound",))))
    hearing = parts_of(replay_user(listener(), Options(sounds=sounds)))
    for part in ("new", "new_of_new"):
        assert hearing[part].targets == deaf[part].targets == 128
        assert hearing[part].hr_20 > deaf[part].hr_20 + 0.15
    assert hearing["new"].hr_100 > deaf["new"].hr_100 + 0.2


def test_too_few_plays_to_learn_sounds_from_leave_the_hand_made_features(sounds: Path) -> None:
    learning = replay_user(listener(), Options(sounds=sounds, learn_sound=True, train_after=0.9))
    plain = replay_user(listener(), Options(sounds=sounds, train_after=0.9))
    assert learning.trace.rank.tolist() == plain.trace.rank.tolist()


def test_nothing_is_heard_without_sounds_or_without_the_expert(sounds: Path) -> None:
    songs = listener().songs
    heard = sounds_of(songs, Options(sounds=sounds))
    assert heard is not None
    assert heard.contents[3] == content_of("Artist 3", "Title 3")
    assert sounds_of(songs, Options()) is None
    assert sounds_of(songs, Options(sounds=sounds, without=("sound",))) is None


def test_every_user_has_the_songs_that_nobody_plays(sounds: Path, tmp_path: Path) -> None:
    file = tmp_path / "plays.csv"
    file.write_text(
        "user,end_time_utc,artist,track,ms_played\n"
        "ann,2024-05-01 10:00,Artist 3,Title 3,180000\n"
        "bob,2024-05-01 10:00,Somebody,Else,180000\n",
        encoding="utf-8",
    )
    ann, bob = read_histories([file], "plays-csv", library_in(sounds))
    assert len(ann.songs) == SONGS
    assert len(bob.songs) == SONGS + 1
    assert [song.title for song in ann.songs if song.song_id == ann.plays[0].song_id] == ["Title 3"]


def test_a_file_that_does_not_say_which_songs_it_tells_of_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="There is no file"):
        library_in(tmp_path / "none.db")
    file = tmp_path / "player.db"
    with SoundStore(file) as store:
        with pytest.raises(ReadError, match="holds no sounds"):
            library_in(file)
        store.put("0f3a", Sound(1.0, 1.0, np.zeros(3, np.float32), ()))
    with pytest.raises(ReadError, match="how files sound, not which songs"):
        library_in(file)
