"""The moments that excite what listens: real ones, each song once, under names that differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.audio.excite import MOST_DIMENSIONS, MOST_MOMENTS, moments_of
from recommender.audio.hearing import Hearing, by_hand
from recommender.audio.learn import learn_sound
from recommender.audio.moments import read_moments, write_moments
from recommender.audio.sound import FRAMES_PER_S, MELS, WINDOW, Piece
from recommender.audio.store import SoundStore
from recommender.vectors.song_vectors import SongVectors
from tests.recommender.audio.sounds import causes, named, places, sounds
from tests.recommender.audio.test_learn import QUICK, songs

SONGS, ARTISTS = 120, 30


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("heard") / "sounds.db"
    with SoundStore(path) as store:
        for number, each in enumerate(sounds(causes(SONGS, ARTISTS)[0])):
            store.put(f"sound {number}", each)
    return path


@pytest.fixture(scope="module")
def network(library: Path) -> Hearing:
    rows = places(causes(SONGS, ARTISTS)[0])
    with SoundStore(library) as store:
        wanted = SongVectors(list(range(SONGS)), rows)
        hearing = learn_sound(store, named(range(SONGS)), songs(), [wanted], QUICK)
    assert hearing is not None
    assert hearing.model.name.startswith("a network")
    return hearing


def loudest(library: Path) -> tuple[int, float]:
    """The song with the loudest second half, and the second at which that begins."""
    with SoundStore(library) as store:
        levels = {
            name: max((piece.mel.mean(), piece.start_s) for piece in pieces)
            for name, pieces in store.pieces(list(named(range(SONGS)).values()))
        }
    name = max(levels, key=lambda each: levels[each][0])
    return int(name.removeprefix("sound ")), levels[name][1]


def test_without_a_network_plain_properties_have_their_moments(library: Path) -> None:
    told: list[float] = []
    with SoundStore(library) as store:
        hearing = by_hand(store, named(range(SONGS)))
        assert hearing is not None
        found = moments_of(hearing, store, named(range(SONGS)), told.append)
    loud = next(each for each in found.dimensions if each.name.startswith("Loud"))
    brightness = causes(SONGS, ARTISTS)[0]
    assert brightness[[moment.song_id for moment in loud.moments], 2].mean() > 0.5
    assert told[-1] == 1.0
    assert found.model == hearing.model.name


def test_a_network_has_moments_that_lie_in_what_was_heard(library: Path, network: Hearing) -> None:
    with SoundStore(library) as store:
        found = moments_of(network, store, named(range(SONGS)))
    assert 3 <= len(found.dimensions) <= MOST_DIMENSIONS
    names = [each.name for each in found.dimensions]
    assert len(set(names)) == len(names)
    for dimension in found.dimensions:
        others = dimension.words.removeprefix("also ").split(", ")
        assert not any(word and word in dimension.name.lower() for word in others)
        heard = [moment.song_id for moment in dimension.moments]
        assert len(set(heard)) == len(heard) <= MOST_MOMENTS
        strengths = [moment.strength for moment in dimension.moments]
        assert strengths == sorted(strengths, reverse=True)
        for moment in dimension.moments:
            assert 2.9 < moment.end_s - moment.start_s < 3.1
            assert 5 <= moment.start_s < 9 or 60 <= moment.start_s < 64


def test_moments_lie_where_a_song_is_and_not_where_it_fades(tmp_path: Path) -> None:
    with SoundStore(tmp_path / "sounds.db") as store:
        for number, each in enumerate(sounds(causes(20, 5)[0])):
            song = np.concatenate([each.pieces[0].mel] * 4)
            faint = np.full((WINDOW, MELS), 20, np.uint8)
            pieces = (Piece(0.0, np.concatenate([song, faint])),)
            store.put(f"sound {number}", replace(each, pieces=pieces))
            length = len(song) / FRAMES_PER_S
        hearing = by_hand(store, named(range(20)))
        assert hearing is not None
        found = moments_of(hearing, store, named(range(20)))
    assert found.dimensions
    for dimension in found.dimensions:
        assert all(moment.end_s <= length + 0.1 for moment in dimension.moments)


def test_a_sound_in_two_places_is_named_once(library: Path, network: Hearing) -> None:
    twice = {**named(range(SONGS)), **{number + 1000: f"sound {number}" for number in range(SONGS)}}
    with SoundStore(library) as store:
        found = moments_of(network, store, twice)
    assert all(moment.song_id < 1000 for each in found.dimensions for moment in each.moments)


def test_only_as_many_songs_are_heard_as_asked_for(library: Path, network: Hearing) -> None:
    with SoundStore(library) as store:
        found = moments_of(network, store, named(range(SONGS)), most=20)
    heard = {moment.song_id for each in found.dimensions for moment in each.moments}
    assert len(heard) <= 20


def test_where_nothing_was_heard_there_are_no_moments(tmp_path: Path, network: Hearing) -> None:
    with SoundStore(tmp_path / "sounds.db") as store:
        assert moments_of(network, store, named(range(3))).dimensions == ()
        assert moments_of(network, store, {}).dimensions == ()


def test_moments_are_kept_and_read_again(library: Path, network: Hearing, tmp_path: Path) -> None:
    with SoundStore(library) as store:
        found = moments_of(network, store, named(range(SONGS)))
    write_moments(tmp_path / "sound", found)
    assert read_moments(tmp_path / "sound") == found
