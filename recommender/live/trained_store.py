"""The parts of a training on disk: arrays as safetensors, words as JSON, never pickle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from recommender.experts.trained import Trained
from recommender.live.checkpoint import in_words
from recommender.models.checkpoint import load_model
from recommender.models.factors import Factors
from recommender.vectors.text import TextVectors

FACTORS, TEXT, SEQUENCE, STACKER = "factors", "text", "sequence", "stacker.safetensors"


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


def read_trained(folder: Path) -> Trained:
    """The parts in a version's folder, named by its number; raises CheckpointError in words.

    A net imports torch, which takes seconds: read it where nobody waits.
    """
    with in_words(folder):
        if not folder.is_dir():
            raise FileNotFoundError(folder)
        factors = Factors.load(folder / FACTORS) if (folder / FACTORS).is_dir() else None
        text = TextVectors.load(folder / TEXT) if (folder / TEXT).is_dir() else None
        sequence = load_model(folder / SEQUENCE) if (folder / SEQUENCE).is_dir() else None
        stacker = load_file(folder / STACKER) if (folder / STACKER).is_file() else None
    return Trained(folder.name, factors, text, sequence, stacker)
