"""Any audio file as mono samples, a block at a time, from any second on: FFmpeg through PyAV.

What is in a file is not trusted. It is read through a file object with no way to other files or to
the network, in bounded memory, and reading ends when nothing more comes of it.
"""

from __future__ import annotations

import math
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from recommender.audio.sound import RATE, AudioError
from recommender.data.arrays import FloatArray

BLOCK_S = 1.5
"""About so much is decoded, joined and resampled at once: a call costs more than its samples."""

MOST_S = 12 * 3_600.0
"""Of what is longer nothing more is heard; a few bytes can claim to be months."""

UNBELIEVABLE_S = 30 * 86_400.0
RATES = (2_000, 1_600_000)
MOST_CHANNELS = 64
MOST_VALUES = 1 << 20
LOUDEST = 8.0
"""Samples beyond this, and those that are no numbers, are damage, not music."""

LEAD_S = 0.25
"""Decoded before a wanted second and dropped: many formats need what came before."""

LATE_S, EARLY_S = 1.0, 120.0
"""So far a seek may miss; what lies before the wanted second has to be decoded as well."""

FRUITLESS_PACKETS = 1_000
FRUITLESS_BYTES = 1 << 27
"""FFmpeg may gather what it reads till it makes sense, so this bounds memory as well as time."""

FEW_LOST = 3
ESTIMATED = {"aac", "ac3", "eac3", "amr", "dts", "loas", "mpeg", "truehd"}
"""Formats that don't say how long they are, which is then a guess by the size of the file."""

PROTECTED = {"drms", "enca"}

_DTYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
_ERRORS = (av.FFmpegError, OSError, ValueError, ArithmeticError)


class SeekError(Exception):
    """A file in which that second cannot be reached directly."""


class AudioFile:
    """The first audio stream of a file; a context manager.

    `seconds` is how long it says it is, None where it doesn't. Raises AudioError in words.
    """

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        self._source = _Source(self._file)
        try:
            self._container = _container(self._source)
        except BaseException:
            self._file.close()
            raise
        try:
            self._stream = _stream(self._container)
            self.seconds = _seconds(self._container, self._stream)
            self._says_length = _says_length(self._container.format.name, self._file)
        except BaseException:
            self.close()
            raise
        self._packets = self._lost = 0
        self._ended_by = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._file.close()

    def blocks(self) -> Iterator[FloatArray]:
        """All of it from the start, (n,) at RATE, MOST_S at most; what cannot be read is left out.

        To be called first and once.
        """
        left = int(MOST_S * RATE)
        for block in _resampled(self._mono(self._frames())):
            yield block[:left]
            left -= len(block)
            if left <= 0:
                self._ended_by = f"Only the first {_clock(MOST_S)} were listened to."
                return

    def excerpt(self, start_s: float, length_s: float) -> Iterator[FloatArray]:
        """What sounds from a second on, or less where the file ends; raises SeekError."""
        first_s = _time(self._stream.start_time or 0, self._stream)
        self._source.fruitless = 0
        try:
            wanted_s = first_s + max(0.0, start_s - LEAD_S)
            self._container.seek(int(wanted_s * av.time_base))
        except _ERRORS as error:
            raise SeekError(str(error)) from error
        frames = self._frames()
        head = next((frame for frame in frames if frame.pts is not None), None)
        if head is None or head.pts is None:
            raise SeekError("nothing is there")
        too_early_s = first_s + start_s - _time(head.pts, self._stream)
        if not -LATE_S < too_early_s < EARLY_S:
            raise SeekError("the file goes on elsewhere")
        skip, left = max(0, round(too_early_s * RATE)), int(length_s * RATE)
        for block in _resampled(self._mono(_chain(head, frames))):
            some = block[skip : skip + left]
            skip, left = max(0, skip - len(block)), left - len(some)
            if len(some):
                yield some
            if left <= 0:
                return

    def damage(self, heard_s: float | None = None) -> str:
        """What was wrong with what has been read, in words, or empty; `heard_s` is how much
        `blocks` gave."""
        if self._ended_by:
            return self._ended_by
        if self._lost > max(FEW_LOST, self._packets / 100):
            share = 100 * self._lost / self._packets
            return f"The file is damaged: {share:.0f} % of it could not be read."
        if heard_s is not None and self.seconds is not None and self._says_length:
            missing_s = self.seconds - heard_s
            if missing_s > max(2.0, self.seconds / 20):
                return (f"The file is cut off: it ends at {_clock(heard_s)}"
                        f" instead of {_clock(self.seconds)}.")  # fmt: skip
        return ""

    def _frames(self) -> Iterator[AudioFrame]:
        fruitless = 0
        packets = self._container.demux(self._stream)
        while fruitless < FRUITLESS_PACKETS:
            try:
                packet = next(packets, None)
            except _ERRORS as error:
                self._ended_by = (
                    f"The file is damaged and could not be read to its end: {_why(error)}."
                )
                return
            if packet is None:
                if self._source.fruitless < FRUITLESS_BYTES:
                    return
                break
            self._packets += 1
            fruitless += 1
            try:
                frames = packet.decode()
            except _ERRORS:
                self._lost += 1
                continue
            for frame in frames:
                if frame.samples:
                    fruitless = self._source.fruitless = 0
                    yield frame
        self._ended_by = "The file is damaged: it goes on with what is no sound."

    def _mono(self, frames: Iterator[AudioFrame]) -> Iterator[tuple[int, FloatArray]]:
        kind, fifo, most = ("", 0, 0), AudioFifo(), 0.0
        for frame in frames:
            new = (frame.format.name, frame.sample_rate, frame.layout.nb_channels)
            if new != kind:
                yield from _joined(fifo, kind)
                kind, fifo = new, AudioFifo()
                if not (RATES[0] <= new[1] <= RATES[1] and 1 <= new[2] <= MOST_CHANNELS):
                    self._ended_by = f"{new[1]} Hz in {new[2]} channels is no music."
                    return
                most = min(BLOCK_S * new[1], MOST_VALUES / new[2])
            frame.pts = None
            fifo.write(frame)
            if fifo.samples >= most:
                yield from _joined(fifo, kind)
        yield from _joined(fifo, kind)


