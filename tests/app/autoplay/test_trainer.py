"""Trainings in a real process over a real database: followed, paused, killed, handed over."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.autoplay import training_times
from app.autoplay.choice import LIVE_MODEL
from app.autoplay.trainer import UNUSED, TrainerState
from app.library.database import open_database
from app.listening.events import EndReason
from recommender.live.trained_store import read_trained
from recommender.training.versions import Report, Versions
from tests.app.autoplay.conftest import Listener
from tests.app.autoplay.trainings import PATIENCE_S, Watched, fill, two_versions
from tests.recommender.live.sounds import kept_sounds

pytestmark = pytest.mark.timeout(240)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_library_without_plays_is_learnt_and_its_version_told(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    watched = watch(database)
    watched.trainer.start_now()
    watched.until(lambda: watched.finished)
    assert watched.finished[0][0]
    assert "With 100 plays the rest follows" in watched.finished[0][1]
    assert watched.states == [TrainerState.RUNNING, TrainerState.RESTING]
    assert watched.folders == [str(watched.folder / "versions" / "1")]
    assert [each.number for each in watched.trainer.versions()] == [1]
    assert watched.trainer.current() == watched.trainer.versions()[0]


def test_songs_that_were_listened_to_are_learnt_as_well(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched]
) -> None:
    with closing(open_database(database)) as connection, connection:
        connection.execute("UPDATE tracks SET content_id = 'sound ' || track_id")
    kept_sounds(tmp_path / "sounds.db", list(range(1, 13)))
    watched = watch(database)
    watched.trainer.start_now()
    watched.until(lambda: watched.finished)
    version = watched.trainer.current()
    assert version is not None
    assert version.report.heard == 12
    sound = read_trained(version.folder).sound
    assert sound is not None
    assert sorted(sound.songs.keys.tolist()) == list(range(1, 13))


def test_a_damaged_store_of_sounds_costs_nothing_else(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched]
) -> None:
    (tmp_path / "sounds.db").write_bytes(b"not a database" * 400)
    watched = watch(database)
    watched.trainer.start_now()
    watched.until(lambda: watched.finished)
    assert watched.finished[0][0]


def test_plays_are_learnt_and_judged_and_either_end_is_told_in_words(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    watched.trainer.start_now()
    watched.until(lambda: watched.finished)
    taken, words = watched.finished[0]
    latest = Versions(watched.folder).latest()
    assert latest is not None
    assert latest.after.plays > 30
    assert (latest.taken, latest.words) == (taken, words)
    better = latest.after.beat(latest.before)
    assert words.startswith("Your list learnt from 130 plays" if better else "No better in the")
    shares = [progress.share for progress in watched.progress]
    assert shares == sorted(shares)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_it_stands_back_behind_everything_else_and_has_a_name(
    database: Path, watch: Callable[..., Watched]
) -> None:
    watched = watch(database, stands_back=True)
    watched.trainer.start_now()
    watched.until(lambda: watched.trainer.pid)
    pid = watched.trainer.pid
    assert pid is not None
    watched.until(lambda: os.sched_getscheduler(pid) == os.SCHED_IDLE)
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    assert Path(f"/proc/{pid}/comm").read_text().strip() == "segue-train"


def test_a_pause_stands_still_and_goes_on_to_the_end(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    watched.begin()
    watched.trainer.pause()
    watched.until(lambda: watched.trainer.doing is TrainerState.PAUSED)
    told = len(watched.progress)
    with pytest.raises(AssertionError):
        watched.window.run_until(lambda: len(watched.progress) > told, 1.0)
    watched.trainer.resume()
    watched.until(lambda: watched.finished)
    assert TrainerState.PAUSED in watched.states
    assert Versions(watched.folder).latest() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a signal")
def test_a_training_killed_half_way_changes_nothing_and_can_be_tried_again(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    pid = watched.begin()
    watched.until(lambda: watched.progress[-1].share > 0.04)
    os.kill(pid, signal.SIGKILL)
    watched.until(lambda: watched.finished)
    taken, words = watched.finished[0]
    assert not taken
    assert "Nothing is lost" in words
    assert Versions(watched.folder).latest() is None
    watched.trainer.start_now()
    watched.until(lambda: len(watched.finished) == 2)
    assert Versions(watched.folder).latest() is not None


def test_a_cancelled_training_ends_without_a_word(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    pid = watched.begin()
    watched.trainer.cancel()
    watched.until(lambda: watched.trainer.doing is TrainerState.RESTING)
    assert not watched.finished
    assert is_gone(pid)


def test_closing_the_player_ends_the_training_at_once(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    pid = watched.begin()
    watched.trainer.close()
    assert is_gone(pid)


def test_a_device_that_is_not_there_is_said_in_words(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    watched.trainer.set_device("mps")
    watched.trainer.start_now()
    watched.until(lambda: watched.finished)
    assert watched.finished[0][0] is False
    assert "Choose another device in the settings" in watched.finished[0][1]


def test_one_goes_back_and_forth_and_forgets(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched]
) -> None:
    two_versions(tmp_path / "trained")
    watched = watch(database)
    watched.until(lambda: watched.folders)
    watched.trainer.go_back()
    watched.until(lambda: len(watched.folders) == 2)
    watched.trainer.use(watched.trainer.versions()[0])
    watched.until(lambda: len(watched.folders) == 3)
    watched.trainer.forget_all()
    watched.until(lambda: len(watched.folders) == 4)
    assert [Path(folder).name for folder in watched.folders] == ["2", "1", "2", ""]
    assert not watched.folder.exists()


def test_the_recommender_takes_a_version_over_and_shows_it(
    database: Path, tmp_path: Path, listen: Callable[..., Listener]
) -> None:
    versions = two_versions(tmp_path / "trained")
    listener = listen(LIVE_MODEL)
    adopted: list[tuple[str, str]] = []
    listener.client.adopted.connect(lambda *what: adopted.append(what))
    listener.play(1, EndReason.FINISHED)
    before = listener.ask(5, timeout_s=PATIENCE_S)
    listener.client.adopt(str(versions.all()[0].folder))
    listener.window.run_until(lambda: adopted, PATIENCE_S)
    assert adopted == [("2", "")]
    assert listener.ask(5).model_version == f"{before.model_version}+2"
    listener.client.adopt("")
    listener.window.run_until(lambda: len(adopted) == 2, PATIENCE_S)
    after = listener.ask(5)
    assert after.model_version == before.model_version
    assert [row.track_id for row in after.rows] == [row.track_id for row in before.rows]


def test_a_new_process_takes_the_version_over_again(
    database: Path, tmp_path: Path, listen: Callable[..., Listener]
) -> None:
    versions = two_versions(tmp_path / "trained")
    listener = listen(LIVE_MODEL)
    adopted: list[tuple[str, str]] = []
    listener.client.adopted.connect(lambda *what: adopted.append(what))
    listener.client.adopt(str(versions.all()[1].folder))
    listener.window.run_until(lambda: adopted, PATIENCE_S)
    pid = listener.client.pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    listener.window.run_until(lambda: len(adopted) == 2, PATIENCE_S)
    assert adopted == [("1", ""), ("1", "")]


def test_a_damaged_version_is_refused_in_words_and_the_list_goes_on(
    database: Path, tmp_path: Path, listen: Callable[..., Listener]
) -> None:
    versions = two_versions(tmp_path / "trained")
    folder = versions.all()[0].folder
    (folder / "sequence" / "weights.safetensors").write_bytes(b"x")
    listener = listen(LIVE_MODEL)
    adopted: list[tuple[str, str]] = []
    listener.client.adopted.connect(lambda *what: adopted.append(what))
    listener.ask(5, timeout_s=PATIENCE_S)
    listener.client.adopt(str(folder))
    listener.window.run_until(lambda: adopted, PATIENCE_S)
    assert adopted[0][0] == ""
    assert "damaged" in adopted[0][1]
    assert listener.ask(5).rows


def test_what_is_damaged_gives_way_to_the_version_before(
    database: Path, tmp_path: Path, watch: Callable[[Path], Watched]
) -> None:
    two_versions(tmp_path / "trained")
    watched = watch(database)
    watched.until(lambda: watched.folders)
    watched.trainer.reject("The weights are damaged.")
    watched.until(lambda: len(watched.folders) == 2)
    assert Path(watched.folders[1]).name == "1"
    assert "damaged" in watched.finished[0][1]


def reported(plays_read: int, at_s: float = 0.0, songs: int = 100) -> Report:
    return Report(at_s, plays_read, songs, 0, ("map",), True, "")


DAY_S = 86_400.0


@pytest.mark.parametrize(
    ("songs", "new", "latest", "due"),
    [
        (0, 0, None, False),
        (100, 0, None, True),
        (100, 50, reported(40), False),
        (100, 60, reported(40), True),
        (100, 59, reported(200), False),
        (100, 60, reported(200), True),
        (100, 149, reported(5_000), False),
        (100, 150, reported(5_000), True),
        (100, 500, reported(5_000, DAY_S - 3_600), False),
        (121, 0, reported(40), True),
        (119, 0, reported(40), False),
    ],
)
def test_when_a_training_is_due(songs: int, new: int, latest: Report | None, due: bool) -> None:
    counted = training_times.Counted(songs, new)
    assert training_times.is_due(counted, latest, DAY_S) is due


def test_many_more_songs_listened_to_make_a_training_due_at_once() -> None:
    latest = replace(reported(40, DAY_S - 60.0), heard=200)
    counted = training_times.Counted(100, 0, heard=400)
    assert not training_times.is_due(counted, latest, DAY_S)
    assert training_times.is_due(replace(counted, heard=401), latest, DAY_S)
    assert not training_times.is_due(replace(counted, heard=20), reported(40, DAY_S - 60.0), DAY_S)


def test_a_forgetting_makes_a_training_due_at_once_but_none_of_an_empty_library() -> None:
    latest = reported(40, DAY_S - 60.0)
    assert training_times.is_due(training_times.Counted(100, 0), latest, DAY_S, is_anew=True)
    assert not training_times.is_due(training_times.Counted(0, 0), latest, DAY_S, is_anew=True)


def test_it_trains_by_itself_once_nobody_is_disturbed(
    database: Path, watch: Callable[[Path], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.autoplay.trainer.TICK_S", 0.05)
    watched = watch(database)
    watched.trainer.set_automatic(True)
    with pytest.raises(AssertionError):
        watched.window.run_until(lambda: watched.states, 0.5)
    monkeypatch.setattr("app.autoplay.training_times.IDLE_S", 0.0)
    watched.until(lambda: watched.finished)
    assert watched.finished[0][0]
    assert training_times.count(database, 0).songs == 20


def test_while_another_model_makes_the_list_nothing_is_trained_and_words_say_so(
    database: Path, watch: Callable[[Path], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.autoplay.trainer.TICK_S", 0.05)
    monkeypatch.setattr("app.autoplay.training_times.IDLE_S", 0.0)
    watched = watch(database)
    watched.trainer.set_used(False)
    watched.trainer.set_automatic(True)
    watched.trainer.start_now()
    assert watched.finished == [(False, UNUSED)]
    with pytest.raises(AssertionError):
        watched.window.run_until(lambda: watched.states, 0.5)
    watched.trainer.set_used(True)
    watched.until(lambda: len(watched.finished) == 2)
    assert watched.finished[1][0]
