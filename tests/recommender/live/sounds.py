"""Stores of sounds whose likeness is known, for tests of what is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recommender.audio.sound import MELS, WINDOW, Piece, Sound
from recommender.audio.store import SoundStore
from recommender.live.sound_part import Sounds

KINDS = 4


def kept_sounds(path: Path, song_ids: list[int], seed: int = 0) -> Sounds:
    """Songs of four kinds by turns, heard: each kind is loud in its own part of the spectrum."""
    rng = np.random.default_rng(seed)
    with SoundStore(path) as store:
        for song_id in song_ids:
            kind = song_id % KINDS
            mel = rng.integers(60, 80, (2 * WINDOW, MELS)).astype(np.uint8)
            mel[:, 16 * kind : 16 * kind + 16] += 80
            hand = np.concatenate([mel.mean(0), mel.std(0)]).astype(np.float32)
            store.put(f"sound {song_id}", Sound(60.0, 6.0, hand, (Piece(12.0, mel),)))
    return Sounds(path, {song_id: f"sound {song_id}" for song_id in song_ids})
