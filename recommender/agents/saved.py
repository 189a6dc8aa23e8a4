"""Trained agents as folders: `weights.safetensors` and `config.json`; never pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from recommender.agents.ddpg import DDPG, DDPGSettings
from recommender.agents.dqn import DQN, DQNSettings
from recommender.agents.errors import AgentError
from recommender.agents.policy import Policy
from recommender.agents.wolpertinger import Wolpertinger, songs_of
from recommender.api import CheckpointError
from recommender.data.arrays import FloatArray
from recommender.vectors import files

FORMAT_VERSION = 1
KIND = "song agent"
VECTORS, PLAYS, KNOWN = "songs.vectors", "songs.plays", "songs.known"
ALIKE = 1e-3
"""How far a number of a song's vector may be from what it was."""


def save_agent(folder: Path, agent: Wolpertinger | DQN, told: dict[str, Any] | None = None) -> None:
    """Write an agent with what it sees of its songs; `told` is kept in `config.json` for people.

    Raises OSError, and AgentError for a policy that is not DDPG's.
    """
    settings: DQNSettings | DDPGSettings
    arrays: dict[str, NDArray[Any]]
    if isinstance(agent, DQN):
        settings, arrays = agent.settings, {**agent.arrays(), PLAYS: agent.plays}
        vectors = agent.vectors
    elif isinstance(agent.agent, DDPG):
        arrays, vectors = dict(agent.agent.arrays()), agent.matrix.astype(np.float32)
        arrays[KNOWN], settings = agent.known, agent.agent.settings
    else:
        raise AgentError("Only an agent of DDPG or DQN can be saved.")
    config = {
        "agent": agent.name, "agent_version": FORMAT_VERSION, "songs": len(vectors),
        "told": told or {}, "settings": asdict(settings),
        "near": agent.near if isinstance(agent, Wolpertinger) else 0,
    }  # fmt: skip
    files.write(folder, KIND, {**arrays, VECTORS: vectors}, config)


def load_agent(folder: Path, vectors: FloatArray | None = None) -> Policy:
    """Read what `save_agent` wrote, to choose and no longer to learn.

    `vectors` (songs, dim) are what it is going to see of the songs, where these are at hand.
    Raises CheckpointError in words, for an agent of another catalogue too.
    """
    config = _config(folder)
    try:
        arrays = load_file(folder / files.WEIGHTS)
        seen = arrays.pop(VECTORS)
        _same_catalogue(folder, seen, vectors)
        settings = {**config["settings"], "hidden": tuple(config["settings"]["hidden"])}
        if config["agent"] == DQN.name:
            agent = DQN(DQNSettings(**settings), seen, arrays.pop(PLAYS))
            agent.restore(arrays)
            return agent
        if config["agent"] == Wolpertinger.name:
            known = arrays.pop(KNOWN, None)
            ddpg = DDPG.from_arrays(arrays, DDPGSettings(**settings))
            return Wolpertinger(ddpg, songs_of(seen), int(config["near"]), known)
        raise ValueError(f"there are no agents of the kind {config['agent']!r}")
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except (OSError, ValueError, KeyError, TypeError, AgentError, SafetensorError) as error:
        raise _damaged(folder, error) from error


def _same_catalogue(folder: Path, seen: FloatArray, here: FloatArray | None) -> None:
    """Vectors that were made anew may differ by a rounding, those of other songs differ by more."""
    if here is None:
        return
    if len(seen) != len(here):
        other = f"it has {len(seen)} songs, here are {len(here)}"
    elif seen.shape != here.shape:
        other = f"a song is {seen.shape[1]} numbers there and {here.shape[1]} here"
    elif not np.allclose(seen, here, atol=ALIKE):
        away = np.abs(seen - here).max(axis=1) > ALIKE
        other = f"{away.sum()} of its {len(seen)} songs lie elsewhere or were played more or less"
    else:
        return
    raise CheckpointError(
        f"The agent in {folder} was trained on another catalogue: {other}, so its songs are not "
        "these. Train an agent on this one."
    )


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / files.CONFIG).read_text(encoding="utf-8"))
        if config["kind"] != KIND:
            raise ValueError(f"it holds something of the kind {config['kind']!r}")
        version = int(config["agent_version"])
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, error) from error
    if version > FORMAT_VERSION:
        raise CheckpointError(
            f"The agent in {folder} was written by a newer version of Segue (format {version}, "
            f"this one reads up to {FORMAT_VERSION}). Update Segue, or train the agent again."
        )
    return dict(config)


def _missing(folder: Path) -> CheckpointError:
    return CheckpointError(
        f"There is no complete agent in {folder}; train one into it with train-agent first."
    )


def _damaged(folder: Path, why: object) -> CheckpointError:
    return CheckpointError(f"There is no agent to be read in {folder} ({why}); train it again.")
