"""The parts of a training on disk: arrays as safetensors, words as JSON, never pickle."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from recommender.api import CheckpointError
from recommender.audio.hearing import Hearing
from recommender.experts.trained import Trained
from recommender.live import agent_part
from recommender.live.agent_part import TaughtAgent
from recommender.live.checkpoint import in_words
from recommender.live.sound_part import SOUND
from recommender.models.base import SequenceModel
from recommender.models.checkpoint import CONFIG, load_model, read_model
from recommender.models.factors import Factors
from recommender.models.gru_steps import GRUSteps
from recommender.skips.staying_steps import StayingSteps
from recommender.vectors.text import TextVectors

log = logging.getLogger(__name__)

FACTORS, TEXT, SEQUENCE, STACKER = "factors", "text", "sequence", "stacker.safetensors"
STAYING = "staying.safetensors"


def write_trained(folder: Path, trained: Trained) -> None:
    """Write the parts that there are into a version's folder; raises OSError."""
    if trained.factors is not None:
        trained.factors.save(folder / FACTORS)
    if trained.text is not None:
        trained.text.save(folder / TEXT)
    if trained.sequence is not None:
        trained.sequence.save(folder / SEQUENCE)
    if trained.stacker is not None:
        arrays = {name: np.ascontiguousarray(each) for name, each in trained.stacker.items()}
        save_file(arrays, folder / STACKER)
    if trained.staying is not None:
        save_file(trained.staying.arrays(), folder / STAYING)
    if trained.agent is not None:
        trained.agent.save(folder)
    if trained.sound is not None:
        trained.sound.save(folder / SOUND)


def read_trained(folder: Path) -> Trained:
    """The parts in a version's folder, named by its number; raises CheckpointError in words.

    A net other than a plain GRU imports torch, which takes seconds.
    """
    with in_words(folder):
        if not folder.is_dir():
            raise FileNotFoundError(folder)
        factors = Factors.load(folder / FACTORS) if (folder / FACTORS).is_dir() else None
        text = TextVectors.load(folder / TEXT) if (folder / TEXT).is_dir() else None
        sequence = _net(folder / SEQUENCE) if (folder / SEQUENCE).is_dir() else None
        stacker = load_file(folder / STACKER) if (folder / STACKER).is_file() else None
        there = (folder / STAYING).is_file()
        staying = StayingSteps(load_file(folder / STAYING)) if there else None
    agent = _agent(folder) if (folder / agent_part.FILE).is_file() else None
    sound = _sound(folder / SOUND) if (folder / SOUND).is_dir() else None
    return Trained(folder.name, factors, text, sequence, stacker, sound, staying, agent)


def _agent(folder: Path) -> TaughtAgent | None:
    """None for one that cannot be read: the rest is worth having without it."""
    try:
        with in_words(folder):
            return TaughtAgent.load(folder)
    except CheckpointError as problem:
        log.warning("%s The usual order has the last word until the next training.", problem)
        return None


def _sound(folder: Path) -> Hearing | None:
    """None for what cannot be read, or was made of sounds heard by an earlier method: the rest is
    worth having without it."""
    try:
        return Hearing.load(folder)
    except CheckpointError as problem:
        log.warning("%s Songs are compared by hand-made features until the next training.", problem)
        return None


def _net(folder: Path) -> SequenceModel[Any]:
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return read_model(folder, GRUSteps) if GRUSteps.can_read(config) else load_model(folder)
