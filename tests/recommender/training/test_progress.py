from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

from recommender.models.base import FitContext
from recommender.training.curves import write_plot, write_record
from recommender.training.hooks import History
from recommender.training.loop import train
from recommender.training.progress import ProgressBar, ProgressLines, clock, progress_on
from recommender.training.run import Epoch
from tests.recommender.training.rings import SETTINGS, ring, small_net


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, epochs: int = 2) -> str:
    context = FitContext([progress_on(stream)])
    train(small_net(), ring(), ring(seed=1), replace(SETTINGS, epochs=epochs), context)
    return stream.getvalue()


def test_a_terminal_has_a_bar_with_loss_speed_and_time_left(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    assert isinstance(progress_on(Terminal()), ProgressBar)
    text = shown(Terminal())
    assert "epoch 2/2" in text
    assert "10/10" in text
    assert "songs/s" in text
    assert "0:00:00" in text
    assert "epoch 1 of 2: loss " in text


def test_elsewhere_there_is_a_plain_line_an_epoch() -> None:
    assert isinstance(progress_on(io.StringIO()), ProgressLines)
    lines = shown(io.StringIO()).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["epoch 1 of 2", "epoch 2 of 2"]
    assert all("validation" in line and "accuracy@5" in line for line in lines)
    assert lines[-1].endswith("songs/s, 0:00 left")
    assert "\x1b" not in "".join(lines)


def test_a_clock_has_hours_only_when_it_needs_them() -> None:
    assert [clock(7), clock(83), clock(3725)] == ["0:07", "1:23", "1:02:05"]


def test_the_history_is_that_of_the_training() -> None:
    history = History()
    train(small_net(), ring(), None, SETTINGS, FitContext([history]))
    losses = [epoch.train_loss for epoch in history.epochs]
    assert len(losses) == SETTINGS.epochs
    assert losses == sorted(losses, reverse=True)


def test_curves_become_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "curves.png"
    for epoch in (Epoch(3.0), Epoch(3.0, 2.0, {5: 0.1, 500: 0.5})):
        write_plot(path, "GRU", [epoch, epoch])
        assert path.read_bytes().startswith(b"\x89PNG")
    assert [each.name for each in tmp_path.iterdir()] == ["curves.png"]


def test_a_record_is_plain_json(tmp_path: Path) -> None:
    path = tmp_path / "training.json"
    write_record(path, {"model": "gru", "loss": float("nan")}, [Epoch(3.0, accuracy={5: 0.1})])
    content = json.loads(path.read_text(), parse_constant=lambda name: 1 / 0)
    assert content["loss"] is None
    assert content["curve"][0]["train_loss"] == 3
    assert content["curve"][0]["accuracy"] == {"5": 0.1}
