from __future__ import annotations

import numpy as np

from recommender.agents.encoding import encode, state_size
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions, not_heard

VECTORS = np.eye(4, dtype=np.float32)


def _session(*played: tuple[int, Heard]) -> Sessions:
    sessions = Sessions.none_yet(1)
    for place, (song, heard) in enumerate(reversed(played)):
        sessions.songs[0, -1 - place], sessions.heard[0, -1 - place] = song, heard
    return sessions


def test_a_session_before_its_first_song_is_all_zeros() -> None:
    state = encode(Sessions.none_yet(2), VECTORS)
    assert state.shape == (2, state_size(4))
    assert not state.any()


def test_finished_and_skipped_songs_are_told_apart_and_the_last_one_is_seen() -> None:
    state = encode(_session((0, Heard.FINISHED), (1, Heard.SKIPPED), (2, Heard.SKIPPED)), VECTORS)
    finished, skipped, last, figures = np.split(state[0], [4, 8, 12])
    assert finished.tolist() == [1, 0, 0, 0]
    assert skipped[2] > skipped[1] > 0
    assert last.tolist() == [0, 0, 1, 0]
    assert figures[0] == np.float32(2 / 3)
    assert figures[2] == np.float32(2 / 5)


def test_songs_of_the_session_are_told_from_others() -> None:
    sessions = _session((3, Heard.LIKED))
    assert not_heard(sessions, np.array([[3, 1]])).tolist() == [[False, True]]
