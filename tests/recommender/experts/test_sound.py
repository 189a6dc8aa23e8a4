"""The expert of sound: near to the session and the taste, and it leads for songs never played."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.api import EndReason, Reaction, ReactionKind, Retracted, Song
from recommender.audio.hand_space import HandSpace
from recommender.audio.hearing import ByHand, Hearing
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.pool import Pool
from recommender.experts.base import moment_of
from recommender.experts.sound import Sound
from recommender.experts.trained import Trained
from recommender.live.recommender import LiveRecommender
from recommender.pipeline.board import ROW
from recommender.vectors.song_vectors import SongVectors
from tests.recommender.listening import NOON_S, library, play, plays

SONGS = 120
LOUD, SOFT = slice(0, 60), slice(60, 120)
MODEL = ByHand(HandSpace(*(np.zeros((1, 1), np.float32) for _ in range(3))))


def hearing(songs: int = SONGS, exact: int = 1_000, first: int = 1) -> Hearing:
    """Songs by their numbers: the first sixty sound alike, and so do the others."""
    rng = np.random.default_rng(7)
    matrix = rng.normal(0, 0.25, (SONGS + 40, 16))
    matrix[:60, 0] += 1
    matrix[60:, 1] += 1
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    ids = np.arange(first, first + songs)
    return Hearing(SongVectors(ids, matrix[ids - 1].astype(np.float32), exact), MODEL)


def after(
    songs: list[int], skipped: tuple[int, ...] = (), heard: Hearing | None = None, gap_s: float = 0
) -> Sound:
    """Taught these dense songs; before the last `gap_s` seconds nothing was played."""
    history = History(Catalogue(library(SONGS)))
    for turn, song in enumerate(songs):
        at_s = NOON_S + 240 * turn + (gap_s if turn == len(songs) - 1 else 0)
        history.append(LoggedPlay(song, at_s, 200.0, song in skipped), Ledger(keep=False))
    expert = Sound(history)
    expert.hear(heard or hearing())
    return expert


def now_s(expert: Sound) -> float:
    history = expert.history
    return float(history.at_s[history.size - 1]) + 10 if history.size else NOON_S


def columns(
    expert: Sound, pool: Pool | None = None, started: int | None = None
) -> dict[str, np.ndarray]:
    pool = pool or Pool.whole(len(expert.catalogue))
    out = np.zeros((len(expert.columns), len(pool)), np.float32)
    expert.fill(moment_of(expert.history, started, now_s(expert)), pool, out)
    return dict(zip(expert.columns, out, strict=True))


def proposed(expert: Sound) -> list[int]:
    return expert.propose(moment_of(expert.history, None, now_s(expert))).tolist()


def test_it_is_silent_until_sounds_were_heard() -> None:
    expert = after([0, 1])
    assert columns(expert)["sound_session"].any()
    assert proposed(expert)
    expert.hear(None)
    assert not np.any(list(columns(expert).values()))
    assert not proposed(expert)


def test_a_training_that_holds_sounds_is_gone_by_and_one_without_changes_nothing() -> None:
    history = History(Catalogue(library(SONGS)))
    history.append(LoggedPlay(0, NOON_S, 200.0, False), Ledger(keep=False))
    expert = Sound(history)
    expert.adopt(Trained("1", sound=hearing()))
    assert columns(expert)["sound_last"].any()
    expert.adopt(None)
    assert not columns(expert)["sound_last"].any()
    expert.hear(hearing())
    expert.adopt(Trained("2"))
    expert.adopt(None)
    assert columns(expert)["sound_last"].any()


def test_songs_that_sound_like_the_session_score_higher() -> None:
    found = columns(after([0, 25, 50]))
    for name in ("sound_session", "sound_last", "cold_session", "cold_last"):
        assert found[name][LOUD].mean() > found[name][SOFT].mean() + 0.3


def test_skipped_songs_are_no_examples() -> None:
    with_skips = columns(after([0, 25, 70, 90], skipped=(70, 90)))["sound_session"]
    without = columns(after([0, 25]))["sound_session"]
    np.testing.assert_allclose(with_skips[100], without[100], atol=1e-5)


def test_the_song_that_sounds_now_counts() -> None:
    found = columns(after([0], skipped=(0,)), started=70)["sound_session"]
    assert found[SOFT].mean() > found[LOUD].mean() + 0.3


def test_the_taste_is_what_was_heard_before_this_session() -> None:
    expert = after([0, 10, 20, 30, 70], gap_s=7 * 3600)
    found = columns(expert)
    assert found["sound_session"][SOFT].mean() > found["sound_session"][LOUD].mean() + 0.3
    assert found["sound_long"][LOUD].mean() > found["sound_long"][SOFT].mean() + 0.3


def test_within_the_first_session_there_is_no_taste_yet() -> None:
    assert not columns(after([0, 10]))["sound_long"].any()


class Likes:
    def __init__(self, **songs: list[int]) -> None:
        self.liked = np.zeros(SONGS, np.float32)
        self.liked[songs.get("liked", [])] = 1
        self.liked[songs.get("disliked", [])] = -1.2


def test_a_like_weighs_as_several_plays_in_the_taste() -> None:
    expert = after([0, 10, 70], gap_s=7 * 3600)
    before = columns(expert)["sound_long"]
    expert.likes = Likes(liked=[80])
    liked = columns(expert)["sound_long"]
    assert liked[SOFT].mean() > before[SOFT].mean() + 0.3
    expert.likes = Likes()
    assert np.array_equal(columns(expert)["sound_long"], before)


def test_what_is_disliked_is_no_example_of_the_taste() -> None:
    expert = after([0, 80, 70], gap_s=7 * 3600)
    both = columns(expert)["sound_long"]
    expert.likes = Likes(disliked=[80])
    assert columns(expert)["sound_long"][SOFT].mean() < both[SOFT].mean()


def test_sound_leads_for_songs_never_played_and_steps_back_with_each_play() -> None:
    expert = after([5, 6, 6, 6, 70], gap_s=7 * 3600)
    found = columns(expert)
    for name in ("session", "last", "long"):
        every, cold = found[f"sound_{name}"], found[f"cold_{name}"]
        assert np.array_equal(every[7:60], cold[7:60])
        assert cold[5] == pytest.approx(every[5] / 2)
        assert cold[6] == pytest.approx(every[6] / 4)


def test_songs_of_the_session_and_songs_that_were_not_listened_to_have_zeros() -> None:
    expert = after([0, 25], heard=hearing(100))
    found = np.array(list(columns(expert).values()))
    assert not found[:, [0, 25]].any()
    assert not found[:, 100:].any()
    assert found[0, 26:100].all()


def test_a_session_of_songs_that_were_not_listened_to_says_nothing() -> None:
    expert = after([110, 115], heard=hearing(100))
    assert not np.any(list(columns(expert).values()))
    assert not proposed(expert)


def test_columns_measure_by_what_is_usual_whatever_made_the_vectors() -> None:
    """A constant in all vectors, as a network may leave it, and their lengths change little."""
    shifted = hearing()
    matrix = shifted.songs.matrix + np.float32(2)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    other = Hearing(SongVectors(shifted.songs.keys, matrix), MODEL)
    mine, theirs = (
        columns(after([0, 25, 50], heard=each))["sound_session"] for each in (hearing(), other)
    )
    assert abs(np.median(theirs)) < 0.5
    gap = mine[LOUD].mean() - mine[SOFT].mean()
    assert theirs[LOUD].mean() - theirs[SOFT].mean() == pytest.approx(gap, rel=0.3)


def test_a_library_in_which_all_sounds_the_same_says_nothing_of_it() -> None:
    same = Hearing(SongVectors(np.arange(1, SONGS + 1), np.full((SONGS, 4), 0.5)), MODEL)
    found = np.array(list(columns(after([0, 1], heard=same)).values()))
    assert not found.any()


def test_a_pool_has_what_the_whole_library_has() -> None:
    expert = after([0, 25, 50])
    songs = np.array([90, 3, 25, 61])
    part, whole = columns(expert, Pool.of(songs, SONGS)), columns(expert)
    for name in expert.columns:
        np.testing.assert_allclose(part[name], whole[name][songs], atol=1e-6)


def test_it_proposes_songs_never_played_that_are_near() -> None:
    songs = proposed(after([0, 25, 50]))
    assert len(set(songs)) == len(songs)
    assert set(songs[:40]) <= set(range(60)) - {0, 25, 50}
    assert not {0, 25, 50} & set(songs)


def test_it_proposes_what_is_near_to_the_taste_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.experts.sound.BY_SESSION", 5)
    songs = proposed(after([0, 10, 20, 70], gap_s=7 * 3600))
    assert all(song >= 60 for song in songs[:5])
    assert all(song < 60 for song in songs[5:30])


def test_songs_that_are_away_are_not_proposed() -> None:
    expert = after([0, 25])
    near = proposed(expert)[0]
    expert.catalogue.remove([near + 1])
    assert near not in proposed(expert)


def test_an_index_in_half_precision_says_nearly_the_same() -> None:
    many, exact = after([0, 25], heard=hearing(exact=50)), after([0, 25])
    for name in exact.columns:
        np.testing.assert_allclose(columns(many)[name], columns(exact)[name], atol=2e-2)
    assert set(proposed(many)[:20]) <= set(proposed(exact)[:30])
    assert not {0, 25} & set(proposed(many))


def test_songs_that_join_the_library_are_known_once_they_were_listened_to() -> None:
    expert = after([0, 1, 2])
    expert.catalogue.update([Song(121, "", ""), Song(122, "", "")])
    expert.history.grow()
    expert.grow()
    assert not columns(expert)["cold_session"][120:].any()
    expert.hear(hearing(121))
    found = columns(expert)["cold_session"]
    assert found[120]
    assert not found[121]
    assert 120 in proposed(expert)


def test_songs_of_the_vectors_that_are_not_in_the_library_are_not_proposed() -> None:
    history = History(Catalogue(library(SONGS)[30:]))
    history.append(LoggedPlay(0, NOON_S, 200.0, False), Ledger(keep=False))
    expert = Sound(history)
    expert.hear(hearing())
    songs = proposed(expert)
    assert set(songs) == set(range(1, 90))


def test_a_play_taken_back_leaves_no_trace() -> None:
    expert = after([0, 25, 70], gap_s=7 * 3600)
    before, near = columns(expert), proposed(expert)
    ledger = Ledger()
    logged = LoggedPlay(80, NOON_S + 9 * 3600, 200.0, False)
    expert.observe(logged, ledger)
    expert.history.append(logged, ledger)
    assert not np.array_equal(columns(expert)["sound_session"], before["sound_session"])
    ledger.undo()
    for name, values in columns(expert).items():
        assert np.array_equal(values, before[name])
    assert proposed(expert) == near


def untagged(songs: int = SONGS) -> list[Song]:
    """Nothing is written of them but what their files are called."""
    return [Song(number, f"track{number:03}", "", "", "", None, None) for number in
            range(1, songs + 1)]  # fmt: skip


def test_a_song_without_tags_is_found_by_its_sound() -> None:
    model = LiveRecommender()
    model.fit(untagged(), plays([1, 2]))
    model.hear(hearing())
    rows = model.recommend(20)
    assert sum(row.song_id <= 60 for row in rows) >= 19
    assert all(row.expert == "sound" for row in rows)
    assert {row.reason for row in rows} <= {
        "New to you, sounds like track001", "New to you, sounds like track002",
    }  # fmt: skip


def test_a_like_alone_brings_what_sounds_like_it() -> None:
    model = LiveRecommender()
    model.fit(untagged(), [Reaction(1, 90, NOON_S, ReactionKind.LIKE)])
    model.hear(hearing())
    rows = [row for row in model.recommend(20) if row.song_id != 90]
    assert sum(row.song_id > 60 for row in rows) >= 18
    assert rows[0].reason == "New to you, sounds like track090"


def unlike(songs: int, alike: list[int]) -> Hearing:
    """Songs that sound each for itself, but for some dense ones that sound much alike."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(0, 1, (songs, 16)).astype(np.float32)
    matrix[alike] = matrix[alike[0]] + rng.normal(0, 0.2, (len(alike), 16))
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Hearing(SongVectors(np.arange(1, songs + 1), matrix), MODEL)