class _Source:
    """A file for FFmpeg, which comes to an end when reading on and on gives no sound."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.fruitless = 0

    def read(self, size: int) -> bytes:
        self.fruitless += size
        return self._file.read(size) if self.fruitless < FRUITLESS_BYTES else b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _opened(path: Path) -> IO[bytes]:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise AudioError("This is a folder, not a file.")
        if not stat.S_ISREG(about.st_mode):
            raise AudioError("This is a device or a pipe, not a file.")
        if not about.st_size:
            raise AudioError("The file is empty: copy it again.")
        return path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise AudioError("The file is not there any more.") from error
    except PermissionError as error:
        raise AudioError("The file may not be read: change its permissions.") from error
    except (OSError, ValueError) as error:
        raise AudioError(f"The file cannot be read: {_why(error)}.") from error


def _container(source: _Source) -> InputContainer:
    try:
        return av.open(
            source,
            "r",
            options={"protocol_whitelist": "none", "max_streams": "100"},
            metadata_errors="ignore",
            buffer_size=1 << 16,
        )
    except _ERRORS as error:
        raise AudioError(f"This is no audio file, or a damaged one ({_why(error)}).") from error


def _stream(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise AudioError("There is no sound in this file.")
    stream = container.streams.audio[0]
    try:
        if stream.codec_context.codec_tag in PROTECTED:
            raise AudioError("The music is protected: only the shop's own player can play it.")
        stream.codec_context.thread_count = 1
        stream.codec_context.thread_type = "NONE"
        stream.codec_context.open(strict=False)
    except (*_ERRORS, AttributeError) as error:
        raise AudioError("The sound is of a kind that is not known.") from error
    return stream


def _seconds(container: InputContainer, stream: AudioStream) -> float | None:
    seconds = math.inf
    if stream.duration is not None:
        seconds = _time(stream.duration, stream)
    elif container.duration is not None:
        seconds = container.duration / av.time_base
    return seconds if 0 < seconds <= UNBELIEVABLE_S else None


def _says_length(format_name: str, file: IO[bytes]) -> bool:
    """Whether the length is written in the file: in an MP3 file's first frame, if anywhere."""
    if format_name != "mp3":
        return format_name not in ESTIMATED
    at = file.tell()
    file.seek(0)
    head = file.read(10)
    if head[:3] == b"ID3":
        size = sum(
            (byte & 127) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=False)
        )
        file.seek(10 + size)
    first_frame = head + file.read(4_096)
    file.seek(at)
    return any(name in first_frame for name in (b"Xing", b"Info", b"VBRI"))


def _time(ticks: int, stream: AudioStream) -> float:
    return float(ticks * stream.time_base) if stream.time_base else 0.0


def _chain(head: AudioFrame, frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    yield head
    yield from frames


def _joined(fifo: AudioFifo, kind: tuple[str, int, int]) -> Iterator[tuple[int, FloatArray]]:
    """What has gathered, as one stretch at its own rate: the mean of the channels."""
    frame = fifo.read()
    if frame is None:
        return
    dtype = np.dtype(_DTYPES[frame.format.name.rstrip("p")])
    planes = frame.planes[: kind[2]] if frame.format.is_planar else frame.planes[:1]
    values = [np.frombuffer(plane, dtype) for plane in planes]  # type: ignore[call-overload]
    if not frame.format.is_planar:
        values = list(values[0][: frame.samples * kind[2]].reshape(-1, kind[2]).T)
    mono = values[0][: frame.samples].astype(np.float32)
    for channel in values[1:]:
        mono += channel[: frame.samples]
    scale = 1 / kind[2]
    if dtype.kind == "u":
        mono -= 128 * kind[2]
        scale /= 128
    elif dtype.kind == "i":
        scale /= 2.0 ** (8 * dtype.itemsize - 1)
    mono *= np.float32(scale)
    if dtype.kind == "f":
        if not math.isfinite(float(mono @ mono)):
            mono[~np.isfinite(mono)] = 0
        np.clip(mono, -LOUDEST, LOUDEST, out=mono)
    yield kind[1], mono


def _resampled(stretches: Iterator[tuple[int, FloatArray]]) -> Iterator[FloatArray]:
    resampler, of = None, 0
    for rate, mono in stretches:
        if resampler is None or rate != of:
            if resampler is not None:
                yield from _arrays(resampler.resample(None))
            resampler, of = av.AudioResampler("fltp", "mono", RATE), rate
        frame = AudioFrame.from_ndarray(mono[None], "fltp", "mono")
        frame.sample_rate = rate
        yield from _arrays(resampler.resample(frame))
    if resampler is not None:
        yield from _arrays(resampler.resample(None))


def _arrays(frames: list[AudioFrame]) -> Iterator[FloatArray]:
    for frame in frames:
        if frame is not None and frame.samples:
            yield frame.to_ndarray()[0]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
