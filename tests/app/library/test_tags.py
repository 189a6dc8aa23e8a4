from __future__ import annotations

import json
import os
import shutil

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.id3 import COMM, ID3, TIT2, TPE1, TXXX

from app.library.containers import UnreadableFileError
from app.library.store import values_of
from app.library.tags import FileFacts, gains_of, read_file, read_tags, title_of_name, year_of
from tests.making import FORMATS, make_audio, make_cover, retag

TAGS = {
    "title": "Jóga",
    "artist": "Björk",
    "album": "Homogenic",
    "albumartist": "Björk Guðmundsdóttir",
    "genre": "Electronic",
    "date": "1997-09-22",
    "tracknumber": "2/10",
    "discnumber": "1/2",
}


@pytest.mark.parametrize("format", FORMATS)
def test_all_tags_are_read_from_each_format(tmp_path, format):
    tags = read_tags(make_audio(tmp_path / f"a.{format}", tags=TAGS))
    assert (tags.title, tags.artist, tags.album, tags.genre) == (
        "Jóga",
        "Björk",
        "Homogenic",
        "Electronic",
    )
    assert tags.album_artist == "Björk Guðmundsdóttir"
    assert (tags.year, tags.track_number, tags.disc_number) == (1997, 2, 1)
    assert tags.duration_ms == pytest.approx(1_000, abs=60)


@pytest.mark.parametrize("format", FORMATS)
def test_replaygain_is_read_from_each_format(tmp_path, format):
    tags = read_tags(
        make_audio(
            tmp_path / f"a.{format}",
            tags={
                "replaygain_track_gain": "-7.35 dB",
                "replaygain_track_peak": "0.988",
                "replaygain_album_gain": "+1.5 dB",
                "replaygain_album_peak": "1.02",
            },
        )
    )
    assert (tags.track_gain_db, tags.track_peak) == (-7.35, 0.988)
    assert (tags.album_gain_db, tags.album_peak) == (1.5, 1.02)


def test_the_r128_gain_of_opus_is_turned_into_replaygain(tmp_path):
    gains = {"r128_track_gain": "-1280", "r128_album_gain": "256"}
    tags = read_tags(make_audio(tmp_path / "a.opus", tags=gains))
    assert (tags.track_gain_db, tags.album_gain_db) == (0.0, 6.0)


@pytest.mark.parametrize("text", ["loud", "", "inf", "1e999 dB", "-9999 dB", "nan"])
def test_a_senseless_gain_is_no_gain(text):
    assert gains_of({"REPLAYGAIN_TRACK_GAIN": text, "replaygain_track_peak": text})[0] is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("03 - So What.flac", "So What"),
        ("3. So What.flac", "So What"),
        ("So_What.flac", "So What"),
        ("99 Luftballons.mp3", "Luftballons"),
        ("1999.mp3", "1999"),
        ("07.mp3", "07"),
        (".mp3", ".mp3"),
    ],
)
def test_a_title_comes_from_the_name_when_there_is_no_tag(name, title):
    assert title_of_name(f"/music/{name}") == title


@pytest.mark.parametrize(
    ("text", "year"),
    [("1997-09-22", 1997), ("22.9.1997", 1997), ("97", None), ("99999", None), (None, None)],
)
def test_a_year_is_found_in_a_date(text, year):
    assert year_of(text) == year


@pytest.mark.parametrize("format", FORMATS)
def test_a_text_of_one_megabyte_is_cut(tmp_path, format):
    path = make_audio(tmp_path / f"a.{format}", tags={"title": "x" * 1_000_000, "artist": "A"})
    tags = read_tags(path)
    assert tags.title == "x" * 300
    assert tags.artist == "A"


def test_nulls_and_control_characters_become_spaces(tmp_path):
    dirty = {"title": "One\x01Two\r\nThree\x7f", "artist": "A\tB"}
    path = make_audio(tmp_path / "a.flac", tags=dirty)
    tags = read_tags(path)
    assert (tags.title, tags.artist) == ("One Two Three", "A B")


def test_utf8_declared_as_latin1_is_put_right(tmp_path):
    path = make_audio(tmp_path / "a.mp3")
    id3 = ID3()
    id3.add(TIT2(encoding=0, text=["Jóga".encode().decode("latin-1")]))
    id3.add(TPE1(encoding=0, text=["Café"]))
    id3.save(path)
    tags = read_tags(path)
    assert (tags.title, tags.artist) == ("Jóga", "Café")


def test_bytes_that_are_no_text_are_survived(tmp_path):
    path = make_audio(tmp_path / "a.flac", tags={"title": "?" * 24, "artist": "Someone"})
    path.write_bytes(path.read_bytes().replace(b"?" * 24, bytes(range(0xE8, 0x100))))
    tags = read_tags(path)
    tags.title.encode()
    assert tags.artist == "Someone"


def test_utf16_cut_in_the_middle_of_a_pair_is_survived(tmp_path):
    path = make_audio(tmp_path / "a.mp3")
    id3 = ID3()
    id3.add(TIT2(encoding=1, text=["🎵🎵🎵"]))
    id3.save(path)
    data = path.read_bytes()
    half = "🎵".encode("utf-16-le")
    path.write_bytes(data.replace(half * 3, half + half[:2] + b"A\0" + half[2:] + b"B\0", 1))
    values_of(read_file(str(path)))[4].encode()


