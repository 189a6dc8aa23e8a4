"""Where songs lie on the map, and that they stay about there."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from recommender.api import EndReason, Forgotten, Play, Scope, Song
from recommender.data.arrays import FloatArray
from recommender.vectors.layout import lay_out
from recommender.vectors.map_forces import Grid
from recommender.vectors.song_map import SongMap, read_map, write_map
from tests.recommender.listening import library, play

GENRES = ("Rock", "Jazz", "Folk", "Metal", "Techno", "Soul")


def tagged(artists: int = 60, each: int = 10) -> list[Song]:
    """Artist k has `each` songs, of genre k modulo six."""
    return [
        Song(
            1 + artist * each + song, f"Song {artist}-{song}", f"Artist {artist}",
            f"Album {song // 5}", GENRES[artist % 6], 1960 + artist % 50, song % 5 + 1,
        )
        for artist in range(artists)
        for song in range(each)
    ]  # fmt: skip


def untagged(songs: int = 300) -> list[Song]:
    """Songs of which only number and a title that says nothing are known."""
    return [Song(1 + song, f"{song * 7919 % 10_007:05d}", "") for song in range(songs)]


def sessions(groups: int = 6, songs: int = 300, each: int = 30) -> list[Play]:
    """Sessions in which songs of one group, by number modulo `groups`, are heard together."""
    rng = np.random.default_rng(1)
    heard = []
    for session in range(each * groups):
        of_group = np.arange(session % groups, songs, groups)
        for turn, song in enumerate(rng.choice(of_group, 12, replace=False).tolist()):
            heard.append(play(1 + len(heard), song + 1, session * 600 + 4 * turn))
    return heard


@cache
def tagged_map() -> SongMap:
    return lay_out(tagged())


def neighbours(song_map: SongMap, count: int = 5) -> np.ndarray:
    return cKDTree(song_map.xy).query(song_map.xy, k=count + 1)[1][:, 1:]


def share_alike(song_map: SongMap, groups: list[object]) -> float:
    """The share of the nearest songs that are of the song's own group."""
    codes = np.unique(np.array(groups, str), return_inverse=True)[1]
    return float((codes[neighbours(song_map)] == codes[:, None]).mean())


def steps(before: SongMap, after: SongMap) -> FloatArray:
    """How far the songs of one map have moved on the other."""
    places = after.places_of(before.song_ids)
    here = np.isfinite(places[:, 0])
    return np.hypot(*(places[here] - before.xy[here]).T)


def test_songs_lie_near_those_of_their_artist() -> None:
    assert share_alike(tagged_map(), [song.artist for song in tagged()]) > 0.7


def test_artists_lie_near_those_of_their_genre() -> None:
    assert share_alike(tagged_map(), [song.genre for song in tagged()]) > 0.85


def test_songs_that_are_heard_together_lie_together_whatever_their_tags() -> None:
    songs = untagged()
    groups = [song.song_id % 6 for song in songs]
    assert share_alike(lay_out(songs), groups) < 0.3
    assert share_alike(lay_out(songs, sessions()), groups) > 0.8


def test_what_is_written_of_songs_brings_them_together() -> None:
    songs = untagged()
    groups = [song.song_id % 6 for song in songs]
    about = np.random.default_rng(0).standard_normal((6, 50))
    text = about[groups].astype(np.float32)
    assert share_alike(lay_out(songs, text=text), groups) > 0.6


def test_plays_that_are_forgotten_or_skipped_bind_nothing() -> None:
    songs = untagged()
    heard = sessions()
    end_s = heard[-1].at_s + 1
    forgotten = [
        Forgotten(90_000 + song.song_id, Scope.SONG, str(song.song_id), end_s) for song in songs
    ]
    skipped = [
        Play(each.event_id, each.song_id, each.at_s, 5_000, EndReason.SKIPPED) for each in heard
    ]
    alone = lay_out(songs).xy
    np.testing.assert_array_equal(lay_out(songs, [*heard, *forgotten]).xy, alone)
    np.testing.assert_array_equal(lay_out(songs, skipped).xy, alone)


def test_the_same_library_gives_the_same_map() -> None:
    again = lay_out(tagged())
    np.testing.assert_array_equal(again.xy, tagged_map().xy)
    assert again.labels == tagged_map().labels


def test_the_plane_is_well_filled_without_a_blob_or_a_hole() -> None:
    held = np.histogram2d(*tagged_map().xy.T, bins=6, range=[[0, 1], [0, 1]])[0]
    assert held.max() < 4 * held.mean()
    assert (held[1:-1, 1:-1] > 0).all()


def test_no_two_songs_lie_on_each_other() -> None:
    for song_map in (tagged_map(), lay_out([Song(n, "T", "X", "Y") for n in range(200)])):
        near = cKDTree(song_map.xy).query(song_map.xy, k=2)[0][:, 1]
        assert near.min() > 0.2 / np.sqrt(len(song_map.xy))


def test_a_few_new_songs_leave_the_others_about_where_they_were() -> None:
    before = tagged_map()
    fresh = [Song(9_000 + n, f"New {n}", f"Artist {n}", "", GENRES[n % 6]) for n in range(12)]
    after = lay_out([*tagged(), *fresh], before=before)
    assert np.median(steps(before, after)) < 0.03
    assert np.quantile(steps(before, after), 0.95) < 0.1
    owners = np.array([song.artist for song in [*tagged(), *fresh]])
    assert (owners[neighbours(after)[-12:]] == owners[-12:, None]).any(axis=1).mean() > 0.7


