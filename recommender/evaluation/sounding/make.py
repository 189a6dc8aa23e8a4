"""Simulated songs made, listened to as any file is, and kept."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from recommender.audio.sound import RATE, Sound
from recommender.audio.store import SoundStore
from recommender.data.arrays import FloatArray
from recommender.evaluation.sounding.world import SoundWorld

AT_ONCE = 40


def keep_sounds(path: Path, world: SoundWorld, jobs: int = 1) -> None:
    """Listen to those songs of the world that are not in the `SoundStore` at `path` yet.

    Raises OSError.
    """
    contents = world.contents()
    with SoundStore(path) as store:
        wanted = set(store.missing(contents))
        numbers = [number for number, content in enumerate(contents) if content in wanted]
        for number, sound in zip(numbers, _heard(world, numbers, jobs), strict=True):
            store.put(contents[number], sound)


def _heard(world: SoundWorld, numbers: Sequence[int], jobs: int) -> Iterator[Sound]:
    parts = [numbers[first : first + AT_ONCE] for first in range(0, len(numbers), AT_ONCE)]
    if jobs < 2 or len(parts) < 2:
        for part in parts:
            yield from hear_songs(part, world)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for sounds in pool.map(partial(hear_songs, world=world), parts):
            yield from sounds


def hear_songs(numbers: Sequence[int], world: SoundWorld) -> list[Sound]:
    """What these songs sound like, by way of a file each."""
    from threadpoolctl import threadpool_limits

    from recommender.audio.extract import hear

    with TemporaryDirectory(prefix="segue-sounds-") as folder, threadpool_limits(1):
        file = Path(folder) / "song.wav"
        sounds = []
        for number in numbers:
            write_wav(file, world.sound(number))
            sounds.append(hear(file, whole=True))
    return sounds


def write_wav(file: Path, samples: FloatArray) -> None:
    """One channel of samples from -1 to 1 at RATE, (samples,), as a file of 16 bits."""
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
