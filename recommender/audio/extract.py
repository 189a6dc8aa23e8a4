"""Hearing a file: which parts of it, their spectra, and what is kept of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

import numpy as np
import torch

from recommender.audio.decode import AudioFile, SeekError
from recommender.audio.hand import HandSummary
from recommender.audio.sound import (
    FRAME,
    FRAMES_PER_S,
    MELS,
    RATE,
    WINDOW,
    AudioError,
    Piece,
    Sound,
    in_steps,
)
from recommender.audio.spectra import Frames, Spectra
from recommender.data.arrays import FloatArray

EXCERPT_S = 15.0
CENTRES = (0.25, 0.5, 0.75)
"""Where in a song its excerpts lie: away from how it begins and fades out."""

FULL = 0.9
"""An excerpt with less of its length is a sign that the file is not as long as it says."""

PIECE = round(EXCERPT_S * FRAMES_PER_S)
MOST_PIECES = 24
"""So many are kept of what is heard whole."""

PATIENCE_S = 1_800.0
ENDED = "Listening to this file ended the program that listens, so it is left out."


def hear(path: Path, *, whole: bool = False, device: str = "cpu") -> Sound:
    """What a file sounds like: three excerpts of it, or all of it with `whole`.

    A file too short for excerpts, and one in which their seconds cannot be reached, is heard whole
    in any case. Raises AudioError in words for a file of which nothing can be read.
    """
    if not whole:
        with AudioFile(path) as audio:
            starts = excerpt_starts(audio.seconds)
            try:
                if starts:
                    return _by_excerpts(audio, starts, device)
            except SeekError:
                pass  # the file is opened anew, for no seek can be taken back surely
    with AudioFile(path) as audio:
        return _whole(audio, device)


def excerpt_starts(seconds: float | None) -> tuple[float, ...]:
    """Where the excerpts of a song begin, in seconds; none where it is too short for them."""
    if seconds is None or seconds < EXCERPT_S / (CENTRES[1] - CENTRES[0]):
        return ()
    return tuple(seconds * centre - EXCERPT_S / 2 for centre in CENTRES)


def _by_excerpts(audio: AudioFile, starts: tuple[float, ...], device: str) -> Sound:
    summary, spectra, pieces = HandSummary(), Spectra(device), []
    heard = 0
    for start_s in starts:
        blocks = list(audio.excerpt(start_s, EXCERPT_S))
        samples = sum(map(len, blocks))
        if samples < EXCERPT_S * RATE * FULL:
            raise SeekError("the file is shorter than it says")
        heard += samples
        mel = [_levels(frames, summary) for frames in _frames(spectra, iter(blocks))]
        pieces.append(Piece(start_s, in_steps(np.concatenate(mel))))
    seconds = audio.seconds or heard / RATE
    return Sound(
        seconds, heard / RATE, summary.result(), tuple(pieces), audio.damage(), summary.apart()
    )


def _whole(audio: AudioFile, device: str) -> Sound:
    summary, pieces = HandSummary(), Pieces()
    heard = 0

    def counted() -> Iterator[FloatArray]:
        nonlocal heard
        for block in audio.blocks():
            heard += len(block)
            yield block

    for frames in _frames(Spectra(device), counted()):
        pieces.add(_levels(frames, summary))
    if not heard:
        raise AudioError(audio.damage() or "There is no sound in this file.")
    seconds = heard / RATE
    return Sound(
        seconds, seconds, summary.result(), pieces.result(), audio.damage(seconds), summary.apart()
    )


def _frames(spectra: Spectra, blocks: Iterator[FloatArray]) -> Iterator[Frames]:
    for block in blocks:
        yield from spectra.frames(block)
    yield from spectra.rest()


def _levels(frames: Frames, summary: HandSummary) -> FloatArray:
    summary.add(frames)
    levels: FloatArray = frames.mel_db.cpu().numpy()
    return levels


class Pieces:
    """The pieces of a spectrogram that comes bit by bit, at most MOST_PIECES, spread evenly.

    Whenever there are too many every second is dropped, and from then on half as many are kept.
    """

    def __init__(self) -> None:
        self._kept: list[Piece] = []
        self._number, self._every = 0, 1
        self._begun, self._filled = np.zeros((PIECE, MELS), np.float32), 0

    def add(self, levels_db: FloatArray) -> None:
        """The next frames, (frames, MELS), in dB."""
        while len(levels_db):
            some = levels_db[: PIECE - self._filled]
            self._begun[self._filled : self._filled + len(some)] = some
            self._filled, levels_db = self._filled + len(some), levels_db[len(some) :]
            if self._filled == PIECE:
                self._keep()

    def result(self) -> tuple[Piece, ...]:
        """All that are kept, and the rest if it is long enough or all there is."""
        if self._filled >= WINDOW or (self._filled and not self._number):
            self._keep()
        return tuple(self._kept)

    def _keep(self) -> None:
        if self._number % self._every == 0:
            start_s = self._number * PIECE * FRAME / RATE
            self._kept.append(Piece(start_s, in_steps(self._begun[: self._filled])))
        if len(self._kept) > MOST_PIECES:
            self._kept, self._every = self._kept[::2], self._every * 2
        self._number, self._filled = self._number + 1, 0


def hear_all(
    paths: Iterable[Path], *, whole: bool = False, jobs: int | None = None, device: str = "cpu"
) -> Iterator[tuple[Path, Sound | AudioError]]:
    """What each file sounds like, or why it cannot be heard, as soon as it is known.

    In `jobs` processes, by default one a core, each with one thread and one file at a time: so a
    file that crashes or blocks the one that hears it is known, and the others go on. `paths` is
    read no faster than files are heard.
    """
    left, most = iter(paths), jobs or os.cpu_count() or 1
    idle: list[_Listener] = []
    busy: dict[Connection, _Listener] = {}
    done: list[tuple[Path, Sound | AudioError]] = []
    try:
        while True:
            while len(busy) < most and (path := next(left, None)) is not None:
                listener = idle.pop() if idle else _Listener(whole, device)
                listener.give(path)
                busy[listener.pipe] = listener
            yield from done
            if not busy:
                return
            done = []
            for ready in wait(list(busy), PATIENCE_S / 10):
                listener = next(each for pipe, each in busy.items() if pipe is ready)
                del busy[listener.pipe]
                done.append((listener.path, listener.answer()))
                if listener.alive:
                    idle.append(listener)
            for listener in busy.values():
                listener.end_if_stuck()
    finally:
        for listener in (*idle, *busy.values()):
            listener.close()


class _Listener:
    """A process that hears the files it is given, one after the other."""

    def __init__(self, whole: bool, device: str) -> None:
        context = get_context("spawn")  # a fork would share torch's locks
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_listen, args=(theirs, whole, device), daemon=True)
        self._process.start()
        theirs.close()
        self.path, self.alive = Path(), True
        self._began = 0.0

    def give(self, path: Path) -> None:
        self.path, self._began = path, time.monotonic()
        with suppress(OSError):  # it has ended, which `answer` will see
            self.pipe.send(path)

    def answer(self) -> Sound | AudioError:
        try:
            answer: Sound | AudioError = self.pipe.recv()
        except (EOFError, OSError):
            self.close()
            return AudioError(ENDED)
        return answer

    def end_if_stuck(self) -> None:
        if time.monotonic() - self._began > PATIENCE_S:
            self._process.kill()

    def close(self) -> None:
        self.alive = False
        self.pipe.close()
        self._process.terminate()
        self._process.join()
        self._process.close()


def _listen(pipe: Connection, whole: bool, device: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    torch.set_num_threads(1)
    with suppress(EOFError):
        while True:
            path = pipe.recv()
            try:
                pipe.send(hear(path, whole=whole, device=device))
            except AudioError as error:
                pipe.send(error)
