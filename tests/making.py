"""Real audio files, made in a moment: short tones in each format, with tags and covers."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
from mutagen.flac import Picture
from mutagen.id3 import APIC, ID3, TXXX
from mutagen.mp4 import MP4Cover, MP4FreeForm
from PIL import Image

FORMATS = ("mp3", "flac", "ogg", "opus", "m4a", "wav")

_CODECS = {
    "mp3": ("libmp3lame", 44_100),
    "flac": ("flac", 44_100),
    "ogg": ("vorbis", 44_100),
    "opus": ("libopus", 48_000),
    "m4a": ("aac", 44_100),
    "wav": ("pcm_s16le", 44_100),
}


def make_audio(
    path: Path,
    format: str | None = None,
    seconds: float = 1.0,
    tags: Mapping[str, str] | None = None,
    cover: bytes | None = None,
    hertz: float = 440.0,
) -> Path:
    """Write a tone of `hertz` to `path`; the format is the suffix unless one is named.

    `tags` has mutagen's easy names (title, artist, album, albumartist, genre, date, tracknumber,
    discnumber) and replaygain_* names. `cover` is a PNG or JPEG.
    """
    format = format or path.suffix.lstrip(".").lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    _encode(path, format, seconds, hertz)
    if tags or cover:
        retag(path, format, tags or {}, cover)
    return path


def _encode(path: Path, format: str, seconds: float, hertz: float) -> None:
    codec, rate = _CODECS[format]
    container_format = {"m4a": "ipod", "opus": "ogg"}.get(format, format)
    samples = np.sin(np.arange(int(rate * seconds)) * (2 * np.pi * hertz / rate)) * 8_000
    with path.open("wb") as file, av.open(file, "w", format=container_format) as container:
        options = {"strict": "experimental"} if codec == "vorbis" else {}
        stream: Any = container.add_stream(codec, rate=rate, options=options, layout="stereo")
        pcm = np.repeat(samples.astype(np.int16), 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
        frame.sample_rate = rate
        frame.pts = 0
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="stereo",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1_024,
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def retag(path: Path, format: str, tags: Mapping[str, str], cover: bytes | None = None) -> None:
    """Write tags into an existing file, as another program would."""
    gains = {key: value for key, value in tags.items() if key.startswith(("replaygain", "r128"))}
    easy = {key: value for key, value in tags.items() if key not in gains}
    if format in ("mp3", "wav"):
        _tag_id3(path, format, easy, gains, cover)
        return
    file: Any = mutagen.File(path, easy=True)
    if file.tags is None:
        file.add_tags()
    file.update(easy)
    file.save()
    file = mutagen.File(path)
    for key, value in gains.items():
        if format == "m4a":
            file[f"----:com.apple.iTunes:{key}"] = [MP4FreeForm(value.encode())]
        else:
            file[key] = value
    if cover:
        _embed(file, format, cover)
    file.save()


def _tag_id3(
    path: Path, format: str, easy: Mapping[str, str], gains: Mapping[str, str], cover: bytes | None
) -> None:
    if format == "mp3":
        file: Any = mutagen.File(path, easy=True)
        if file.tags is None:
            file.add_tags()
        file.update(easy)
        file.save()
    else:
        from mutagen.easyid3 import EasyID3
        from mutagen.wave import WAVE

        wave = WAVE(path)
        if wave.tags is None:
            wave.add_tags()
        wave.save()
        frames = EasyID3()
        frames.update(easy)
        for frame in frames._EasyID3__id3.values():
            wave.tags.add(frame)
        wave.save()
    file = mutagen.File(path)
    id3: ID3 = file.tags
    for key, value in gains.items():
        id3.add(TXXX(encoding=3, desc=key, text=[value]))
    if cover:
        id3.add(APIC(encoding=3, mime=_mime(cover), type=3, desc="", data=cover))
    file.save()


def _embed(file: Any, format: str, cover: bytes) -> None:
    if format == "m4a":
        kind = MP4Cover.FORMAT_PNG if _mime(cover) == "image/png" else MP4Cover.FORMAT_JPEG
        file["covr"] = [MP4Cover(cover, imageformat=kind)]
        return
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, _mime(cover), cover
    if format == "flac":
        file.add_picture(picture)
    else:
        import base64

        file["metadata_block_picture"] = [base64.b64encode(picture.write()).decode()]


def _mime(cover: bytes) -> str:
    return "image/png" if cover.startswith(b"\x89PNG") else "image/jpeg"


def make_cover(
    colour: str = "teal", size: int = 300, format: str = "PNG", *, noisy: bool = False
) -> bytes:
    """A square picture of one colour; a noisy one has 3 bytes a pixel even when compressed."""
    image = Image.new("RGB", (size, size), colour)
    if noisy:
        image = Image.frombytes("RGB", (size, size), np.random.default_rng(1).bytes(3 * size**2))
    buffer = io.BytesIO()
    image.save(buffer, format)
    return buffer.getvalue()
