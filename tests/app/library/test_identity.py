from __future__ import annotations

import pytest

from app.library.tags import read_file
from tests.making import FORMATS, make_audio, make_cover, retag


@pytest.mark.parametrize("format", FORMATS)
def test_a_new_title_and_a_large_cover_leave_the_sounds_identity(tmp_path, format):
    path = make_audio(tmp_path / f"song.{format}", seconds=2, tags={"title": "One"})
    before = read_file(str(path))
    large = make_cover(size=300, noisy=True)
    retag(path, format, {"title": "Two" * 50, "artist": "Someone"}, large)
    after = read_file(str(path))
    assert after.content_id == before.content_id
    assert after.tags.title == "Two" * 50
    assert after.size > before.size + 200_000


@pytest.mark.parametrize("format", FORMATS)
def test_another_song_of_the_same_length_and_tags_has_another_identity(tmp_path, format):
    tags = {"title": "Same"}
    one = make_audio(tmp_path / f"one.{format}", seconds=2, tags=tags, hertz=440)
    two = make_audio(tmp_path / f"two.{format}", seconds=2, tags=tags, hertz=550)
    assert read_file(str(one)).content_id != read_file(str(two)).content_id


def test_trailing_tags_of_an_mp3_are_not_part_of_the_sound(tmp_path):
    path = make_audio(tmp_path / "song.mp3", seconds=2)
    before = read_file(str(path)).content_id
    ape = b"APETAGEX" + (2000).to_bytes(4, "little") + (32).to_bytes(4, "little") + bytes(16)
    with path.open("ab") as file:
        file.write(ape + b"TAG" + b"Old title".ljust(125, b"\0"))
    assert read_file(str(path)).content_id == before
