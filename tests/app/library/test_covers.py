from __future__ import annotations

import os
import struct
import zlib

import pytest
from PIL import Image

from app.library import covers
from app.library.query import TrackQuery
from app.library.tags import read_file
from tests.making import make_audio, make_cover


@pytest.mark.parametrize("format", ["mp3", "flac", "ogg", "opus", "m4a", "wav"])
def test_an_embedded_cover_becomes_a_small_file(tmp_path, format):
    path = make_audio(tmp_path / f"a.{format}", cover=make_cover("red", 400))
    key = read_file(str(path)).cover_key
    assert key
    for size in covers.SIZES_PX:
        small = covers.thumbnail(str(path), key, size, tmp_path / "covers")
        with Image.open(small) as image:
            assert image.size == (min(size, 400),) * 2
            red, green, _ = image.getpixel((40, 40))
            assert red > 200 > green


def test_a_thumbnail_is_made_once(tmp_path):
    path = make_audio(tmp_path / "a.flac", cover=make_cover())
    key = read_file(str(path)).cover_key
    first = covers.thumbnail(str(path), key, 96, tmp_path / "covers")
    path.unlink()
    assert covers.thumbnail(str(path), key, 96, tmp_path / "covers") == first


def test_songs_with_the_same_cover_share_it_and_others_do_not(tmp_path):
    keys = [
        read_file(str(make_audio(tmp_path / name, cover=make_cover(colour)))).cover_key
        for name, colour in (("a.mp3", "red"), ("b.mp3", "red"), ("c.mp3", "blue"))
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_song_without_a_picture_has_no_cover(tmp_path):
    path = make_audio(tmp_path / "a.mp3", tags={"title": "A"})
    assert read_file(str(path)).cover_key == ""
    assert covers.thumbnail(str(path), "", 96, tmp_path / "covers") is None
    assert not (tmp_path / "covers").exists()


def test_an_image_beside_the_music_is_its_cover_and_a_new_one_replaces_it(music, tmp_path):
    music.song("album/a.mp3", title="A")
    music.scan()
    assert music.library().page(TrackQuery(), 0, 1)[0].cover_key == ""
    seen = set()
    for colour in ("green", "purple"):
        (music.folder / "album" / "Folder.jpg").write_bytes(make_cover(colour, 200, "JPEG"))
        os.utime(music.folder / "album" / "Folder.jpg", ns=(0, len(seen)))
        music.scan()
        track = music.library().page(TrackQuery(), 0, 1)[0]
        small = covers.thumbnail(track.location, track.cover_key, 96, tmp_path / "covers")
        seen.add(small.read_bytes())
    assert len(seen) == 2


def test_the_embedded_cover_wins_over_the_one_beside(music, tmp_path):
    make_audio(music.folder / "a.mp3", cover=make_cover("red"))
    (music.folder / "cover.png").write_bytes(make_cover("blue"))
    music.scan()
    track = music.library().page(TrackQuery(), 0, 1)[0]
    small = covers.thumbnail(track.location, track.cover_key, 96, tmp_path / "covers")
    with Image.open(small) as image:
        assert image.getpixel((40, 40))[0] > 200


def _bomb(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize(
    "data",
    [b"no image at all", make_cover()[:150], _bomb(9_000), _bomb(12_000), _bomb(60_000)],
    ids=["text", "cut off", "81 megapixels", "144 megapixels", "3.6 gigapixels"],
)
def test_a_bad_picture_is_no_cover_and_is_not_tried_twice(tmp_path, data, monkeypatch):
    (tmp_path / "cover.png").write_bytes(data)
    location = str(tmp_path / "a.mp3")
    make_audio(tmp_path / "a.mp3")
    assert covers.thumbnail(location, "x123", 96, tmp_path / "covers") is None
    monkeypatch.setattr(covers, "picture_of", lambda *_: pytest.fail("tried again"))
    assert covers.thumbnail(location, "x123", 96, tmp_path / "covers") is None


def test_a_cover_that_cannot_be_kept_is_no_error(tmp_path):
    path = make_audio(tmp_path / "a.mp3", cover=make_cover())
    (tmp_path / "covers").write_text("a file where the folder should be")
    key = read_file(str(path)).cover_key
    assert covers.thumbnail(str(path), key, 96, tmp_path / "covers") is None


def test_the_oldest_thumbnails_go_first(tmp_path):
    for age, name in enumerate(("new", "old", "older")):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1_000 - age, 1_000 - age))
    assert covers.trim(tmp_path, 150) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert covers.trim(tmp_path / "none") == 0
