"""Logs of skips: what of them is read, and how they are parted by listener."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.formats import ReadError
from recommender.simulation.crowd import Heard, LoggedSession, SimulationError
from recommender.simulation.logs import LEAST_SESSIONS, Log, read_log
from tests.recommender.simulation.made_logs import made_sessions, write_mssd

S, F = Heard.SKIPPED, Heard.FINISHED


def session(*plays: tuple[int, Heard]) -> LoggedSession:
    songs, heard = zip(*plays, strict=True)
    return LoggedSession(np.array(songs, np.int64), np.array(heard, np.int8))


def plays_csv(path: Path, plays: list[tuple[str, int, str, int]]) -> Path:
    """Rows of user, minute, song and seconds heard."""
    rows = [
        f"{user},2024-05-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z,"
        f"{song[0]},{song},{1000 * heard}"
        for user, minute, song, heard in plays
    ]
    path.write_text("\n".join(["user,end_time_utc,artist,track,ms_played", *rows]) + "\n")
    return path


def test_songs_are_numbered_by_plays_and_keep_what_became_of_them(tmp_path: Path) -> None:
    made = [session((7, F), (8, S), (7, F)), session((9, S), (7, F), (8, F))]
    log = read_log([write_mssd(tmp_path / "log.csv", made)], "mssd")
    assert log.keys == ("t7", "t8", "t9")
    assert [each.songs.tolist() for each in log.sessions] == [[0, 1, 0], [2, 0, 1]]
    assert [each.heard.tolist() for each in log.sessions] == [[F, S, F], [S, F, F]]
    assert len(set(log.artists.tolist())) == 3


def test_a_song_outside_the_catalogue_keeps_its_place_without_a_number(tmp_path: Path) -> None:
    made = [session((7, F), (9, S), (8, F)), session((7, F), (8, S))]
    log = read_log([write_mssd(tmp_path / "log.csv", made)], "mssd", songs=2)
    assert log.sessions[0].songs.tolist() == [0, -1, 1]


def test_sessions_of_one_song_are_left_out_and_counted(tmp_path: Path) -> None:
    made = [session((7, F), (8, S)), session((7, F)), session((8, S))]
    log = read_log([write_mssd(tmp_path / "log.csv", made)], "mssd")
    assert (len(log.sessions), log.left_out) == (1, 2)


def test_short_plays_of_a_user_are_skips_and_artists_are_known(tmp_path: Path) -> None:
    plays = [("ann", 10, "ax", 200), ("ann", 11, "ay", 5), ("ann", 900, "bx", 200),
             ("ann", 903, "ax", 200)]  # fmt: skip
    log = read_log([plays_csv(tmp_path / "plays.csv", plays)], "plays-csv")
    assert [each.heard.tolist() for each in log.sessions] == [[F, S], [F, F]]
    artist = dict(zip(log.keys, log.artists.tolist(), strict=True))
    assert artist["a – ax"] == artist["a – ay"] != artist["b – bx"]


def test_a_user_is_never_in_two_parts(tmp_path: Path) -> None:
    plays = [
        (f"u{user}", 200 * turn + minute, f"x{(user + turn + minute) % 9}", 200 - 190 * minute)
        for user in range(20)
        for turn in range(7)
        for minute in range(2)
    ]
    log = read_log([plays_csv(tmp_path / "plays.csv", plays)], "plays-csv", parts=3)
    assert log.by_user
    listener = {id(each): who for each, who in zip(log.sessions, log.listeners, strict=True)}
    parts = [{int(listener[id(each)]) for each in part} for part in log.parts(3, seed=4)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 20


def test_one_listeners_sessions_are_parted_singly(tmp_path: Path) -> None:
    plays = [("me", 200 * turn + minute, f"x{(turn + minute) % 9}", 200 - 190 * minute)
             for turn in range(90) for minute in range(2)]  # fmt: skip
    log = read_log([plays_csv(tmp_path / "plays.csv", plays)], "plays-csv")
    assert not log.by_user
    assert [len(part) for part in log.parts(3)] == [30, 30, 30]


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 8), min_size=100, max_size=120),
    count=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_every_session_is_in_one_part_with_all_of_its_listener(
    sizes: list[int], count: int, seed: int
) -> None:
    whose = np.repeat(np.arange(len(sizes)), sizes)
    sessions = tuple(session((place, F), (place, S)) for place in range(len(whose)))
    log = Log(("t",), np.zeros(1, np.int64), sessions, whose, True, 0)
    parts = [[int(each.songs[0]) for each in part] for part in log.parts(count, seed)]
    assert sorted(place for part in parts for place in part) == list(range(len(whose)))
    users = [set(whose[part].tolist()) for part in parts]
    assert sum(map(len, users)) == len(set.union(*users)) == len(sizes)
    assert all(part == sorted(part) for part in parts)
    spread = [len(part) for part in parts]
    assert max(spread) - min(spread) <= max(sizes)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([session((1, S), (2, S)), session((3, S), (1, S))], "Every song in this log was skipped"),
        ([session((1, F), (2, F)), session((3, F), (1, F))], "No song in this log was skipped"),
        ([session((1, F)), session((2, S))], "is of one song"),
    ],
)
def test_a_log_that_tells_nothing_of_skips_is_refused(
    tmp_path: Path, made: list[LoggedSession], said: str
) -> None:
    with pytest.raises(SimulationError, match=said):
        read_log([write_mssd(tmp_path / "log.csv", made)], "mssd")


def test_a_format_without_skips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="'yes' tells no skips; there are: mssd"):
        read_log([tmp_path / "log.txt"], "yes")


def test_too_few_sessions_for_the_parts_are_refused(tmp_path: Path) -> None:
    log = read_log([write_mssd(tmp_path / "log.csv", made_sessions(80, 1))], "mssd")
    assert len(log.parts(2)) == 2
    with pytest.raises(SimulationError, match=f"at least {3 * LEAST_SESSIONS} sessions"):
        log.parts(3)
