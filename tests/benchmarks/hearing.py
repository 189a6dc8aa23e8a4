"""Listening to files: its speed beside that of decoding alone, its memory, and a whole library."""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

import av  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402

from recommender.audio.decode import AudioFile  # noqa: E402
from recommender.audio.extract import hear, hear_all  # noqa: E402
from recommender.audio.sound import AudioError  # noqa: E402
from tests.benchmarks.table import Row, at_least, at_most  # noqa: E402
from tests.recommender.audio.files import RATE, tune, write_wav  # noqa: E402

TRACKS, TRACK_S = 5, 240
HEARD = 100
LIBRARY = 10_000
CORES = 2
BIT_RATE = 256_000
MIX_H = 3
UNIT = "x real time"

_MEMORY = """
import sys
from pathlib import Path
import psutil, torch
torch.set_num_threads(1)
from recommender.audio.extract import hear
sound = hear(Path(sys.argv[1]), whole=True)
status = Path("/proc/self/status")  # ru_maxrss would begin with the memory of the parent
if status.exists():
    peak = 1_024 * int(status.read_text().split("VmHWM:")[1].split()[0])
else:
    peak = psutil.Process().memory_info().rss
print(sound.heard_s, peak / 1e6)
"""


def rows() -> list[Row]:
    """Speeds on one core, the memory of a mix, and the time of a library by both ways."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="segue-hearing-") as folder:
        tracks = [_track(Path(folder) / f"{seed}.mp3", seed) for seed in range(TRACKS)]
        mix = _repeated(tracks[0], Path(folder) / "mix.mp3", MIX_H * 3_600 // TRACK_S)
        return [*_speed(tracks), *_memory(mix), *_library(tracks)]


def _speed(tracks: list[Path]) -> list[Row]:
    bare, mono, all_ = [], [], []
    hear(tracks[0])
    for track in tracks[:4]:  # in turns, so that other work on the machine colours all the same
        bare.append(TRACK_S / _cpu_s(lambda track=track: _decoded(track)))  # type: ignore[misc]
        mono.append(TRACK_S / _cpu_s(lambda track=track: _blocks(track)))  # type: ignore[misc]
        all_.append(TRACK_S / _cpu_s(lambda track=track: hear(track, whole=True)))  # type: ignore[misc]
    how = (
        f"{BIT_RATE // 1_000} kbit/s stereo of {TRACK_S // 60} min, CPU time of one thread, median"
    )
    return [
        at_least("hearing MP3, decoding included", float(np.median(all_)), UNIT, 200, how),
        Row("decoding MP3 to mono at 22 kHz", float(np.median(mono)), UNIT, None, None, how),
        Row("decoding MP3 and nothing else", float(np.median(bare)), UNIT, None, None, how),
    ]  # fmt: skip


def _memory(mix: Path) -> list[Row]:
    command = [sys.executable, "-c", _MEMORY, str(mix)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    heard_s, peak_mb = map(float, done.stdout.split())
    how = f"peak RSS of the process, torch included; {heard_s / 3_600:.1f} h heard"
    return [at_most(f"memory while a mix of {MIX_H} h is heard whole", peak_mb, "MB", 400, how)]


def _library(tracks: list[Path]) -> list[Row]:
    measured = []
    for name, whole, budget_h in (("whole", True, 2.5), ("by excerpts", False, 40 / 60)):
        paths = [tracks[number % TRACKS] for number in range(HEARD)]
        times = []
        for path, answer in hear_all(paths, whole=whole, jobs=CORES):
            times.append(time.perf_counter())
            if isinstance(answer, AudioError):
                raise RuntimeError(f"{path} was not heard: {answer}")
        hours = (times[-1] - times[0]) / (HEARD - 1) * LIBRARY / 3_600
        how = (
            f"{HEARD} tracks of {TRACK_S // 60} min in {CORES} processes, extrapolated; clock time"
        )
        measured.append(
            at_most(f"{LIBRARY:,} tracks heard {name}, extrapolated", hours, "h", budget_h, how)
        )
    return measured


def _track(file: Path, seed: int) -> Path:
    left, right = tune(TRACK_S / 4, seed), tune(TRACK_S / 4, seed + 100)
    both = np.stack([left + right / 3, right + left / 3])
    part = file.with_name(f"part of {file.name}")
    write_wav(part, both, RATE, "libmp3lame", bit_rate=BIT_RATE)
    return _repeated(part, file, 4)


def _repeated(track: Path, file: Path, times: int) -> Path:
    """The same music over and over in one file, without encoding it again."""
    with av.open(str(track)) as source, av.open(str(file), "w") as made:
        stream = made.add_stream_from_template(source.streams.audio[0])
        packets = [(bytes(packet), packet.duration, packet.time_base)
                   for packet in source.demux(audio=0) if packet.size]  # fmt: skip
        at = 0
        for data, duration, time_base in packets * times:
            packet = av.Packet(data)
            packet.pts = packet.dts = at
            packet.duration, packet.time_base, packet.stream = duration or 0, time_base, stream
            made.mux(packet)
            at += duration or 0
    return file


def _decoded(path: Path) -> None:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        stream.thread_type = "NONE"
        for packet in container.demux(stream):
            packet.decode()


def _blocks(path: Path) -> None:
    with AudioFile(path) as audio:
        for _ in audio.blocks():
            pass


def _cpu_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