def test_removed_songs_leave_the_others_about_where_they_were() -> None:
    before = tagged_map()
    after = lay_out(tagged()[30:], before=before)
    assert len(after.song_ids) == len(before.song_ids) - 30
    assert np.median(steps(before, after)) < 0.03


def test_a_map_of_another_library_is_no_beginning() -> None:
    strange = SongMap(np.arange(50_000, 50_100), np.full((100, 2), 0.5, np.float32))
    np.testing.assert_array_equal(lay_out(tagged(), before=strange).xy, tagged_map().xy)


@pytest.mark.parametrize(
    "songs",
    [
        [],
        library(1),
        library(2),
        library(3),
        library(40, 1),
        [Song(n, "", "") for n in range(50)],
        [Song(n, "Same", "Same", "Same", "Same", 2000, 1) for n in range(50)],
        untagged(40),
    ],
    ids=["none", "one", "two", "three", "one artist", "no tags", "all the same", "no artists"],
)
@pytest.mark.parametrize("heard", [[], [play(n + 1, n % 3, 4 * n) for n in range(9)]])
def test_every_library_has_a_map(songs: list[Song], heard: list[Play]) -> None:
    song_map = lay_out(songs, heard)
    assert song_map.song_ids.tolist() == [song.song_id for song in songs]
    assert song_map.xy.shape == (len(songs), 2)
    assert np.isfinite(song_map.xy).all()
    assert ((song_map.xy >= 0) & (song_map.xy <= 1)).all()
    again = lay_out(songs, heard, before=song_map)
    assert np.isfinite(again.xy).all()


def test_vectors_of_nothing_change_nothing() -> None:
    nothing = np.zeros((len(tagged()), 64), np.float32)
    np.testing.assert_array_equal(lay_out(tagged(), text=nothing).xy, tagged_map().xy)


def test_genres_and_artists_are_named_where_their_songs_lie() -> None:
    song_map, songs = tagged_map(), tagged()
    names = {(label.scope, label.name) for label in song_map.labels}
    assert {(Scope.GENRE, genre) for genre in GENRES} <= names
    assert sum(scope is Scope.ARTIST for scope, _ in names) >= 10
    for label in song_map.labels:
        near = cKDTree(song_map.xy).query([label.x, label.y], k=8)[1]
        tags = [getattr(songs[place], label.scope.value) for place in near]
        assert tags.count(label.name) >= 4
        assert label.songs == sum(getattr(song, label.scope.value) == label.name for song in songs)
    sizes = [label.songs for label in song_map.labels]
    assert sizes == sorted(sizes, reverse=True)


def test_names_do_not_stand_on_each_other() -> None:
    places = np.array([(label.x, label.y) for label in tagged_map().labels])
    assert cKDTree(places).query(places, k=2)[0][:, 1].min() > 0.04


def test_the_push_of_all_songs_is_nearly_that_of_each_pair() -> None:
    xy = np.random.default_rng(0).normal(0, 8, (400, 2)).astype(np.float32)
    gap = xy[:, None] - xy[None]
    near = 1 / (1 + (gap**2).sum(axis=2))
    exact = len(xy) * (gap * (near**2)[:, :, None]).sum(axis=1) / (near.sum() - len(xy))
    wrong = np.linalg.norm(Grid().push(xy) - exact, axis=1)
    assert np.median(wrong) < 0.15 * np.median(np.linalg.norm(exact, axis=1))


def test_a_map_comes_back_from_its_folder(tmp_path: Path) -> None:
    write_map(tmp_path / "version", tagged_map())
    back = read_map(tmp_path / "version")
    assert back is not None
    np.testing.assert_array_equal(back.song_ids, tagged_map().song_ids)
    np.testing.assert_array_equal(back.xy, tagged_map().xy)
    assert back.labels == tagged_map().labels


def test_a_map_that_is_missing_or_damaged_is_none(tmp_path: Path) -> None:
    assert read_map(tmp_path) is None
    write_map(tmp_path, tagged_map())
    (tmp_path / "map.json").write_text("[")
    assert read_map(tmp_path) is None
    write_map(tmp_path, tagged_map())
    (tmp_path / "map.safetensors").write_bytes(b"not a map")
    assert read_map(tmp_path) is None


def test_songs_are_found_on_the_map_by_their_numbers() -> None:
    song_map = SongMap(np.array([7, 3]), np.array([[0.1, 0.2], [0.3, 0.4]], np.float32))
    found = song_map.places_of([3, 5, 7])
    np.testing.assert_allclose(found, [[0.3, 0.4], [np.nan, np.nan], [0.1, 0.2]])
    assert SongMap(np.zeros(0, np.int64), np.zeros((0, 2), np.float32)).places_of([1]).shape == (
        1, 2,
    )  # fmt: skip


def test_reading_a_map_needs_neither_torch_nor_scipy() -> None:
    code = (
        "import sys, recommender.vectors.song_map; "
        "assert not {'torch', 'scipy', 'voyager'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
