"""Made session logs: listeners in a mood to skip or to stay, and songs that are skipped or not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from recommender.skips.sessions import COLUMNS, NEEDED, SessionLog, read_sessions

HEADER = (*NEEDED[:4], *COLUMNS[:11], "hour_of_day", "date", *COLUMNS[12:])
SONGS = 40


def play(name: str, place: int, length: int, song: str, level: int) -> dict[str, object]:
    """One row; `level` is 0 for a finished song and 3 for one that was skipped at once."""
    skips = {f"skip_{n}": str(level >= 4 - n) for n in (1, 2, 3)}
    end = "fwdbtn" if level else "trackdone"
    return {
        "session_id": name, "session_position": place, "session_length": length,
        "track_id_clean": song, **skips, "not_skipped": str(level == 0), "context_switch": 0,
        "no_pause_before_play": 1, "short_pause_before_play": 0, "long_pause_before_play": 0,
        "hist_user_behavior_n_seekfwd": 0, "hist_user_behavior_n_seekback": 0,
        "hist_user_behavior_is_shuffle": "True", "hour_of_day": 16, "date": "2018-07-15",
        "premium": "True", "context_type": "radio", "hist_user_behavior_reason_start": "trackdone",
        "hist_user_behavior_reason_end": end,
    }  # fmt: skip


def made_rows(sessions: int, seed: int = 0) -> list[dict[str, object]]:
    """Half the listeners skip most songs and half few; each fourth song is skipped by all."""
    rng = np.random.default_rng(seed)
    rows = []
    for session in range(sessions):
        length = int(rng.integers(10, 21))
        inclined = rng.choice([0.1, 0.9])
        for place in range(1, length + 1):
            song = int(rng.integers(SONGS))
            level = 3 if song % 4 == 0 or rng.random() < inclined else 0
            rows.append(play(f"{seed}-{session}", place, length, f"t_{song}", level))
    return rows


def as_csv(rows: list[dict[str, object]], without: tuple[str, ...] = ()) -> str:
    """The rows under a header, some columns left out."""
    text = io.StringIO()
    names = [name for name in HEADER if name not in without]
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def made_log(folder: Path, sessions: int, seed: int = 0) -> SessionLog:
    """Made sessions, written and read."""
    file = folder / f"log{seed}.csv"
    file.write_text(as_csv(made_rows(sessions, seed)), encoding="utf-8")
    return read_sessions([file], {f"t_{song}": song for song in range(SONGS)})
