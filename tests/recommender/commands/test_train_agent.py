"""`train-agent` from listeners to an agent in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.agents.saved import load_agent
from tests.recommender.commands.conftest import Command


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of listeners, so that a test takes seconds."""
    for name in ("PRACTISING", "LOOKED_AT", "JUDGING"):
        monkeypatch.setattr(f"recommender.commands.train_agent.{name}", 4)


@pytest.mark.parametrize("kind", ["ddpg", "dqn"])
def test_an_agent_is_kept_and_shown_beside_the_anchors(
    command: Command, tmp_path: Path, kind: str
) -> None:
    words = ("--listeners", "written", "--kind", kind, "--songs", "200", "--steps", "8")
    done = command("train-agent", *words, "--slate", "2", tmp_path / "agent")
    assert done.code == 0, done.err
    for who in (kind, "random", "popularity", "nearest"):
        assert f"| {who} | " in done.out
    assert "over 16 sessions of listeners it has not met, slates of 2" in done.out
    assert "step 8 of 8" in done.err
    assert load_agent(tmp_path / "agent").name == kind


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--listeners", "fitted"), "give --data FILE"),
        (("--listeners", "fitted", "--data", "nowhere.csv"), "nowhere.csv"),
        (("--listeners", "written", "--songs", "5"), "too small"),
        (("--listeners", "written", "--songs", "60", "--slate", "61"), "slate of 61"),
        (("--listeners", "written", "--seed", "-1"), "--seed is -1"),
        (("--listeners", "nobody"), "invalid choice"),
    ],
)
def test_what_can_be_mended_is_said_in_a_sentence(
    command: Command, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = command("train-agent", *words, tmp_path / "agent")
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "agent").exists()
