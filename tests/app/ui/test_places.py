from __future__ import annotations

import pytest

from app.library.query import Section, SortKey
from app.ui.places import Place, PlaceKind, sounds_like
from tests.app.ui.songs import song


def test_an_album_is_asked_for_by_name_and_artist():
    query = Place(PlaceKind.ALBUM, "Low Water", "Ines Carvalho").query("kite", SortKey.TITLE, True)
    assert (query.album, query.album_artist) == ("Low Water", "Ines Carvalho")
    assert (query.text, query.sort, query.descending) == ("kite", SortKey.TITLE, True)
    assert query.artist is None


def test_the_sections_of_the_user_are_sections_of_the_query():
    assert Place(PlaceKind.LIKED).query().section is Section.LIKED
    assert Place(PlaceKind.HISTORY).query().section is Section.HISTORY
    assert Place(PlaceKind.GENRE, "Dub").query().section is Section.TRACKS


def test_a_drill_down_belongs_to_the_section_it_came_from():
    assert Place(PlaceKind.ALBUM, "x").section is PlaceKind.ALBUMS
    assert Place(PlaceKind.LIKED).section is PlaceKind.LIKED


def test_what_sounds_like_a_song_belongs_to_the_section_of_sound():
    place = sounds_like(song(7, cover_key="abc"))
    assert (place.title, place.track_id) == ("Sounds like Song 7", 7)
    assert (place.cover_key, place.cover_location) == ("abc", "/music/7.flac")
    assert place.section is PlaceKind.SOUND
    assert not place.is_page


def test_what_has_no_name_is_called_unknown():
    assert Place(PlaceKind.ARTIST, "").title == "Unknown artist"


@pytest.mark.parametrize("kind", PlaceKind)
def test_every_empty_page_says_something_that_helps(kind):
    headline, sentence = Place(kind).nothing("")
    assert headline
    assert sentence
    assert "zebra" in Place(kind).nothing("zebra")[0]
