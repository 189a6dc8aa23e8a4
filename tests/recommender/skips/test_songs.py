"""Figures of songs from train: shrunk, and blind to the session they are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recommender.skips.sessions import SessionLog, read_sessions
from recommender.skips.songs import FIGURES, SongStatistics
from tests.recommender.skips.logs import as_csv, play


def log_of(tmp_path: Path, *sessions: list[tuple[str, int]]) -> SessionLog:
    rows = [
        play(f"s{n}", at + 1, len(session), song, level)
        for n, session in enumerate(sessions)
        for at, (song, level) in enumerate(session)
    ]
    file = tmp_path / "log.csv"
    file.write_text(as_csv(rows), encoding="utf-8")
    return read_sessions([file])


def test_a_session_says_nothing_of_its_own_songs(tmp_path: Path) -> None:
    log = log_of(
        tmp_path, [("a", 3), ("b", 0), ("a", 3)], [("a", 0), ("b", 0)], [("c", 3), ("d", 0)]
    )
    counted = SongStatistics.of(log)
    left_out = counted.figures(log.songs, log)
    for at in range(3):
        others = log.take(np.array([n for n in range(3) if n != at]))
        apart = SongStatistics.of(others).figures(log.songs[[at]])[0]
        length = int(log.lengths[at])
        assert np.allclose(left_out[at, :length, 0], apart[:length, 0])
        assert np.allclose(left_out[at, :length, 7], apart[:length, 7])
    assert left_out[2, 0, 0] == 0


def test_a_song_is_judged_by_its_plays_and_a_few_of_the_mean(tmp_path: Path) -> None:
    log = log_of(tmp_path, [("a", 3), ("b", 0)], [("a", 3), ("b", 0)])
    figures = SongStatistics.of(log).figures(log.songs)
    assert np.isclose(figures[0, 0, 0], np.log(3))
    assert np.isclose(figures[0, 0, 1], (2 + 4 * 0.5) / (2 + 4))
    assert np.isclose(figures[0, 1, 1], (0 + 4 * 0.5) / (2 + 4))
    assert np.isclose(figures[0, 1, 7], np.log(3))
    assert np.isclose(figures[0, 1, 8], (0 + 2 * 0.5) / (2 + 2))


def test_a_song_that_train_has_not_is_the_mean(tmp_path: Path) -> None:
    log = log_of(tmp_path, [("a", 3), ("b", 0), ("b", 0), ("b", 0)])
    counted = SongStatistics.of(log)
    figures = counted.figures(np.full((1, 20), 77))
    assert figures.shape == (1, 20, FIGURES)
    assert figures[0, 0, 0] == 0
    assert np.isclose(figures[0, 0, 1], 0.25)


def test_features_from_elsewhere_stand_beside_the_counts(tmp_path: Path) -> None:
    log = log_of(tmp_path, [("a", 3), ("b", 0)])
    extra = np.array([[1, 2], [3, 4], [0, 0]], np.float32)
    figures = SongStatistics.of(log, extra).figures(log.songs)
    assert figures[0, :2, FIGURES:].tolist() == [[1, 2], [3, 4]]
