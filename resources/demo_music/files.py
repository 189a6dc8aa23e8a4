"""Tracks on disk: encoded by FFmpeg through PyAV, tagged with covers by mutagen."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import cast

import av
import numpy as np
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, TALB, TCON, TDRC, TIT2, TPE1, TPE2, TRCK, TXXX
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from resources.demo_music.dsp import RATE, Sound
from resources.demo_music.loudness import Gain


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is encoded."""

    container: str
    codec: str
    sample_format: str
    rate: int = RATE
    bit_rate: int | None = None
    options: tuple[tuple[str, str], ...] = ()


FORMATS: MappingProxyType[str, Format] = MappingProxyType(
    {
        "mp3": Format(
            "mp3",
            "libmp3lame",
            "fltp",
            bit_rate=128_000,
            options=(("compression_level", "7"), ("joint_stereo", "0"), ("id3v2_version", "4")),
        ),
        "flac": Format("flac", "flac", "s16", options=(("compression_level", "4"),)),
        "ogg": Format(
            "ogg", "vorbis", "fltp", 32_000, bit_rate=128_000, options=(("strict", "-2"),)
        ),
        "opus": Format("opus", "libopus", "flt", 48_000, 96_000, (("compression_level", "2"),)),
        "m4a": Format("ipod", "aac", "fltp", bit_rate=128_000, options=(("aac_coder", "fast"),)),
    }
)


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says about itself."""

    title: str
    artist: str
    album: str
    genre: str
    year: int
    number: int
    count: int
    track_gain: Gain
    album_gain: Gain
    cover_jpeg: bytes

    def named(self) -> dict[str, str]:
        """As Vorbis comments."""
        return {
            "title": self.title,
            "artist": self.artist,
            "album": self.album,
            "albumartist": self.artist,
            "genre": self.genre,
            "date": str(self.year),
            "tracknumber": str(self.number),
            "tracktotal": str(self.count),
            **self.replay_gain(),
        }

    def replay_gain(self) -> dict[str, str]:
        """The four ReplayGain values."""
        return {
            "replaygain_track_gain": f"{self.track_gain.gain_db:+.2f} dB",
            "replaygain_track_peak": f"{self.track_gain.peak:.6f}",
            "replaygain_album_gain": f"{self.album_gain.gain_db:+.2f} dB",
            "replaygain_album_peak": f"{self.album_gain.peak:.6f}",
        }


def encode(sound: Sound, file: Path, suffix: str) -> None:
    """Write a stereo track in the format its suffix names."""
    kind = FORMATS[suffix]
    with av.open(str(file), "w", format=kind.container) as container:
        stream = cast(
            av.AudioStream,
            container.add_stream(kind.codec, rate=kind.rate, options=dict(kind.options)),
        )
        stream.layout = "stereo"
        stream.format = kind.sample_format
        if kind.bit_rate:
            stream.bit_rate = kind.bit_rate
        stream.codec_context.open()
        resampler = av.AudioResampler(
            kind.sample_format, "stereo", kind.rate, stream.codec_context.frame_size or None
        )
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", "stereo")
        frame.sample_rate = RATE
        frame.pts = 0
        for piece in (frame, None):
            for part in resampler.resample(piece):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def tag(file: Path, suffix: str, tags: Tags) -> None:
    """Write the tags and the cover into an encoded file."""
    _TAGGERS[suffix](file, tags)


def _picture(tags: Tags) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.data = 3, "image/jpeg", tags.cover_jpeg
    return picture


def _tag_mp3(file: Path, tags: Tags) -> None:
    id3 = ID3()
    id3.add(TIT2(encoding=3, text=tags.title))
    id3.add(TPE1(encoding=3, text=tags.artist))
    id3.add(TPE2(encoding=3, text=tags.artist))
    id3.add(TALB(encoding=3, text=tags.album))
    id3.add(TCON(encoding=3, text=tags.genre))
    id3.add(TDRC(encoding=3, text=str(tags.year)))
    id3.add(TRCK(encoding=3, text=f"{tags.number}/{tags.count}"))
    for name, value in tags.replay_gain().items():
        id3.add(TXXX(encoding=3, desc=name.upper(), text=value))
    id3.add(APIC(encoding=3, mime="image/jpeg", type=3, desc="Cover", data=tags.cover_jpeg))
    id3.save(str(file))


def _tag_flac(file: Path, tags: Tags) -> None:
    flac = FLAC(str(file))
    flac.update({name: [value] for name, value in tags.named().items()})
    flac.add_picture(_picture(tags))
    flac.save()


def _tag_ogg(file: Path, tags: Tags) -> None:
    ogg = OggVorbis(str(file))
    ogg.update({name: [value] for name, value in tags.named().items()})
    ogg["metadata_block_picture"] = [base64.b64encode(_picture(tags).write()).decode("ascii")]
    ogg.save()


def _tag_opus(file: Path, tags: Tags) -> None:
    opus = OggOpus(str(file))
    opus.update({name: [value] for name, value in tags.named().items()})
    for scope, gain in (("track", tags.track_gain), ("album", tags.album_gain)):
        opus[f"r128_{scope}_gain"] = [str(round((gain.gain_db - 5) * 256))]
    opus["metadata_block_picture"] = [base64.b64encode(_picture(tags).write()).decode("ascii")]
    opus.save()


def _tag_m4a(file: Path, tags: Tags) -> None:
    m4a = MP4(str(file))
    m4a["\xa9nam"] = [tags.title]
    m4a["\xa9ART"] = [tags.artist]
    m4a["aART"] = [tags.artist]
    m4a["\xa9alb"] = [tags.album]
    m4a["\xa9gen"] = [tags.genre]
    m4a["\xa9day"] = [str(tags.year)]
    m4a["trkn"] = [(tags.number, tags.count)]
    m4a["covr"] = [MP4Cover(tags.cover_jpeg, MP4Cover.FORMAT_JPEG)]
    for name, value in tags.replay_gain().items():
        text = MP4FreeForm(value.encode("utf-8"), AtomDataType.UTF8)
        m4a[f"----:com.apple.iTunes:{name}"] = [text]
    m4a.save()


_TAGGERS: MappingProxyType[str, Callable[[Path, Tags], None]] = MappingProxyType(
    {
        "mp3": _tag_mp3,
        "flac": _tag_flac,
        "ogg": _tag_ogg,
        "opus": _tag_opus,
        "m4a": _tag_m4a,
    }
)
