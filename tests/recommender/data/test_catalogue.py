"""The catalogue keeps its indexes through every scan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.api import Song
from recommender.data.catalogue import Catalogue
from recommender.data.titles import TitleIndex


def test_songs_keep_their_index_when_others_come_and_go() -> None:
    catalogue = Catalogue([Song(7, "A", "X"), Song(9, "B", "Y")])
    catalogue.replace([Song(9, "B", "Y"), Song(3, "C", "X")])
    assert catalogue.index_of == {7: 0, 9: 1, 3: 2}
    assert catalogue.active.tolist() == [False, True, True]
    assert catalogue.artist[0] == catalogue.artist[2]
    catalogue.update([Song(7, "A", "X")])
    assert catalogue.active.all()


def test_a_re_tag_changes_the_artist() -> None:
    song = Song(7, "A", "Unknown")
    catalogue = Catalogue([song, Song(9, "B", "Known")])
    catalogue.update([replace(song, artist=" KNOWN ")])
    assert catalogue.artist[0] == catalogue.artist[1]


def test_songs_without_an_artist_do_not_share_one() -> None:
    catalogue = Catalogue([Song(1, "A", ""), Song(2, "B", "")])
    assert catalogue.artist[0] != catalogue.artist[1]


def test_albums_of_the_same_name_by_two_artists_are_two() -> None:
    catalogue = Catalogue([Song(1, "A", "X", "Best Of"), Song(2, "B", "Y", "Best Of")])
    assert catalogue.album[0] != catalogue.album[1]


def test_a_song_given_twice_is_one_song() -> None:
    catalogue = Catalogue([Song(1, "A", "X"), Song(1, "A2", "X")])
    assert len(catalogue) == 1
    assert catalogue.songs[0].title == "A2"


def test_titles_of_any_script_and_length_can_be_compared() -> None:
    index = TitleIndex(["", "a", "Ночной дрозд", "Ночной поезд", "\ud800\x00" * 5, "x" * 10_000])
    owners, amounts = index.similar(2)
    sums = np.bincount(owners, amounts, 6)
    assert sums[3] > 0
    assert sums[2] == max(sums)
    for number in range(6):
        assert np.isfinite(index.similar(number)[1]).all()


def test_no_titles_at_all_are_no_error() -> None:
    assert TitleIndex([]).size == 0
