from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.library.database import open_database
from app.library.library import Library
from app.library.query import GroupRow, Section, SortKey, Totals, TrackQuery
from tests.app.library.rows import Song, add_songs


@pytest.fixture
def connection(tmp_path):
    with closing(open_database(tmp_path / "segue.db")) as connection:
        yield connection


@pytest.fixture
def library(connection):
    return Library(connection)


def titles(library, query=TrackQuery()):  # noqa: B008
    return [track.title for track in library.page(query, 0, 1_000)]


def test_tracks_come_in_the_order_asked_for_and_unknown_ones_are_left_out(connection, library):
    one, two, three = add_songs(connection, [Song("A"), Song("B"), Song("C")])
    assert [t.title for t in library.tracks([three, one, 999, two, one])] == list("CABA")
    assert library.tracks([]) == []
    assert library.track(999) is None


def test_the_default_order_is_artist_album_and_number(connection, library):
    add_songs(
        connection,
        [
            Song("b2", "Émilie", "Zoo", track_number=2),
            Song("b1", "Émilie", "Zoo", track_number=1),
            Song("c", "fred"),
            Song("a", "Émilie", "an Album", track_number=9),
            Song("nobody"),
            Song("guest", "Zed", "Zoo", track_number=3, album_artist="Émilie"),
        ],
    )
    assert titles(library) == ["a", "b1", "b2", "guest", "c", "nobody"]


@pytest.mark.parametrize("sort", [s for s in SortKey if s is not SortKey.PLAYED_AT])
def test_every_column_sorts_both_ways(connection, library, sort):
    add_songs(
        connection,
        [
            Song(f"t{n % 7}", f"a{n % 5}", f"l{n % 3}", f"g{n % 4}", 1990 + n % 9, n % 6, "", n)
            for n in range(40)
        ],
    )
    up = list(library.track_ids(TrackQuery(sort=sort)))
    down = list(library.track_ids(TrackQuery(sort=sort, descending=True)))
    assert up == down[::-1]
    values = {
        SortKey.DEFAULT: "artist",
        SortKey.DURATION: "duration_ms",
    }
    column = [getattr(t, values.get(sort, str(sort))) for t in library.tracks(up)]
    assert column == sorted(column)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_search_keeps_the_order_of_the_view_and_pages_are_slices_of_it(tmp_path_factory, data):
    word = st.sampled_from(["ab", "abc", "b", "ca", "c"])
    songs = data.draw(st.lists(st.tuples(word, word, word, word), max_size=20))
    query = TrackQuery(
        text=data.draw(st.sampled_from(["", "a", "b", "ca", "-a", "artist:b c"])),
        sort=data.draw(st.sampled_from(list(SortKey))),
        descending=data.draw(st.booleans()),
        genre=data.draw(st.none() | word),
    )
    path = tmp_path_factory.mktemp("db") / "segue.db"
    with closing(open_database(path)) as connection:
        add_songs(connection, [Song(*song) for song in songs])
        library = Library(connection)
        plain = TrackQuery(sort=query.sort, descending=query.descending)
        everything = list(library.track_ids(plain))
        found = list(library.track_ids(query))
        assert found == [i for i in everything if i in set(found)]
        assert [t.track_id for t in library.page(query, 1, 3)] == found[1:4]
        assert library.totals(query) == Totals(len(found), 200_000 * len(found))


def test_many_hits_are_ordered_as_few_are(connection, library, monkeypatch):
    add_songs(connection, [Song(f"song {n % 11}", f"artist {n % 7}") for n in range(200)])
    few = list(library.track_ids(TrackQuery(text="song")))
    library.forget_results()
    monkeypatch.setattr("app.library.library._FEW", 10)
    assert list(library.track_ids(TrackQuery(text="song"))) == few
    assert len(few) == 200


def test_a_change_in_another_process_is_seen_at_once(tmp_path, connection, library):
    add_songs(connection, [Song("old song")])
    query = TrackQuery(text="song")
    assert len(library.track_ids(query)) == len(library.track_ids(TrackQuery())) == 1
    with closing(open_database(tmp_path / "segue.db")) as other, other:
        other.execute("UPDATE tracks SET removed = 2")
    assert len(library.track_ids(query)) == len(library.track_ids(TrackQuery())) == 0


def test_exact_filters_drill_down(connection, library):
    add_songs(
        connection,
        [
            Song("a", "Björk", "Post", "Pop"),
            Song("b", "bjork", "Post", "Rock"),
            Song("c", "Björk Band", "Post", "Pop"),
            Song("d"),
        ],
    )
    assert titles(library, TrackQuery(artist="Björk")) == ["a", "b"]
    assert titles(library, TrackQuery(artist="Björk", genre="Pop")) == ["a"]
    assert titles(library, TrackQuery(album="Post", album_artist="Björk Band")) == ["c"]
    assert titles(library, TrackQuery(artist="")) == ["d"]


