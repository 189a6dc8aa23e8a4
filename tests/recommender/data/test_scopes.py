from __future__ import annotations

import pytest

from recommender.api import Scope, Song
from recommender.data.catalogue import Catalogue
from recommender.data.scopes import is_about, members

SONGS = [
    Song(7, "One", "Björk", genre="Pop"),
    Song(8, "Two", "BJÖRK ", genre="pop "),
    Song(9, "Three", "", genre=""),
    Song(10, "Four", "Somebody", genre="Trip Hop"),
]


@pytest.mark.parametrize(
    ("scope", "name", "ids"),
    [
        (Scope.ARTIST, "björk", {7, 8}),
        (Scope.GENRE, "POP", {7, 8}),
        (Scope.SONG, "10", {10}),
        (Scope.SONG, "99", set()),
        (Scope.SONG, "Four", set()),
        (Scope.ARTIST, "nobody", set()),
        (Scope.ARTIST, " ", set()),
    ],
)
def test_a_word_is_about_the_songs_whose_tag_is_its_name(scope, name, ids):
    catalogue = Catalogue(SONGS)
    assert {catalogue.songs[place].song_id for place in members(catalogue, scope, name)} == ids
    assert {s.song_id for s in SONGS if is_about(scope, name, s.song_id, s)} == ids


def test_of_a_song_without_known_tags_only_a_word_on_itself_is_meant():
    assert is_about(Scope.SONG, "7", 7, None)
    assert not is_about(Scope.ARTIST, "björk", 7, None)
