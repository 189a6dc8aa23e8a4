from __future__ import annotations

import os
import shutil
import sys

import pytest

from app.library.query import Section, TrackQuery
from app.library.scanner import ScanCancelledError

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file names and pipes")


def test_a_scan_finds_songs_in_all_formats_and_below_folders(music):
    for format in ("mp3", "flac", "ogg", "opus", "m4a", "wav"):
        music.song(f"{format}/deep/song.{format}", title=f"In {format}", artist="Someone")
    (music.folder / "notes.txt").write_text("no music")
    counts = music.scan()
    assert counts.added == 6
    assert music.titles() == [f"In {f}" for f in ("flac", "m4a", "mp3", "ogg", "opus", "wav")]
    track = music.library().page(TrackQuery(), 0, 1)[0]
    assert track.artist == "Someone"
    assert track.duration_ms == pytest.approx(500, abs=60)


def test_an_unchanged_file_is_not_read_again(music):
    music.song("a.flac", title="A")
    music.scan()
    counts = music.scan(read="tests.app.library.readers:never")
    assert counts.total == counts.problems == 0


def test_a_retagged_song_keeps_its_number_and_gets_its_new_title(music):
    music.song("a.mp3", title="Old")
    music.scan()
    (before,) = music.library().page(TrackQuery(), 0, 9)
    music.song("a.mp3", title="Quite new")
    assert music.scan().changed == 1
    (after,) = music.library().page(TrackQuery(text="quite"), 0, 9)
    assert (after.track_id, after.title) == (before.track_id, "Quite new")
    assert music.titles(text="old") == []


def test_a_moved_file_keeps_its_likes(music):
    path = music.song("a.ogg", title="Loved")
    music.scan()
    (before,) = music.library().page(TrackQuery(), 0, 9)
    music.like(before.track_id)
    (music.folder / "elsewhere").mkdir()
    moved = path.rename(music.folder / "elsewhere" / "renamed.ogg")
    counts = music.scan()
    assert (counts.moved, counts.added, counts.missing) == (1, 0, 0)
    (after,) = music.library().page(TrackQuery(Section.LIKED), 0, 9)
    assert (after.track_id, after.location, after.available) == (
        before.track_id,
        str(moved),
        True,
    )


def test_a_moved_and_retagged_file_is_still_the_same_track(music):
    music.song("a.mp3", title="Before")
    music.scan()
    (before,) = music.library().page(TrackQuery(), 0, 9)
    (music.folder / "a.mp3").unlink()
    music.song("other/b.mp3", title="After", artist="New")
    assert music.scan().moved == 1
    (after,) = music.library().page(TrackQuery(), 0, 9)
    assert (after.track_id, after.title) == (before.track_id, "After")


def test_a_copy_is_a_second_track_while_the_first_is_there(music):
    path = music.song("a.flac", title="One")
    music.scan()
    shutil.copy(path, music.folder / "copy.flac")
    counts = music.scan()
    assert (counts.added, counts.moved) == (1, 0)
    assert music.titles() == ["One", "One"]


def test_of_two_equal_files_that_moved_each_keeps_its_own_number(music):
    for name in ("a.flac", "b.flac"):
        music.song(name, title=name)
    music.scan()
    before = {t.title: t.track_id for t in music.library().page(TrackQuery(), 0, 9)}
    (music.folder / "new").mkdir()
    for name in ("a.flac", "b.flac"):
        (music.folder / name).rename(music.folder / "new" / name)
    assert music.scan().moved == 2
    after = {t.title: t.track_id for t in music.library().page(TrackQuery(), 0, 9)}
    assert after == before


def test_a_deleted_file_leaves_the_list_but_keeps_its_row_and_like(music):
    path = music.song("a.mp3", title="Gone")
    music.song("b.mp3", hertz=500, title="Here")
    music.scan()
    track = music.library().track_by_location(str(path))
    music.like(track.track_id)
    content = path.read_bytes()
    path.unlink()
    assert music.scan().missing == 1
    assert music.titles() == ["Here"]
    (liked,) = music.library().page(TrackQuery(Section.LIKED), 0, 9)
    assert not liked.available
    path.write_bytes(content)
    music.scan()
    back = music.library().track(track.track_id)
    assert (back.available, back.liked) == (True, True)
    assert music.titles() == ["Gone", "Here"]


def test_a_missing_drive_makes_tracks_unavailable_and_its_return_brings_them_back(music):
    music.song("a.mp3", title="A")
    music.scan()
    music.folder.rename(music.folder.with_name("unplugged"))
    music.scan(only=[str(music.folder)])
    (away,) = music.library().page(TrackQuery(), 0, 9)
    assert (away.title, away.available) == ("A", False)
    assert [folder.available for folder in music.library().folders()] == [False]
    music.folder.with_name("unplugged").rename(music.folder)
    music.scan()
    (back,) = music.library().page(TrackQuery(), 0, 9)
    assert (back.track_id, back.available) == (away.track_id, True)
    assert [folder.available for folder in music.library().folders()] == [True]


def test_an_empty_mount_point_is_a_missing_drive_and_no_deletion(music):
    music.song("a.mp3", title="A")
    music.scan()
    (music.folder / "a.mp3").rename(music.folder.with_name("a.mp3"))
    music.scan()
    (away,) = music.library().page(TrackQuery(), 0, 9)
    assert (away.title, away.available) == ("A", False)
    music.folder.with_name("a.mp3").rename(music.folder / "a.mp3")
    music.scan()
    assert music.library().track(away.track_id).available


