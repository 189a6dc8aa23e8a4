"""What a network learns from is gathered in bounded memory, songs with plays before others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.api import Song
from recommender.audio import gather
from recommender.audio.gather import artists, gathered, tagged
from recommender.audio.sound import MELS
from recommender.audio.store import SoundStore
from recommender.audio.training_set import STRETCH, room_for
from tests.recommender.audio.sounds import causes, named, sounds


@pytest.fixture
def store(tmp_path: Path) -> SoundStore:
    made = SoundStore(tmp_path / "sounds.db")
    for number, each in enumerate(sounds(causes(12, 4)[0])):
        made.put(f"sound {number}", each)
    return made


def test_songs_with_plays_come_first_and_unheard_ones_are_left_out(
    store: SoundStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MOST_OTHERS", 2)
    targets = np.zeros((20, 3), np.float32)
    targets[[4, 9, 15]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    found = gathered(store, named(range(20)), [], targets)
    assert int(found.known.sum()) == 2
    assert found.known[:2].all()
    assert len(found) <= 4
    assert (np.diff(found.bounds) >= 1).all()
    store.close()


def test_an_untagged_song_is_by_an_artist_of_its_own() -> None:
    songs = [Song(0, "a", "Mira"), Song(1, "b", ""), None, Song(3, "c", " mira "), Song(4, "d", "")]
    numbers = artists(songs).tolist()
    assert numbers[0] == numbers[3]
    assert len(set(numbers)) == 4


def test_tags_that_few_songs_share_are_left_out() -> None:
    songs = [Song(n, "t", "Mira" if n < 5 else "Oda", genre="Folk") for n in range(8)]
    tags = tagged([*songs, None])
    assert tags.shape == (9, 2)
    assert sorted(tags.sum(0).tolist()) == [5, 8]
    assert not tags[8].any()


@pytest.mark.parametrize("songs", [1, 500, 5_000, 100_000])
def test_no_library_needs_more_memory_than_there_is(songs: int) -> None:
    most_bytes = 50 << 20
    kept, stretches = room_for(songs, most_bytes)
    assert kept * stretches * STRETCH * MELS <= most_bytes
    assert kept >= min(songs, 1_000)
