"""A real process listens to the files of a real library, with ears that do as they are told."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from app.sound import supervisor
from app.sound.listening import TOO_LONG
from app.sound.state import Doing
from recommender.audio.store import ATTEMPTS, GAVE_UP, SoundStore
from tests.app.sound.conftest import Followed, Shelf

Follow = Callable[..., Followed]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills with signals")


def test_everything_is_heard_the_latest_first_and_each_sound_once(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", content="same")
    shelf.add("c.x", content="same")
    shelf.add("d.x")
    followed = follow()
    followed.until_rested(heard=4)
    assert shelf.given() in (["d.x", "b.x", "a.x"], ["d.x", "c.x", "a.x"])
    assert shelf.heard() == {"a.x", "same", "d.x"}
    assert followed.news[-1] == shelf.heard()
    last = followed.listener.state
    assert (last.total, last.problems, last.current, last.left_s) == (4, 0, "", None)
    assert "d" in {state.current for state in followed.states}


def test_streams_and_what_is_not_there_are_left_alone(shelf: Shelf, follow: Follow) -> None:
    for name in ("a.x", "b.x", "c.x", "d.x", "e.x"):
        shelf.add(name)
    shelf.alter("UPDATE tracks SET available = 0 WHERE title = 'b'")
    shelf.alter("UPDATE tracks SET removed = 1 WHERE title = 'c'")
    shelf.alter("UPDATE tracks SET content_id = '' WHERE title = 'd'")
    shelf.alter("UPDATE tracks SET location = 'http://localhost/e' WHERE title = 'e'")
    followed = follow()
    followed.until_rested(heard=1)
    assert followed.listener.state.total == 1
    assert shelf.given() == ["a.x"]


def test_a_file_that_comes_later_is_heard_too_by_the_same_or_by_another_process(
    shelf: Shelf, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.0)
    shelf.add("a.x")
    followed = follow(linger_s=1.0)
    followed.until_rested(heard=1)
    shelf.add("b.x")
    followed.listener.library_changed()
    followed.until_rested(heard=2)
    followed.until(lambda: followed.listener.pid is None)
    followed.listener.library_changed()
    followed.stays_for(0.3, lambda: followed.listener.pid is None)
    shelf.add("c.x")
    followed.listener.library_changed()
    followed.until_rested(heard=3)
    assert shelf.given() == ["a.x", "b.x", "c.x"]


def test_what_comes_while_it_listens_is_heard_before_the_rest(
    shelf: Shelf, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.0)
    shelf.add("a.x")
    shelf.add("b.x")
    shelf.add("c.x", "gate")
    followed = follow()
    followed.until_given("c.x")
    shelf.add("new.x", content="new")
    looked = followed.listener.state.total
    followed.listener.library_changed()
    followed.until(lambda: followed.listener.state.total == looked + 1)
    shelf.open_gate("c.x")
    followed.until_rested(heard=4)
    assert shelf.given() == ["c.x", "new.x", "b.x", "a.x"]


def test_an_album_is_told_of_soon_and_the_rest_now_and_then(
    shelf: Shelf, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_TOLD_S", 0.0)
    shelf.add("a.x", "gate")
    shelf.add("b.x")
    shelf.add("c.x", "gate")
    shelf.add("d.x")
    followed = follow()
    followed.until(lambda: followed.news)
    assert followed.news == [{"d.x"}]
    shelf.open_gate("c.x")
    followed.until_given("a.x")
    followed.stays_for(0.3, lambda: len(followed.news) == 1)
    shelf.open_gate("a.x")
    followed.until_rested(heard=4)
    assert followed.news[1:] == [{"a.x", "b.x", "c.x", "d.x"}]


def test_a_pause_takes_no_processor_time_and_holds_until_it_is_over(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "gate")
    followed = follow()
    pid = followed.until_given("b.x")
    followed.listener.pause()
    followed.until_doing(Doing.PAUSED)
    shelf.open_gate("b.x")
    followed.until(lambda: followed.listener.state.heard == 1)
    process = psutil.Process(pid)
    before = process.cpu_times()
    followed.stays_for(0.8, lambda: followed.listener.state.heard == 1)
    after = process.cpu_times()
    assert after.user + after.system - before.user - before.system < 0.05
    assert followed.listener.state.doing is Doing.PAUSED
    followed.listener.resume()
    followed.until_rested(heard=2)
    assert shelf.given() == ["b.x", "a.x"]


def test_a_long_pause_gives_the_memory_back_and_loses_nothing(
    shelf: Shelf, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sound.listening.PAUSE_S", 0.1)
    shelf.add("a.x", "gate")
    followed = follow(linger_s=0.2)
    followed.until_given("a.x")
    followed.listener.pause()
    followed.until(lambda: followed.listener.pid is None)
    with SoundStore(shelf.store) as store:
        assert store.suspects() == set()
    shelf.open_gate("a.x")
    followed.listener.resume()
    followed.until_rested(heard=1)


def test_a_process_that_is_killed_loses_only_what_it_had_in_hand(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "gate")
    shelf.add("c.x")
    followed = follow()
    pid = followed.until_given("b.x")
    os.kill(pid, signal.SIGKILL)
    shelf.open_gate("b.x")
    followed.until_rested(heard=3)
    assert shelf.given() == ["c.x", "b.x", "a.x", "b.x"]


def test_a_file_that_kills_the_process_is_given_up_and_what_was_beside_it_is_not(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "gate")
    shelf.add("c.x", "kill gate")
    followed = follow(workers=2)
    followed.until_given("b.x")
    shelf.open_gate("c.x")
    followed.until(lambda: shelf.given().count("c.x") == 2)
    shelf.open_gate("b.x")
    followed.until_rested(heard=2)
    assert shelf.problems() == {"c.x": GAVE_UP}
    assert followed.listener.state.problems == 1
    assert shelf.given().count("b.x") <= 3


def test_processes_that_keep_dying_are_not_begun_for_ever(
    shelf: Shelf, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GIVE_UP", 2)
    monkeypatch.setattr(supervisor, "RESTART_S", (0.0,))
    shelf.add("a.x", "bug")
    shelf.add("b.x", "bug")
    followed = follow()
    followed.until_doing(Doing.TROUBLE)
    assert len(shelf.given()) == 2
    assert "Resume" in followed.listener.state.trouble
    followed.listener.library_changed()
    followed.stays_for(0.3, lambda: followed.listener.pid is None)
    for _ in range(4):
        followed.listener.resume()
        followed.until(lambda: followed.listener.state.doing is not Doing.TROUBLE)
        followed.until(lambda: followed.listener.state.doing is not Doing.LISTENING)
    assert shelf.problems() == {"a.x": GAVE_UP, "b.x": GAVE_UP}
    assert sorted(shelf.given()) == ["a.x", "a.x", "b.x", "b.x"]


def test_what_cannot_be_heard_is_listed_in_words(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x", "damaged")
    shelf.add("b.x", "part")
    shelf.add("c.x", "odd")
    shelf.add("d.x")
    followed = follow()
    followed.until_rested(heard=2)
    assert followed.listener.state.problems == 3
    found: list[tuple[int, str]] = []
    followed.listener.ask_problems(found.extend)
    followed.until(lambda: found)
    assert dict(found) == {
        1: "a.x cannot be heard: it is damaged.",
        2: "The end of it is missing.",
        3: "Segue could not make sense of this file: a frame of no samples.",
    }


def test_a_file_that_takes_for_ever_is_left_out_and_the_others_are_heard(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "spin")
    followed = follow(limit_s=0.5)
    followed.until_rested(heard=1)
    assert shelf.problems() == {"b.x": TOO_LONG}


def test_a_file_that_waits_for_ever_is_tried_once_more_after_the_others(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "gate")
    followed = follow(limit_s=0.02)
    followed.until_rested(heard=1)
    assert shelf.problems() == {"b.x": GAVE_UP}
    assert shelf.given() == ["b.x", "a.x", "b.x"]


def test_a_file_in_hand_is_not_blamed_for_a_process_that_did_not_end_in_time(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x", "gate")
    followed = follow()
    pid = followed.until_given("a.x")
    os.kill(pid, signal.SIGSTOP)
    followed.listener.close()
    assert not psutil.pid_exists(pid)
    with SoundStore(shelf.store) as store:
        assert store.suspects() == set()


def test_a_file_that_is_gone_or_changed_is_no_problem_and_heard_once_it_is_there(
    shelf: Shelf, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.0)
    shelf.add("a.x")
    away = shelf.add("b.x")
    away.rename(away.with_suffix(".away"))
    shelf.add("c.x").write_text("it is still being copied")
    shelf.add("d.x", "vanish damaged")
    followed = follow()
    followed.until_rested(heard=1)
    assert shelf.problems() == {}
    with SoundStore(shelf.store) as store:
        assert store.suspects() == set()
    away.with_suffix(".away").rename(away)
    followed.listener.library_changed()
    followed.until_rested(heard=2)
    assert shelf.given() == ["d.x", "a.x", "b.x"]


def test_of_two_files_with_one_sound_the_one_that_is_there_is_heard(
    shelf: Shelf, follow: Follow
) -> None:
    for name in ("a.x", "b.x"):
        shelf.add(name, content="same")
    (shelf.folder / "a.x").unlink()
    followed = follow()
    followed.until_rested(heard=2)
    assert shelf.given() == ["b.x"]


def test_a_store_that_is_deleted_meanwhile_is_begun_anew(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x", "gate")
    shelf.add("b.x")
    followed = follow()
    followed.until_given("a.x")
    for path in shelf.store.parent.glob("sounds.db*"):
        path.unlink()
    shelf.open_gate("a.x")
    followed.until(lambda: shelf.given().count("b.x") == 2)
    followed.until_rested(heard=2)
    assert shelf.heard() == {"a.x", "b.x"}


def test_a_store_that_cannot_be_written_is_a_trouble_in_words(shelf: Shelf, follow: Follow) -> None:
    shelf.store.parent.mkdir()
    shelf.store.mkdir()
    shelf.add("a.x")
    followed = follow()
    followed.until_doing(Doing.TROUBLE)
    assert "sounds.db" in followed.listener.state.trouble
    shelf.store.rmdir()
    followed.listener.resume()
    followed.until_rested(heard=1)
    assert followed.listener.state.trouble == ""


def test_a_full_drive_is_a_trouble_in_words_and_tried_again_on_request(
    shelf: Shelf, follow: Follow
) -> None:
    shelf.add("a.x", "full")
    shelf.add("b.x")
    followed = follow(linger_s=0.0)
    followed.until_doing(Doing.TROUBLE)
    assert "Make room there" in followed.listener.state.trouble
    assert followed.listener.state.heard == 1
    for _ in range(ATTEMPTS):
        followed.listener.resume()
        followed.until(lambda: followed.listener.state.doing is not Doing.TROUBLE)
        followed.until_doing(Doing.TROUBLE)
    shelf.open_gate("a.x")
    followed.listener.resume()
    followed.until_rested(heard=2)
    assert shelf.problems() == {}


def test_without_ears_it_says_what_to_do(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x")
    followed = follow(hear="no_such_module:hear")
    followed.until_doing(Doing.TROUBLE)
    assert "Install Segue anew" in followed.listener.state.trouble


def test_on_battery_it_stands_still_unless_that_is_wished(shelf: Shelf, follow: Follow) -> None:
    plugged = [False]
    for name in ("a.x", "b.x", "c.x"):
        shelf.add(name, "gate")
    followed = follow(listens={"on_mains": lambda: plugged[0], "power_s": 0.05})
    followed.until_doing(Doing.ON_BATTERY)
    followed.stays_for(0.3, lambda: followed.listener.pid is None)
    plugged[0] = True
    followed.until_given("c.x")
    plugged[0] = False
    followed.until_doing(Doing.ON_BATTERY)
    shelf.open_gate("c.x")
    followed.until(lambda: followed.listener.state.heard == 1)
    followed.stays_for(0.3, lambda: shelf.given() == ["c.x"])
    followed.listener.set_only_on_mains(False)
    followed.until_given("b.x")
    for name in ("a.x", "b.x"):
        shelf.open_gate(name)
    followed.until_rested(heard=3)


def test_switched_off_it_has_no_process_and_says_so(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x", "gate")
    followed = follow(start=False)
    followed.listener.set_on(False)
    followed.listener.start()
    followed.until_doing(Doing.OFF)
    followed.stays_for(0.3, lambda: followed.listener.pid is None)
    followed.listener.set_on(True)
    pid = followed.until_given("a.x")
    followed.listener.set_on(False)
    followed.until(lambda: not psutil.pid_exists(pid))
    with SoundStore(shelf.store) as store:
        assert store.suspects() == set()


def test_songs_are_heard_as_a_whole_from_the_next_one_on(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x")
    shelf.add("b.x", "gate")
    followed = follow()
    followed.until_given("b.x")
    followed.listener.set_whole(True)
    followed.listener.pause()
    followed.until_doing(Doing.PAUSED)
    shelf.open_gate("b.x")
    followed.listener.resume()
    followed.until_rested(heard=2)
    with SoundStore(shelf.store) as store:
        rows = store._connection.execute("SELECT content, heard_s FROM sounds").fetchall()
    assert dict(rows) == {"a.x": 180.0, "b.x": 45.0}


def test_closing_leaves_no_process_and_blames_no_file(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x", "gate")
    followed = follow()
    pid = followed.until_given("a.x")
    followed.listener.close()
    assert not psutil.pid_exists(pid)
    with SoundStore(shelf.store) as store:
        assert store.suspects() == set()


def test_nothing_begins_before_the_start(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x")
    followed = follow(start=False)
    followed.listener.library_changed()
    followed.stays_for(0.2, lambda: followed.listener.pid is None)
    assert not shelf.store.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_stands_back_behind_everything_else_and_has_a_name(shelf: Shelf, follow: Follow) -> None:
    shelf.add("a.x", "gate")
    followed = follow(stands_back=True)
    followed.until(lambda: followed.listener.pid)
    pid = followed.listener.pid
    assert pid is not None
    followed.until(lambda: os.sched_getscheduler(pid) == os.SCHED_IDLE)
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    assert Path(f"/proc/{pid}/comm").read_text().strip() == "segue-listen"
