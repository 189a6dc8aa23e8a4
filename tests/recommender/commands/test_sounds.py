"""`simulate --sounds`, `replay --sounds` and `sound-trial`, through a real process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.audio.store import SoundStore
from recommender.commands.sound_trial import table


def recommender(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recommender", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_simulated_history_can_be_replayed_with_its_sounds(tmp_path: Path) -> None:
    plays, sounds = tmp_path / "plays.csv", tmp_path / "sounds.db"
    made = recommender(
        "simulate", "--users", "1", "--plays", "80", "--songs", "60", "--seed", "2",
        "--out", plays, "--sounds", sounds,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "the sounds of 60 songs" in made.stdout
    with SoundStore(sounds) as store:
        assert store.heard() == 60
    heard = {tuple(line.split(",")[2:4]) for line in plays.read_text().splitlines()[1:]}
    assert len(heard) < 60
    done = recommender("replay", plays, "--sounds", sounds, "--train-after", "0", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["users"][0]["songs"] == 60


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("simulate", "--songs", "5", "--sounds", "s.db", "--out", "p.csv"), "give 20 or more"),
        (("replay", "p.csv", "--sounds", "none.db"), "There is no file"),
        (("replay", "p.csv", "--learn-sound"), "--sounds"),
        (("replay", "p.csv", "--format", "mssd", "--sounds", "s.db"), "plays-csv"),
        (("sound-trial", "--songs", "10"), "60"),
        (("sound-trial", "--models", "ridge,magic"), "There is no 'magic'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    done = recommender(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_trial_prints_its_figures(tmp_path: Path) -> None:
    done = recommender(
        "sound-trial", "--seeds", "1", "--songs", "60", "--listeners", "40", "--models",
        "mean,ridge", "--sounds", tmp_path, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert list(report["seeds"]) == ["1"]
    assert 0 < report["mean"]["ridge"]["cosine"]["mean"] < 1
    lines = table(report).splitlines()
    assert "recall@10" in lines[0]
    assert lines[2].startswith("ridge")
    assert f"{report['mean']['ridge']['recall']['mean']:.3f} ± 0.000" in lines[2]
