"""A PulseAudio server with one sink that nobody hears, and a recorder of what went there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType

import numpy as np

RATE_HZ = 44_100
TOOLS = ("pulseaudio", "parec")
START_TIMEOUT_S = 10.0


def missing_tools() -> list[str]:
    """The programs that are needed and not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class NullSink:
    """A sound server of its own; `server` is what PULSE_SERVER must be to use it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="segue-pulse-")
        socket = Path(self._folder.name) / "pulse.sock"
        self.server = f"unix:{socket}"
        environment = {
            **os.environ,
            "HOME": self._folder.name,
            "XDG_RUNTIME_DIR": self._folder.name,
        }
        environment.pop("PULSE_SERVER", None)
        self._process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
                *("--use-pid-file=no", "--log-level=error"),
                *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
                "-L",
                f"module-null-sink sink_name=nr norewinds=1 rate={RATE_HZ} channels=2 format=s16le",
            ],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        waiter = threading.Event()
        while not socket.exists():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.stop()
                raise RuntimeError("pulseaudio did not start")
            waiter.wait(0.02)

    def record(self) -> Recording:
        """Record all that is played until the block ends."""
        return Recording(self.server)

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()


class Recording:
    """What the sink got, as floats from -1 to 1 of one channel, once the block has ended."""

    def __init__(self, server: str) -> None:
        self.samples: np.ndarray = np.zeros(0)
        self._blocks: list[bytes] = []
        self._server = server

    def __enter__(self) -> Recording:
        self._process = subprocess.Popen(
            [
                *("parec", "-d", "nr.monitor", "--latency-msec=100", "--raw"),
                *(f"--rate={RATE_HZ}", "--channels=2", "--format=s16le"),
            ],
            env={**os.environ, "PULSE_SERVER": self._server},
            stdout=subprocess.PIPE,
        )
        self._blocks.append(self._process.stdout.read(4_096))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def _read(self) -> None:
        while block := self._process.stdout.read(4_096):
            self._blocks.append(block)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        threading.Event().wait(0.3)
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()
        content = b"".join(self._blocks)
        content = content[: len(content) // 4 * 4]
        self.samples = np.frombuffer(content, "<i2").reshape(-1, 2)[:, 0] / 32_768


def sounding(samples: np.ndarray, threshold: float = 0.01) -> np.ndarray:
    """The part from the first to the last sample that can be heard."""
    loud = np.flatnonzero(np.abs(samples) > threshold)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


def silence_ms(samples: np.ndarray, share: float = 0.1) -> float:
    """Milliseconds within which the sound stays below a share of its loudest."""
    window = RATE_HZ // 1_000
    count = len(samples) // window
    peaks = np.abs(samples[: count * window]).reshape(count, window).max(axis=1)
    return float((peaks < share * np.abs(samples).max()).sum() * window * 1_000 / RATE_HZ)


def hertz_at(samples: np.ndarray, at_s: float, length_s: float = 0.1) -> float:
    """The strongest frequency of a moment."""
    part = samples[int(at_s * RATE_HZ) : int((at_s + length_s) * RATE_HZ)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return float(spectrum.argmax() * RATE_HZ / len(part))
