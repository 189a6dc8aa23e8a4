"""Weights to begin with, found on simulated listeners and rounded by hand."""

from __future__ import annotations

LEAST: dict[str, float] = {"shift": 1.5, "liked": 0.3, "liked_artist": 0.2, "said": 1.5}
"""A reaction must show, whatever the plays have taught: these weights never fall below."""

PRIOR: dict[str, float] = {
    "next": 0.4, "next_share": 0.45, "next_match": 0.6, "next_last": 0.4, "next_old2": 0.3,
    "near": 0.6, "near_fresh": 0.2, "near_current": 0.2, "near_breadth": 0.3, "near_two": 0.6,
    "knn": 0.2, "knn_best": 0.3,
    "art_15": 0.25, "art_3": 0.4, "art_near": 0.4, "art_next": 0.15, "art_same": 0.8,
    "art_before": 0.4, "art_size": -0.5, "art_round": 0.25,
    "pop_400": 0.2, "pop_week": 0.15, "pop_all": 0.2,
    "in_session": -0.7, "last": -0.9, "seen_20": -0.5, "due": 0.6, "hour": 0.1,
    "hour_artist": 0.2,
    "new": 0.3, "new_near": 0.9, "new_same": 1.4, "new_left": 0.6, "new_run": 0.3, "new_fan": 0.5,
    "album": 0.8, "album_next": 2.5, "genre": 0.8, "year": 0.2, "title": 0.2, "alike": 1.0,
    "seq": 0.25, "seq_lead": 0.25, "fac_session": 0.2, "fac_last": 0.1,
    "sound_session": 0.1, "sound_long": 0.1, "cold_session": 1.5, "cold_last": 0.3,
    "cold_long": 0.75,
    "text_session": 0.3, "text_last": 0.1, "text_cold": 0.4,
    "kept": 0.6, "skipped_session": -1.0, "skipped_artist": -0.4, "stay": 0.2,
    "shift": 2.5, "liked": 0.8, "liked_artist": 0.4, "said": 2.0,
}  # fmt: skip
