"""Logs whose truth is known: what each song does to a skip, what a skip does to the next, when
sessions end."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recommender.simulation.crowd import Heard, LoggedSession

SONGS, LONGEST = 120, 15
HAZARD = 0.08
EFFECT, AFTER_SKIP = 0.9, 1.2


def chance_of_skip(song: int, after_skip: bool, effect: float = EFFECT) -> float:
    """Even songs are skipped less, odd ones more; everybody skips more after a skip."""
    odds = (effect if song % 2 else -effect) + (AFTER_SKIP if after_skip else 0) - 0.4
    return float(1 / (1 + np.exp(-odds)))


def made_sessions(count: int, seed: int, effect: float = EFFECT) -> list[LoggedSession]:
    """Sessions of up to LONGEST songs that end with probability HAZARD after each from the second
    on; no song comes twice in one."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        songs, heard, skipped = rng.permutation(SONGS)[:LONGEST], [Heard.FINISHED], False
        for song in songs[1:]:
            skipped = bool(rng.random() < chance_of_skip(int(song), skipped, effect))
            heard.append(Heard.SKIPPED if skipped else Heard.FINISHED)
            if rng.random() < HAZARD:
                break
        made.append(LoggedSession(songs[: len(heard)].astype(np.int64), np.array(heard, np.int8)))
    return made


def write_mssd(path: Path, sessions: list[LoggedSession]) -> Path:
    """The sessions as one of Spotify's logs."""
    rows = [
        f"s{place},{turn},t{song},{heard == Heard.SKIPPED}"
        for place, each in enumerate(sessions)
        for turn, (song, heard) in enumerate(zip(each.songs, each.heard, strict=True), start=1)
    ]
    head = "session_id,session_position,track_id_clean,skip_2"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path
