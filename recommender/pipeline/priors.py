"""Weights to begin with, before the listener has taught any; rounded by hand."""

from __future__ import annotations

LEAST: dict[str, float] = {"shift": 1.5, "liked": 0.3, "liked_artist": 0.2}
"""A reaction must show, whatever the plays have taught: these weights never fall below."""

PRIOR: dict[str, float] = {
    "next": 0.5, "next_share": 0.5, "next_match": 0.5, "near": 0.6, "near_fresh": 0.4,
    "knn": 0.4, "art_15": 0.3, "art_next": 0.3, "art_near": 0.3, "pop_400": 0.3, "pop_week": 0.2,
    "pop_all": 0.2, "in_session": -1.0, "last": -1.0, "seen_20": -0.5, "new_same": 0.8,
    "new_near": 0.4, "album": 0.8, "album_next": 2.5, "genre": 0.4, "year": 0.2, "title": 0.3,
    "alike": 0.5, "kept": 0.8, "skipped_session": -1.5, "skipped_artist": -0.5, "hour": 0.2,
    "shift": 2.5, "liked": 0.8, "liked_artist": 0.4,
}  # fmt: skip