def test_artists_albums_and_genres_are_counted(connection, library):
    add_songs(
        connection,
        [
            Song("a", "Zoe", "One", "Pop", 1999),
            Song("b", "Zoe", "One", "pop", 1999),
            Song("c", "Guest", "One", "", 1999, album_artist="Zoe"),
            Song("d", "Adam", "Two", "Rock", 2001),
            Song("e"),
        ],
    )
    assert [(r.name, r.track_count) for r in library.artists()] == [
        ("Adam", 1),
        ("Guest", 1),
        ("Zoe", 2),
        ("", 1),
    ]
    assert library.albums()[:2] == [
        GroupRow("Two", "Adam", 1, 2001, cover_location="/music/3 d.mp3"),
        GroupRow("One", "Zoe", 3, 1999, cover_location="/music/0 a.mp3"),
    ]
    assert [(r.name, r.track_count) for r in library.genres()] == [("Pop", 2), ("Rock", 1), ("", 2)]
    assert [r.name for r in library.albums("zoe")] == ["One"]
    assert [r.name for r in library.albums(artist="Guest")] == ["One"]
    assert [r.name for r in library.artists("zo")] == ["Zoe"]
    assert library.artists("one") == []
    assert [r.name for r in library.artists("year:2001")] == ["Adam"]


def _play(connection, track_id, at_ms, **columns):
    names = ", ".join(["kind", "track_id", "at_ms", *columns])
    places = ", ".join("?" * (3 + len(columns)))
    with connection:
        return connection.execute(
            f"INSERT INTO events({names}) VALUES ({places})",
            ("play", track_id, at_ms, *columns.values()),
        ).lastrowid


def test_history_is_latest_first_repeats_and_leaves_out_undone_plays_and_errors(
    connection, library
):
    one, two = add_songs(connection, [Song("one"), Song("two")])
    _play(connection, one, 10, end_reason="finished")
    _play(connection, two, 20, end_reason="skipped")
    undone = _play(connection, two, 30)
    _play(connection, one, 40)
    _play(connection, two, 50, end_reason="error")
    with connection:
        connection.execute(
            "INSERT INTO events(kind, at_ms, undoes) VALUES ('undo', 60, ?)", (undone,)
        )
    history = TrackQuery(Section.HISTORY)
    assert titles(library, history) == ["one", "two", "one"]
    assert list(library.track_ids(history)) == [one, two, one]
    assert list(library.track_ids(TrackQuery(Section.HISTORY, "one"))) == [one, one]
    assert library.totals(history) == Totals(3, 600_000)
    assert titles(library, TrackQuery(Section.HISTORY, descending=True)) == ["one", "two", "one"]


def test_liked_and_disliked_are_views_and_marks(connection, library):
    one, two, _ = add_songs(connection, [Song("one"), Song("two"), Song("three")])
    with connection:
        connection.execute("INSERT INTO opinions VALUES (?, 'like', 0)", (one,))
        connection.execute("INSERT INTO opinions VALUES (?, 'dislike', 0)", (two,))
    assert titles(library, TrackQuery(Section.LIKED)) == ["one"]
    assert titles(library, TrackQuery(Section.DISLIKED)) == ["two"]
    assert library.totals(TrackQuery(Section.LIKED)).track_count == 1
    track = library.track(one)
    assert (track.liked, track.disliked) == (True, False)


def test_a_stream_is_added_once_and_stays_out_of_the_library(library):
    first = library.add_stream("http://127.0.0.1/radio", "Radio\nOne")
    assert library.add_stream("http://127.0.0.1/radio") == first
    track = library.track_by_location("http://127.0.0.1/radio")
    assert (track.track_id, track.title, track.is_stream) == (first, "Radio One", True)
    assert titles(library) == []


def test_a_file_opened_by_hand_joins_the_library_when_its_folder_does(music):
    path = music.song("a.mp3", title="By hand")
    library = music.library()
    track_id = library.add_file(path)
    assert library.add_file(path) == track_id
    assert library.track(track_id).title == "By hand"
    assert music.titles() == []
    music.scan()
    assert library.page(TrackQuery(), 0, 9)[0].track_id == track_id
    assert music.titles(text="hand") == ["By hand"]


@pytest.mark.parametrize("text", ["s", "Su", "B", "9", "artist:b", "year:1990..1999", "best"])
def test_a_glimpse_shows_the_rows_that_the_whole_search_begins_with(connection, library, text):
    add_songs(
        connection,
        [
            Song(f"Sun {n}", ("Abba", "Björk", "9 Lives")[n % 3], "Best of", year=1980 + n % 30)
            for n in range(90)
        ],
    )
    query = TrackQuery(text=text)
    glimpsed = library.glimpse(query, 20)
    assert glimpsed == library.tracks(library.track_ids(query)[:20])
    assert len(glimpsed) == 20


def test_there_is_no_glimpse_of_what_is_rare_or_not_a_single_term(connection, library):
    add_songs(connection, [Song(f"Sun {n}") for n in range(90)])
    for text in ("x", "su n", "year:1990", '"s', "-s", "", "liked:", "s-n"):
        assert library.glimpse(TrackQuery(text=text), 20) == []
