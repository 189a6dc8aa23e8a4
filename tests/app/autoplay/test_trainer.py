"""Trainings in a real process over a real database: followed, paused, killed, handed over."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.autoplay import training_times
from app.autoplay.choice import LIVE_MODEL
from app.autoplay.trainer import Trainer, TrainerState, TrainingProgress
from app.library.database import open_database
from app.listening.events import EndReason
from recommender.api import Song
from recommender.experts.trained import Trained
from recommender.live.parts import Choices, Material, taught_net
from recommender.live.trained_store import write_trained
from recommender.training.versions import Report, Versions
from tests.app.autoplay.conftest import Listener
from tests.app.listening.conftest import Window
from tests.recommender.listening import plays

pytestmark = pytest.mark.timeout(240)

TINY = {"dim": 8, "hidden": 8, "softmax": "full"}
GAP_MS = 360_000
PATIENCE_S = 100.0


@dataclass
class Watched:
    """A trainer and what it has told."""

    trainer: Trainer
    window: Window
    folder: Path
    progress: list[TrainingProgress] = field(default_factory=list)
    states: list[TrainerState] = field(default_factory=list)
    finished: list[tuple[bool, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def until(self, done: Callable[[], object]) -> None:
        self.window.run_until(done, PATIENCE_S)


@pytest.fixture
def watch(tmp_path: Path, window: Window) -> Iterator[Callable[[Path], Watched]]:
    made: list[Watched] = []

    def make(database: Path, stands_back: bool = False) -> Watched:
        folder = tmp_path / "trained"
        trainer = Trainer(database, folder, window.post, options=TINY, stands_back=stands_back)
        trainer.set_device("cpu")
        trainer.set_automatic(False)
        watched = Watched(trainer, window, folder)
        trainer.progress.connect(watched.progress.append)
        trainer.state.connect(watched.states.append)
        trainer.finished.connect(lambda *what: watched.finished.append(what))
        trainer.version_changed.connect(watched.folders.append)
        trainer.start()
        made.append(watched)
        return watched

    yield make
    for watched in made:
        watched.trainer.close()


def fill(database: Path, count: int) -> None:
    """Finished plays of the same songs in turn, without a pause."""
    with closing(open_database(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO events (kind, track_id, at_ms, heard_ms, duration_ms, end_reason, origin)"
            " VALUES ('play', ?, ?, 180000, 180000, 'finished', 'manual')",
            [(turn * 7 % 20 + 1, turn * GAP_MS) for turn in range(count)],
        )


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
    assert taken == (latest.after.beat(latest.before))
    assert words.startswith("Your list learnt from 130 plays" if taken else "No better in the last")
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
    watched.trainer.start_now()
    watched.until(lambda: watched.progress)
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
    watched.trainer.start_now()
    watched.until(lambda: any(progress.share > 0.04 for progress in watched.progress))
    pid = watched.trainer.pid
    assert pid is not None
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
    watched.trainer.start_now()
    watched.until(lambda: watched.progress)
    pid = watched.trainer.pid
    watched.trainer.cancel()
    watched.until(lambda: watched.trainer.doing is TrainerState.RESTING)
    assert not watched.finished
    assert pid is not None
    assert is_gone(pid)


def test_closing_the_player_ends_the_training_at_once(
    database: Path, watch: Callable[[Path], Watched]
) -> None:
    fill(database, 130)
    watched = watch(database)
    watched.trainer.start_now()
    watched.until(lambda: watched.progress)
    pid = watched.trainer.pid
    assert pid is not None
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


def two_versions(folder: Path) -> Versions:
    versions = Versions(folder)
    events = plays([turn * 7 % 20 + 1 for turn in range(60)])
    songs = [Song(number, f"Song {number}", "Artist") for number in range(1, 21)]
    for number in (1, 2):
        draft = versions.draft()
        history = Material(songs, events).history()
        net = taught_net(history, Choices(options=TINY)) if number == 2 else None
        write_trained(draft, Trained("", sequence=net))
        versions.publish(draft, Report(0.0, 60, 20, 60, ("map",), True, "Learnt."))
    return versions


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
