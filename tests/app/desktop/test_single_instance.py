"""Two starts at once: one window, and the second's files in it."""

from __future__ import annotations

import json
import os
import queue
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.desktop import single_instance
from app.desktop.single_instance import Address, Instance, NotAnsweringError, claim
from app.paths import Paths

START = """
import sys
from pathlib import Path
from app.desktop.single_instance import claim
from app.paths import Paths
data = Path(sys.argv[1])
instance = claim(Paths(data, data), sys.argv[2:])
sys.stdout.write("first\\n" if instance else "second\\n")
sys.stdout.flush()
if instance:
    sys.stdin.read()
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def first(paths: Paths):
    with claim(paths) as instance:
        yield instance


class Inbox:
    """What the first window is handed, on the thread that takes it."""

    def __init__(self, instance: Instance) -> None:
        self.posted: queue.Queue = queue.Queue()
        self.files: list[list[str]] = []
        instance.listen(self.posted.put, self.files.append)

    def next(self) -> list[str]:
        self.posted.get(timeout=10)()
        return self.files.pop(0)


def start_another(paths: Paths, *files: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    root = Path(single_instance.__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", START, str(paths.data), *files],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=cwd or root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )


def test_the_second_start_hands_over_its_files_and_ends(paths, first, tmp_path):
    inbox = Inbox(first)
    second = start_another(paths, "a song.mp3", "https://radio.example/live", cwd=tmp_path)
    assert second.communicate(timeout=20)[0] == "second\n"
    assert second.returncode == 0
    assert inbox.next() == [str(tmp_path / "a song.mp3"), "https://radio.example/live"]


def test_a_start_without_files_only_raises_the_window(paths, first):
    inbox = Inbox(first)
    assert claim(paths) is None
    assert inbox.next() == []


def test_files_that_come_before_the_window_is_ready_are_kept(paths, first):
    assert claim(paths, ["/music/one.flac"]) is None
    assert claim(paths, ["/music/two.flac"]) is None
    inbox = Inbox(first)
    assert [inbox.next(), inbox.next()] == [["/music/one.flac"], ["/music/two.flac"]]


def test_names_that_are_no_text_survive_the_hand_over(paths, first):
    inbox = Inbox(first)
    name = os.fsdecode(b"/music/\xff\xfe caf\xc3\xa9.mp3")
    assert claim(paths, [name]) is None
    assert inbox.next() == [name]


def test_thousands_of_files_are_handed_over_in_parts(paths, first):
    inbox = Inbox(first)
    files = [f"/music/{'long name ' * 20}{number}.mp3" for number in range(8_000)]
    assert claim(paths, files) is None
    received: list[str] = []
    while len(received) < len(files):
        received += inbox.next()
    assert received == files


def test_exactly_one_of_many_simultaneous_starts_wins(paths):
    starts = [start_another(paths, f"/music/{number}.mp3") for number in range(6)]
    said = [start.stdout.readline().strip() for start in starts]
    assert sorted(said) == ["first"] + ["second"] * 5
    for start in starts:
        start.communicate(timeout=20)


def test_after_a_kill_the_next_start_is_the_first(paths):
    killed = start_another(paths)
    assert killed.stdout.readline() == "first\n"
    assert (paths.data / "segue.address").exists()
    killed.kill()
    killed.communicate(timeout=20)
    with claim(paths) as instance:
        inbox = Inbox(instance)
        assert claim(paths, ["/music/a.mp3"]) is None
        assert inbox.next() == ["/music/a.mp3"]


def test_after_a_clean_end_the_next_start_is_the_first(paths):
    claim(paths).close()
    with claim(paths) as instance:
        assert instance is not None


def test_another_data_folder_is_another_instance(paths, first, tmp_path):
    with claim(Paths(tmp_path / "other", tmp_path / "other")) as other:
        assert other is not None


def test_only_this_user_can_read_the_secret(paths, first):
    address = paths.data / "segue.address"
    assert stat.S_IMODE(address.stat().st_mode) == 0o600


def test_a_deep_data_folder_gets_a_port_instead_of_a_socket(tmp_path):
    deep = Paths(tmp_path / ("d" * 90), tmp_path)
    with claim(deep) as instance:
        assert instance._address.port
        inbox = Inbox(instance)
        assert claim(deep, ["/music/a.mp3"]) is None
        assert inbox.next() == ["/music/a.mp3"]


def test_a_start_that_never_answers_is_told_in_words(paths, monkeypatch):
    monkeypatch.setattr(single_instance, "HAND_OVER_LIMIT_S", 0.0)
    monkeypatch.setattr(single_instance, "TALK_LIMIT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as deaf, claim(paths):
        address = Address("x", port=deaf.getsockname()[1])
        single_instance._write_address(paths, address)
        with pytest.raises(NotAnsweringError, match="does not answer"):
            claim(paths, ["/music/a.mp3"])


def test_a_wrong_secret_is_refused(first):
    inbox = Inbox(first)
    say(first, json.dumps({"secret": "guess", "files": ["/etc/passwd"]}).encode() + b"\n")
    assert inbox.posted.empty()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.one_of(st.binary(max_size=300), st.just(b"[" * 100_000)))
def test_garbage_changes_nothing(paths, first, garbage):
    say(first, garbage + b"\n")
    inbox = Inbox(first)
    assert claim(paths, ["/music/a.mp3"]) is None
    assert inbox.next() == ["/music/a.mp3"]


def test_an_endless_message_is_cut_off(paths, first):
    with first._address.connect(5) as connection, pytest.raises(OSError):
        connection.sendall(b"x" * (64 << 20))
    assert claim(paths) is None


def test_a_silent_connection_does_not_hold_up_a_start(paths, first, monkeypatch):
    monkeypatch.setattr(single_instance, "TALK_LIMIT_S", 0.2)
    with first._address.connect(5):
        monkeypatch.setattr(single_instance, "HAND_OVER_LIMIT_S", 20.0)
        assert claim(paths, ["/music/a.mp3"]) is None


def test_closing_is_quick_and_can_be_repeated(paths):
    instance = claim(paths)
    started = time.monotonic()
    instance.close()
    instance.close()
    assert time.monotonic() - started < 2
    assert not any(thread.name == "single-instance" for thread in threading.enumerate())


def say(instance: Instance, message: bytes) -> None:
    with instance._address.connect(5) as connection:
        connection.sendall(message)
        while connection.recv(1024):
            pass