def test_a_cover_of_20_megabytes_is_not_read(tmp_path):
    for format, size in (("mp3", 20_000_000), ("m4a", 20_000_000), ("flac", 16_000_000)):
        cover = b"\x89PNG" + os.urandom(size)
        path = make_audio(tmp_path / f"a.{format}", tags={"title": "T"}, cover=cover)
        facts = read_file(str(path))
        assert facts.tags.title == "T"
        assert facts.cover_key
        assert facts.tags.duration_ms == pytest.approx(1_000, abs=60)


def test_a_cover_of_megabytes_in_an_ogg_comment_is_survived(tmp_path):
    path = make_audio(
        tmp_path / "a.ogg", tags={"title": "T"}, cover=make_cover(size=1_200, noisy=True)
    )
    facts = read_file(str(path))
    assert (facts.tags.title, facts.cover_key != "") == ("T", True)


@pytest.mark.parametrize("name", ["mp3", "flac", "ogg", "opus", "m4a", "wav"])
def test_a_name_that_lies_is_no_obstacle(tmp_path, name):
    path = make_audio(tmp_path / "real.flac", tags={"title": "Flac"})
    lying = shutil.copy(path, tmp_path / f"lying.{name}")
    assert read_tags(lying).title == "Flac"


def test_a_flac_behind_an_id3_tag_is_read(tmp_path):
    path = make_audio(tmp_path / "a.flac", tags={"title": "Inside"})
    plain = read_file(str(path))
    id3 = ID3()
    id3.add(TIT2(encoding=3, text=["Before"]))
    id3.save(path)
    facts = read_file(str(path))
    assert facts.content_id == plain.content_id
    assert facts.tags.duration_ms == pytest.approx(1_000, abs=60)


def test_several_artists_are_named_together(tmp_path):
    path = make_audio(tmp_path / "a.flac", tags={"title": "T"})
    file = mutagen.File(path)
    file["artist"] = ["Anna", "Bert"]
    file.save()
    assert read_tags(path).artist == "Anna, Bert"


def test_a_huge_comment_and_strange_frames_do_no_harm(tmp_path):
    path = make_audio(tmp_path / "a.mp3", tags={"title": "T"})
    id3 = ID3(path)
    id3.add(COMM(encoding=3, lang="eng", desc="", text=["c" * 3_000_000]))
    id3.add(TXXX(encoding=3, desc="replaygain_track_gain", text=["x" * 100_000]))
    id3.save(path)
    tags = read_tags(path)
    assert (tags.title, tags.track_gain_db) == ("T", None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100_000,
        b"ID3",
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b"fLaC",
        b"OggS",
        b"RIFF",
        b"\0\0\0\x18ftypM4A ",
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"\xff\xfb\x90\x64",
        b"#!/bin/sh\n",
    ],
    ids=lambda content: repr(content[:12]),
)
@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "m4a", "wav"])
def test_a_file_without_sound_is_refused_in_words(tmp_path, content, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        read_tags(path)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "m4a"])
def test_random_bytes_are_refused(tmp_path, suffix):
    import random

    for seed in range(40):
        path = tmp_path / f"{seed}.{suffix}"
        path.write_bytes(random.Random(seed).randbytes(200_000))
        with pytest.raises(UnreadableFileError):
            read_tags(path)


def _is_sane(facts: FileFacts) -> bool:
    values = values_of(facts)
    json.dumps(values)
    texts = [value for value in values if isinstance(value, str)]
    return all(len(text) <= 300 and text.encode() is not None for text in texts)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("originals")
    tags = TAGS | {"replaygain_track_gain": "-7.35 dB"}
    made = {}
    for format in FORMATS:
        path = make_audio(folder / f"a.{format}", seconds=0.3, tags=tags, cover=make_cover())
        made[format] = path
    return made


# Tags and indexes lie at both ends, where a change matters most.
damages = st.lists(st.tuples(st.integers(-3_000, 3_000), st.binary(max_size=8)), max_size=6)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(format=st.sampled_from(FORMATS), damages=damages, kept=st.floats(0, 1) | st.just(1))
def test_a_damaged_or_cut_file_gives_sane_tags_or_words(
    tmp_path_factory, originals, format, damages, kept
):
    content = bytearray(originals[format].read_bytes())
    for at, new in damages:
        place = at % len(content)
        content[place : place + 4] = new
    path = tmp_path_factory.getbasetemp() / f"damaged.{format}"
    path.write_bytes(content[: round(kept * len(content))])
    words = "."
    try:
        facts = read_file(str(path))
    except UnreadableFileError as error:
        words = str(error)
    else:
        assert _is_sane(facts)
    assert words.endswith(".")


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_tinytag_refuses_is_read_through_mutagen(tmp_path, format, monkeypatch):
    from tinytag import ParseError, TinyTag

    path = make_audio(tmp_path / f"a.{format}", tags=TAGS | {"replaygain_track_gain": "-3 dB"})
    plain = read_tags(path)

    def refuse(*_args, **_options):
        raise ParseError("odd")

    monkeypatch.setattr(TinyTag, "get", refuse)
    odd = read_tags(path)
    assert (odd.title, odd.artist, odd.year) == (plain.title, plain.artist, plain.year)
    assert odd.track_number == 2
    assert odd.track_gain_db == -3
    assert odd.duration_ms == pytest.approx(plain.duration_ms, abs=60)


def test_retagging_leaves_the_duration(tmp_path):
    path = make_audio(tmp_path / "a.mp3", seconds=2)
    before = read_tags(path).duration_ms
    retag(path, "mp3", {"title": "y" * 5_000})
    assert read_tags(path).duration_ms == before
