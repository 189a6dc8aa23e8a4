from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.library.database import open_database
from app.library.folding import clean_text, fold, sort_key
from app.library.library import Library
from app.library.query import Section, TrackQuery
from app.library.search import parse_search
from tests.app.library.rows import Song, add_songs

SONGS = (
    Song("Jóga", "Björk", "Homogenic", "Electronic", 1997),
    Song("Army of Me", "Björk", "Post", "Electronic", 1995),
    Song("Army Dreamers", "Kate Bush", "Never for Ever", "Pop", 1980),
    Song("Thunderstruck", "AC/DC", "The Razors Edge", "Rock", 1990),
    Song("Don't Stop", "Fleetwood Mac", "Rumours", "Rock", 1977),
    Song("群青日和", "東京事変", "教育", "J-Pop", 2004),
    Song("Straße", "Größenwahn", "", "", None),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with closing(open_database(tmp_path_factory.mktemp("search") / "segue.db")) as connection:
        ids = add_songs(connection, SONGS)
        with connection:
            connection.execute("INSERT INTO opinions VALUES (?, 'like', 0)", (ids[0],))
            connection.execute("INSERT INTO opinions VALUES (?, 'dislike', 0)", (ids[3],))
        yield Library(connection)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("joga", {"Jóga"}),
        ("JÓGA", {"Jóga"}),
        ("bjo", {"Jóga", "Army of Me"}),
        ("bjork army", {"Army of Me"}),
        ("army bjork", {"Army of Me"}),
        ("artist:kate", {"Army Dreamers"}),
        ("ARTIST:Kate", {"Army Dreamers"}),
        ("title:army", {"Army of Me", "Army Dreamers"}),
        ("album:post", {"Army of Me"}),
        ("artist:post", set()),
        ("genre:rock", {"Thunderstruck", "Don't Stop"}),
        ('"army of"', {"Army of Me"}),
        ('"of army"', set()),
        ('album:"razors edge"', {"Thunderstruck"}),
        ('"army of m', {"Army of Me"}),
        ("army -bush", {"Army of Me"}),
        ("-artist:bjork rock", {"Thunderstruck", "Don't Stop"}),
        ("ac/dc", {"Thunderstruck"}),
        ("ac dc", {"Thunderstruck"}),
        ("dont", {"Don't Stop"}),
        ("don't", {"Don't Stop"}),
        ("don’t", {"Don't Stop"}),
        ("strasse", {"Straße"}),
        ("事変", {"群青日和"}),
        ("year:1990..1999", {"Jóga", "Army of Me", "Thunderstruck"}),
        ("year:1980", {"Army Dreamers"}),
        ("year:..1980", {"Army Dreamers", "Don't Stop"}),
        ("year:2000..", {"群青日和"}),
        ("year:1999..1990", {"Jóga", "Army of Me", "Thunderstruck"}),
        ("year:1990..1999 genre:elec", {"Jóga", "Army of Me"}),
        ("liked:", {"Jóga"}),
        ("liked:yes bjork", {"Jóga"}),
        ("-liked: bjork", {"Army of Me"}),
        ("liked:no bjork", {"Army of Me"}),
        ("disliked:", {"Thunderstruck"}),
        ("artist: kate", {"Army Dreamers"}),
        ("zzz", set()),
    ],
)
def test_what_a_search_finds(library, text, titles):
    found = library.tracks(library.track_ids(TrackQuery(text=text)))
    assert {track.title for track in found} == titles


@pytest.mark.parametrize("text", ["", "   ", "-", '"', "artist:", "year:", "year:x", "...", '""'])
def test_a_text_that_asks_for_nothing_finds_everything(library, text):
    assert len(library.track_ids(TrackQuery(text=text))) == len(SONGS)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="ab \"-:*^(){}+.,'\\\0éАNOT", max_size=40),
        st.lists(
            st.sampled_from(
                ["year:", "liked:", "artist:", "-", '"', "..", "1990", "a", " ", "NEAR(", "*", "OR"]
            ),
            max_size=12,
        ).map("".join),
    )
)
def test_any_text_is_a_valid_search_in_every_view(library, text):
    for section in Section:
        ids = library.track_ids(TrackQuery(section, text))
        assert len(ids) == library.totals(TrackQuery(section, text)).track_count
    library.artists(text)
    library.albums(text)
    library.genres(text)


@given(st.text(max_size=300))
def test_folding_is_stable_and_leaves_nothing_that_fts5_could_misread(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert not set(folded) & set("\"'*^:(){}-+\0")
    assert sort_key(text)
    sort_key(text).encode()


@given(st.text(alphabet=st.characters(), max_size=400))
def test_a_cleaned_text_is_one_short_line_that_sqlite_takes(text):
    cleaned = clean_text(text + "\ud800")
    assert len(cleaned) <= 300
    assert "\n" not in cleaned
    assert "\0" not in cleaned
    cleaned.encode()


def test_a_very_long_search_is_cut():
    assert len(parse_search("a " * 10_000).wanted) == 1