def test_a_new_album_of_an_unknown_artist_comes_for_how_it_sounds() -> None:
    model = LiveRecommender()
    model.fit(library(110), plays([14, 27, 1, 14, 1, 2, 40]))
    album = [Song(number, f"New {number}", "Nobody", "Debut") for number in range(111, 121)]
    model.update_songs(album)
    new = set(range(111, 121))
    assert not new & {row.song_id for row in model.recommend(20)}
    model.hear(unlike(120, [39, 1, 0, 13, *range(110, 120)]))
    rows = [row for row in model.recommend(20) if row.song_id in new]
    assert rows
    assert all(row.reason.startswith("New to you, sounds like ") for row in rows)


def test_in_a_library_larger_than_the_pool_a_near_song_is_a_candidate() -> None:
    songs = [Song(number, f"track{number}", "") for number in range(1, 401)]
    model = LiveRecommender()
    model.fit(songs, plays([1, 2, 3]))
    model._state.ranker.board.most = 60
    model.hear(unlike(400, [0, 1, 2, 349]))
    assert 349 in model.scored().songs
    assert model.recommend(1)[0].song_id == 350


def test_undo_restores_the_very_list() -> None:
    model = LiveRecommender()
    model.fit(untagged(), plays([1, 2, 70]))
    model.hear(hearing())
    before = model.recommend(20)
    model.observe(play(50, 30, 20, EndReason.SKIPPED))
    model.observe(Reaction(51, 95, NOON_S + 60 * 21, ReactionKind.LIKE))
    assert model.recommend(20) != before
    model.observe(Retracted(51))
    model.observe(Retracted(50))
    assert model.recommend(20) == before


def test_the_weight_of_sound_is_learnt_from_the_plays() -> None:
    model = LiveRecommender(untagged(), deep=False)
    model.hear(hearing())
    row = ROW["cold_session"]
    before = model._state.ranker.linear.weights[row].copy()
    for event in plays(list(range(1, 41))):
        model.observe(event)
    assert model._state.ranker.linear.weights[row][0] > before[0]
