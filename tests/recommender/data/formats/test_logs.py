"""Listening logs: plays-csv, Last.fm 1K, 30Music and Spotify's sessions."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.data.corpus import Feedback
from recommender.data.formats import RawPlay, ReadError, read_lists
from recommender.data.formats.plays import Row, sessions

PLAYED, SKIPPED = Feedback.PLAYED, Feedback.SKIPPED
CSV = "user,end_time_utc,artist,track,ms_played\n"
MSSD = "session_id,session_position,session_length,track_id_clean,skip_1,skip_2,hour_of_day,date\n"


def written(folder: Path, content: str, name: str = "log.txt") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_plays_csv_is_cut_where_half_an_hour_is_silent(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        CSV
        + "ann,2024-05-01T10:03:00Z,Mira Vale,Ebb,180000\n"
        + "ann,2024-05-01T10:36:00Z,Mira Vale,Flow,180000\n"  # begins 30 min after the end
        + "ann,2024-05-01T11:09:01Z,Mira Vale,Ebb,180000\n",  # one second more
    )
    found = list(read_lists([file], "plays-csv"))
    assert [[play.title for play in each.plays] for each in found] == [["Ebb", "Flow"], ["Ebb"]]
    assert found[0].at_s == 1_714_557_600  # 2024-05-01T10:00:00Z


def test_plays_under_30_s_are_skips(tmp_path: Path) -> None:
    file = written(
        tmp_path, CSV + "a,2024-05-01 10:00,x,1,29999\n" + "a,2024-05-01 10:03,x,2,30000\n"
    )
    (only,) = read_lists([file], "plays-csv")
    assert [play.feedback for play in only.plays] == [SKIPPED, PLAYED]


def test_plays_without_any_name_are_left_out(tmp_path: Path) -> None:
    file = written(
        tmp_path, CSV + "a,2024-05-01 10:00,,,60000\n" + "a,2024-05-01 10:03,x,2,60000\n"
    )
    (only,) = read_lists([file], "plays-csv")
    assert [play.key for play in only.plays] == ["x – 2"]


def test_users_may_take_turns_in_any_order_of_time_and_file(tmp_path: Path) -> None:
    first = written(
        tmp_path,
        CSV + "bob,2024-05-01 10:06,x,2,60000\nann,2024-05-01 10:03,y,1,60000\n",
        "a.csv",
    )
    second = written(tmp_path, CSV + "bob,2024-05-01 10:03,x,1,60000\n", "b.csv")
    found = [
        (each.user, [play.title for play in each.plays])
        for each in read_lists([first, second], "plays-csv")
    ]
    assert found == [("ann", ["1"]), ("bob", ["1", "2"])]


def lastfm(user: str, time: str, artist: str, track: str) -> str:
    return f"{user}\t{time}\tmb-1\t{artist}\t\t{track}\n"


def test_lastfm_is_read_from_the_oldest_play_though_the_newest_stands_first(
    tmp_path: Path,
) -> None:
    file = written(
        tmp_path,
        lastfm("user_1", "2009-05-04T12:40:01Z", "Sigur Rós", '"Heima')
        + lastfm("user_1", "2009-05-04T12:10:00Z", "Sigur Rós", "Ágætis\tbyrjun")
        + lastfm("user_1", "2009-05-04T12:00:00Z", "Björk", "Jóga")
        + lastfm("user_2", "2009-05-04T12:05:00Z", "Björk", "Jóga"),
    )
    found = list(read_lists([file], "lastfm1k"))
    assert [(each.user, [play.title for play in each.plays]) for each in found] == [
        ("user_1", ["Jóga", "Ágætis byrjun"]),
        ("user_1", ['"Heima']),
        ("user_2", ["Jóga"]),
    ]
    assert found[0].plays[0].key == found[2].plays[0].key == "björk – jóga"
    assert all(play.feedback == PLAYED for each in found for play in each.plays)


def test_a_broken_lastfm_line_is_passed_over_only_in_a_very_long_file(tmp_path: Path) -> None:
    line = lastfm("u", "2009-05-04T12:40:01Z", "a", "b")
    with pytest.raises(ReadError, match=r"line 2: 2 fields; wanted 6"):
        list(read_lists([written(tmp_path, line + "u\tx\n")], "lastfm1k"))
    with pytest.raises(ReadError, match=r"line 1: the time is 'then'"):
        list(read_lists([written(tmp_path, lastfm("u", "then", "a", "b"))], "lastfm1k"))
    file = written(tmp_path, line * 100_000 + "u\tx\n" + line)
    assert sum(len(each.plays) for each in read_lists([file], "lastfm1k")) == 100_001


def test_30music_keeps_its_sessions_and_orders_them_by_time(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "UserId\tSessionId\tItemId\tTime\tArtistId\n"
        "7\t1\t100\t1397982525\t5\n7\t1\t101\t1397982500\t5\n7\t2\t100\t1397982600\t5\n",
    )
    found = list(read_lists([file], "30music"))
    assert [[play.key for play in each.plays] for each in found] == [["101", "100"], ["100"]]
    assert [(each.user, each.at_s) for each in found] == [("7", 1397982500), ("7", 1397982600)]


def test_spotify_sessions_tell_skips_by_skip_2(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        MSSD
        + "s1,1,3,t_a,True,False,16,2018-07-15\n"
        + "s1,2,3,t_b,False,True,16,2018-07-15\n"
        + "s1,3,3,t_a,false,true,17,2018-07-15\n"
        + "s2,1,1,t_c,0,0,9,2018-07-15\n",
    )
    first, second = read_lists([file], "mssd")
    assert first.plays == [
        RawPlay("t_a"),
        RawPlay("t_b", feedback=SKIPPED),
        RawPlay("t_a", feedback=SKIPPED),
    ]
    assert first.at_s == 1_531_670_400  # 2018-07-15T16:00:00Z
    assert second.plays == [RawPlay("t_c")]


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("mssd", "", "the file is empty"),
        ("mssd", MSSD, "there are no lists"),
        ("mssd", MSSD.replace("skip_2", "other"), "line 1: the column 'skip_2' is missing"),
        ("mssd", MSSD + "s,1,3,t,0,maybe,1,2018-07-15\n", "line 2: skip_2 is 'maybe'"),
        ("mssd", MSSD + "s,first,3,t,0,0,1,2018-07-15\n", "line 2: session_position is 'first'"),
        ("mssd", MSSD + "s,1,3,t,0,0,1,soon\n", "line 2: date is 'soon'"),
        ("mssd", MSSD + "s,1,3\n", "line 2: 3 fields"),
        ("mssd", MSSD + "s,1,3,,0,0,1,\n", "line 2: track_id_clean is empty"),
        ("30music", "UserId\tSessionId\tItemId\tTime\n", "the column 'ArtistId' is missing"),
        ("30music", "UserId\tSessionId\tItemId\tTime\tArtistId\n1\t1\t1\t-3\t1\n", "which cannot"),
        ("plays-csv", CSV, "there are no plays"),
        ("plays-csv", CSV + "a,2024-05-01,b,c,1e99\n", "line 2: ms_played is '1e99'"),
        ("lastfm1k", "", "there are no plays"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(
    tmp_path: Path, kind: str, content: str, said: str
) -> None:
    file = written(tmp_path, content)
    with pytest.raises(ReadError) as problem:
        list(read_lists([file], kind))
    assert said in str(problem.value)
    assert str(file) in str(problem.value)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 10_000), st.integers(0, 3_000_000)),
        max_size=30,
    )
)
def test_sessions_keep_every_play_and_hold_no_long_silence(
    drawn: list[tuple[str, int, int]],
) -> None:
    rows = sorted(
        (Row(user, "x", str(n), float(at), ms) for n, (user, at, ms) in enumerate(drawn)),
        key=lambda row: (row.user, row.at_s),
    )
    found = list(sessions(rows))
    assert [play.title for each in found for play in each.plays] == [row.title for row in rows]
    row_of = {row.title: row for row in rows}
    for each in found:
        inside = [row_of[play.title] for play in each.plays]
        assert {row.user for row in inside} == {each.user}
        for before, after in pairwise(inside):
            assert after.at_s - (after.heard_ms or 0) / 1000 - before.at_s <= 1800