def test_a_folder_taken_out_and_in_again_has_the_same_tracks(music):
    from contextlib import closing

    from app.library.database import open_database
    from app.library.folders import remove_folder

    music.song("a.mp3", title="A")
    music.scan()
    (before,) = music.library().page(TrackQuery(), 0, 9)
    with closing(open_database(music.database)) as database:
        remove_folder(database, music.library().folders()[0].folder_id)
    assert music.titles() == []
    assert music.library().folders() == []
    music.scan(music.folder)
    (after,) = music.library().page(TrackQuery(), 0, 9)
    assert (after.track_id, after.available) == (before.track_id, True)


def test_songs_of_a_folder_inside_another_are_listed_once(music):
    music.song("sub/a.mp3", title="A")
    assert music.scan(music.folder, music.folder / "sub").added == 1
    assert music.titles() == ["A"]


@needs_posix
def test_a_name_that_is_not_utf8_survives(music):
    path = music.song("plain.mp3")
    strange = os.fsencode(music.folder) + b"/caf\xe9 del mar.mp3"
    os.rename(path, strange)
    music.scan()
    (track,) = music.library().page(TrackQuery(), 0, 9)
    assert os.fsencode(track.location) == strange
    assert os.path.exists(track.location)
    assert track.title == "café del mar"
    assert music.library().track_by_location(track.location) == track
    assert music.scan().total == 0


@needs_posix
def test_links_in_circles_and_hidden_files_do_no_harm(music):
    music.song("a.mp3", title="A")
    music.song(".hidden/b.mp3")
    music.song("._a.mp3")
    (music.folder / "loop").symlink_to(music.folder)
    (music.folder / "self").symlink_to(music.folder / "self")
    assert music.scan().added == 1
    assert music.titles() == ["A"]


@needs_posix
def test_pipes_and_dead_links_are_listed_and_never_opened(music):
    os.mkfifo(music.folder / "pipe.mp3")
    (music.folder / "zero.flac").symlink_to("/dev/zero")
    (music.folder / "dead.ogg").symlink_to(music.folder / "nowhere.ogg")
    music.song("a.mp3", title="A")
    counts = music.scan()
    assert (counts.added, counts.problems) == (1, 3)
    assert {os.path.basename(p.location) for p in music.library().problems()} == {
        "pipe.mp3",
        "zero.flac",
        "dead.ogg",
    }
    assert music.scan().problems == 0


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_directory_hides_nothing_for_good(music):
    music.song("shut/a.mp3", title="A")
    music.song("b.mp3", hertz=500, title="B")
    music.scan()
    (music.folder / "shut").chmod(0)
    try:
        music.scan()
        assert music.titles() == ["A", "B"]
    finally:
        (music.folder / "shut").chmod(0o700)


def test_a_very_deep_path_is_found(music):
    path = music.song("/".join(["d" * 60] * 30) + "/a.mp3", title="Deep")
    music.scan()
    assert music.library().track_by_location(str(path)).title == "Deep"


def test_a_file_that_hangs_the_reader_is_listed_and_the_scan_goes_on(music):
    for number in range(40):
        music.song(f"{number:02}.mp3", hertz=300 + 10 * (number % 4), title=f"T{number:02}")
    music.song("hang.mp3", title="Hangs")
    counts = music.scan(read="tests.app.library.readers:hanging", limit_s=0.4)
    assert (counts.added, counts.problems) == (40, 1)
    (problem,) = music.library().problems()
    assert problem.location.endswith("hang.mp3")
    assert "longer" in problem.problem
    again = music.scan(read="tests.app.library.readers:never")
    assert again.problems == 0
    music.song("hang.mp3", title="Mended and longer")
    assert music.scan().added == 1
    assert music.library().problems() == []


def test_a_file_that_crashes_the_reader_is_listed_and_the_scan_goes_on(music):
    for number in range(5):
        music.song(f"{number}.mp3", title=f"T{number}")
    music.song("crash.mp3")
    counts = music.scan(read="tests.app.library.readers:crashing")
    assert (counts.added, counts.problems) == (5, 1)


def test_a_cancelled_scan_keeps_what_it_saved_and_marks_nothing_missing(music):
    for number in range(6):
        music.song(f"{number}.mp3", title=f"T{number}")
    music.scan()
    for number in range(6, 200):
        music.song(f"{number}.mp3", title=f"T{number}")
    (music.folder / "0.mp3").unlink()

    def stop_after_some(current, done, total, counts):
        if done:
            raise ScanCancelledError

    with pytest.raises(ScanCancelledError):
        music.scan(report=stop_after_some)
    count = len(music.titles())
    assert 6 < count < 200
    music.scan()
    assert len(music.titles()) == 199


def test_a_scan_of_one_directory_leaves_the_others_alone(music):
    music.song("one/a.mp3", title="A")
    other = music.song("two/b.mp3", hertz=500, title="B")
    music.scan()
    other.unlink()
    music.song("one/c.mp3", hertz=600, title="C")
    counts = music.scan(only=[str(music.folder / "one")])
    assert (counts.added, counts.missing) == (1, 0)
    shutil.rmtree(music.folder / "one")
    counts = music.scan(only=[str(music.folder / "one")])
    assert counts.missing == 2
    assert music.titles() == ["B"]


def test_a_broken_file_is_listed_with_words(music):
    (music.folder / "zero.mp3").write_bytes(b"")
    (music.folder / "words.flac").write_text("This is no music. " * 100)
    counts = music.scan()
    assert (counts.added, counts.problems) == (0, 2)
    words = {os.path.basename(p.location): p.problem for p in music.library().problems()}
    assert words["zero.mp3"] == "The file is empty."
    assert "no sound" in words["words.flac"]
