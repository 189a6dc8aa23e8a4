"""Agents in folders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from recommender.agents.ddpg import DDPG
from recommender.agents.dqn import DQN, DQNSettings
from recommender.agents.practice import agent_vectors
from recommender.agents.saved import load_agent, save_agent
from recommender.agents.wolpertinger import Wolpertinger, songs_of
from recommender.agents.wolpertinger_learner import song_settings
from recommender.api import CheckpointError
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions
from tests.recommender.agents.tastes import Tastes

CROWD = Tastes(2, 60)
SEEN = agent_vectors(CROWD)
KNOWN = np.argsort(-CROWD.plays).astype(np.int64)[:9]


def made(kind: str) -> Wolpertinger | DQN:
    if kind == "dqn":
        return DQN(DQNSettings(hidden=(8,), seed=3), SEEN, CROWD.plays)
    songs = songs_of(SEEN)
    return Wolpertinger(DDPG(song_settings(songs, hidden=(8,), seed=3)), songs, 7, KNOWN)


@pytest.fixture(params=["ddpg", "dqn"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    save_agent(tmp_path / "agent", made(request.param), {"steps": 5})
    return tmp_path / "agent"


@pytest.mark.parametrize("kind", ["ddpg", "dqn"])
def test_an_agent_read_again_chooses_the_same_songs(kind: str, tmp_path: Path) -> None:
    agent, rng = made(kind), np.random.default_rng(0)
    save_agent(tmp_path, agent)
    again = load_agent(tmp_path, SEEN)
    assert again.name == agent.name
    seen = Sessions.none_yet(20)
    seen.songs[:, -2:], seen.heard[:, -2:] = rng.integers(0, 60, (20, 2)), Heard.FINISHED
    assert np.array_equal(again.choose(seen, 3, rng), agent.choose(seen, 3, rng))


def test_what_was_told_is_kept_for_people(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["told"] == {"steps": 5}
    assert config["songs"] == 60


def test_an_agent_of_another_catalogue_is_refused_in_words(folder: Path) -> None:
    for other, what in (
        (SEEN[:59], "another catalogue: it has 60 songs, here are 59"),
        (SEEN[:, 1:], f"a song is {SEEN.shape[1]} numbers there and {SEEN.shape[1] - 1} here"),
        (SEEN[::-1], "60 of its 60 songs lie elsewhere"),
        (np.where(np.arange(60)[:, None] == 3, -SEEN, SEEN), "1 of its 60 songs lie elsewhere"),
    ):
        with pytest.raises(CheckpointError, match=what):
            load_agent(folder, other)
    load_agent(folder, SEEN + np.float32(1e-6))


def test_an_empty_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no complete agent .* train-agent"):
        load_agent(tmp_path)


def test_a_folder_without_weights_is_refused_in_words(folder: Path) -> None:
    (folder / "weights.safetensors").unlink()
    with pytest.raises(CheckpointError, match="no complete agent"):
        load_agent(folder)


@pytest.mark.parametrize(
    "change",
    [{"kind": "vectors"}, {"agent": "gru"}, {"settings": {"hidden": [9]}}, {"agent_version": "x"},
     {"settings": {"hidden": [8], "nonsense": 1}}, {"settings": None}],
)  # fmt: skip
def test_foreign_and_damaged_folders_are_refused_in_words(folder: Path, change: dict) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, **change}), encoding="utf-8")
    with pytest.raises(CheckpointError, match="train it again"):
        load_agent(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["config.json", "weights.safetensors"])
def test_files_of_nonsense_are_refused_in_words(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(CheckpointError, match="train it again"):
        load_agent(folder)


def test_an_agent_of_a_newer_version_asks_for_an_update(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    newer = json.dumps({**config, "agent_version": 99})
    (folder / "config.json").write_text(newer, encoding="utf-8")
    with pytest.raises(CheckpointError, match="newer version of Segue"):
        load_agent(folder)
