"""`python -m recommender judge`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.agents.ddpg import DDPG
from recommender.agents.practice import agent_vectors
from recommender.agents.saved import save_agent
from recommender.agents.wolpertinger import Wolpertinger, songs_of
from recommender.agents.wolpertinger_learner import song_settings
from recommender.commands import judge
from recommender.evaluation.judging import recorded_trial
from recommender.simulation.written import WrittenCrowd
from recommender.skips.base import Persistence
from tests.recommender.commands.conftest import Command
from tests.recommender.simulation.made_logs import made_sessions, write_mssd
from tests.recommender.skips.logs import as_csv, made_rows

HOUR_MS = 3_600_000
SMALL = ("--songs", "120", "--sessions", "24")


@pytest.fixture(autouse=True)
def short_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the songs comes from few sessions, to be quick."""
    monkeypatch.setattr(judge, "WrittenCrowd", partial(WrittenCrowd, sessions=300))


def shown(path: Path, count: int) -> Path:
    rng = np.random.default_rng(0)
    chances = [0.5, 0.3, 0.2]
    lines = []
    for at in range(count):
        names = rng.permutation(6)[:3]
        rows = [{"title": f"Song {n}", "probability": p}
                for n, p in zip(names, chances, strict=True)]  # fmt: skip
        chosen = int(rng.choice(3, p=chances))
        outcome = "skipped" if names[chosen] < 3 else "finished"
        lines.append({"at_ms": at * HOUR_MS, "rows": rows, "chosen": chosen, "outcome": outcome})
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_anchors_are_judged_by_listeners_that_are_written_down(command: Command) -> None:
    done = command("judge", *SMALL, "--anchors", "random,nearest")
    assert done.code == 0, done.err
    assert "written listeners: 24 sessions each over 120 songs" in done.out
    assert "nearest less random" in done.out or "random less nearest" in done.out


def test_two_simulators_are_held_against_each_other(command: Command, tmp_path: Path) -> None:
    log = write_mssd(tmp_path / "log.csv", made_sessions(450, 1))
    done = command("judge", *SMALL, "--listeners", "written", "--listeners", "fitted", "--data",
                   log, "--anchors", "random,popularity,nearest", "--slate", "3",
                   "--json")  # fmt: skip
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert set(found["listeners"]) == {"written", "fitted"}
    assert found["agreement"]["written and fitted"]["policies"] == 3
    policy = found["listeners"]["fitted"]["policies"]["popularity"]
    assert policy["returns"]["low"] <= policy["returns"]["value"] <= policy["returns"]["high"]
    assert len(found["listeners"]["written"]["differences"]) == 3


def test_an_agent_is_judged_by_those_whose_songs_it_knows(command: Command, tmp_path: Path) -> None:
    """An untrained one does: what it is worth is another matter."""
    crowd = WrittenCrowd(2, songs=120, sessions=300)
    songs = songs_of(agent_vectors(crowd))
    for name in ("one", "other"):
        save_agent(tmp_path / name, Wolpertinger(DDPG(song_settings(songs)), songs))
    log = write_mssd(tmp_path / "log.csv", made_sessions(450, 1))
    done = command("judge", *SMALL, "--anchors", "random", "--listeners", "written", "--listeners",
                   "fitted", "--data", log, "--agents", tmp_path / "one",
                   tmp_path / "other")  # fmt: skip
    assert done.code == 0, done.err
    assert "ddpg (one)" in done.out
    assert "ddpg (other)" in done.out
    assert "Not before the fitted listeners" in done.out
    assert "trained on another catalogue" in done.out
    missing = command("judge", *SMALL, "--anchors", "none", "--agents", tmp_path / "none")
    assert missing.code == 2
    assert "no complete agent" in missing.err


def test_sessions_are_judged_with_what_each_figure_means(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_trial, "Boosting", lambda seed: Persistence())
    file = tmp_path / "a.csv"
    file.write_text(as_csv(made_rows(60)), encoding="utf-8")
    done = command("judge", "--as-the-seed", "--data", file, "--steps", "40")
    assert done.code == 0, done.err
    assert "It mostly tells sessions apart." in done.out
    assert "artists are not told" in done.out
    assert "1.6 times the diversity of what was played on sessions kept apart" in done.out
    assert done.out.count("persistence") == 3


def test_policies_are_valued_from_lists_that_were_shown(command: Command, tmp_path: Path) -> None:
    done = command("judge", "--impressions", shown(tmp_path / "a.jsonl", 600))
    assert done.code == 0, done.err
    assert "600 choices" in done.out
    assert "weights are not cut" in done.out
    found = json.loads(
        command("judge", "--impressions", tmp_path / "a.jsonl", "--clip", "9", "--json").out
    )
    own: dict[str, Any] = found["policies"]["any shown row"]
    assert own["snips"]["low"] < 0.25 < own["snips"]["high"]
    assert (own["clip"], own["cut"]) == (9, 0)
    assert len(found["calibration"]) == 10
    assert "by itself it always puts on the top row" in found["meaning"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--listeners", "fitted"), "Name one with --data FILE"),
        (("--anchors", "none"), "nobody to judge"),
        (("--anchors", "fame", *SMALL), "no anchor 'fame'"),
        (("--slate", "200", "--anchors", "random", *SMALL), "120 songs"),
        (("--as-the-seed",), "Name a log with --data FILE"),
        (("--as-the-seed", "--data", "none.csv"), "No such file"),
        (("--impressions", "none.jsonl"), "No such file"),
        (("--seed", "-1"), "give 0 or more"),
        (("--sessions", "0"), "give 1 or more"),
        (("--clip", "0"), "above 0"),
    ],
)
def test_what_cannot_be_judged_is_told_in_a_sentence(
    command: Command, words: tuple[str, ...], said: str
) -> None:
    done = command("judge", *words)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
