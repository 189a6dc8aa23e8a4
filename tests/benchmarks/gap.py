"""`python -m tests.benchmarks.gap`: the gap between two tracks, heard at a PulseAudio null sink."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from app.player.engine import Media
from app.player.vlc_engine import VlcEngine
from tests.app.player.listener import Inbox, Listener
from tests.app.player.null_sink import NullSink, missing_tools, silence_ms, sounding
from tests.benchmarks.table import NotMeasuredError, as_row, as_table
from tests.making import make_audio

BUDGETS_MS: dict[str, float | None] = {
    "flac": 25.0,
    "mp3": 60.0,
    "ogg": 60.0,
    "opus": None,
    "m4a": None,
}
RUNS = 5
SECONDS = 1.5


def rows() -> list[dict[str, object]]:
    """One row of silence and one of sound lost for each format; the worst of several runs."""
    missing = missing_tools()
    if missing:
        raise NotMeasuredError(f"not installed: {', '.join(missing)}")
    sink = NullSink()
    os.environ["PULSE_SERVER"] = sink.server
    try:
        with tempfile.TemporaryDirectory(prefix="segue-gap-") as folder:
            return [row for format in BUDGETS_MS for row in _measure(format, sink, Path(folder))]
    finally:
        sink.stop()


def _measure(format: str, sink: NullSink, folder: Path) -> list[dict[str, object]]:
    first = make_audio(folder / f"a.{format}", seconds=SECONDS, hertz=441)
    second = make_audio(folder / f"b.{format}", seconds=SECONDS, hertz=882)
    inbox = Inbox()
    player = Listener(VlcEngine(inbox.post), inbox)
    silences: list[float] = []
    losses: list[float] = []
    try:
        for token in range(0, 2 * RUNS, 2):
            with sink.record() as recording:
                player.engine.play(Media(token, str(first)))
                player.engine.prepare(Media(token + 1, str(second)))
                player.wait_for("finished", token + 1)
            heard = sounding(recording.samples)
            silences.append(silence_ms(heard))
            losses.append(2_000 * SECONDS + silences[-1] - len(heard) / 44.1)
    finally:
        player.engine.close()
    budget = BUDGETS_MS[format]
    how = f"two {SECONDS:g} s tones at a null sink, worst of {RUNS} runs, median "
    return [
        {
            "name": f"gap between two tracks, {format}",
            "value": round(max(silences), 1),
            "unit": "ms",
            "budget": budget,
            "holds": None if budget is None else max(silences) <= budget,
            "how": f"{how}{median(silences):.1f} ms of silence",
        },
        {
            "name": f"sound lost around the gap, {format}",
            "value": round(max(losses), 1),
            "unit": "ms",
            "budget": None,
            "holds": None,
            "how": f"{how}{median(losses):.1f} ms; below zero is overlap or padding",
        },
    ]


if __name__ == "__main__":
    sys.stdout.write(as_table([as_row(row) for row in rows()]) + "\n")
