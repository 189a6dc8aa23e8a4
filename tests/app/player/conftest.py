"""Fixtures of the player's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.player.engine import Engine
from tests.app.player.listener import Inbox, Listener
from tests.app.player.null_sink import NullSink, missing_tools


@pytest.fixture
def inbox() -> Inbox:
    """What the engine posts to."""
    return Inbox()


@pytest.fixture(scope="session")
def running_sink() -> Iterator[NullSink]:
    """One sound server for all tests."""
    missing = missing_tools()
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    sink = NullSink()
    yield sink
    sink.stop()


@pytest.fixture
def sink(running_sink: NullSink, monkeypatch: pytest.MonkeyPatch) -> NullSink:
    """A sound server that libVLC plays to in this test."""
    monkeypatch.setenv("PULSE_SERVER", running_sink.server)
    return running_sink


@pytest.fixture
def listen(inbox: Inbox) -> Iterator[Callable[[Engine], Listener]]:
    """Listens to an engine and closes it when the test is over."""
    engines: list[Engine] = []

    def start(engine: Engine) -> Listener:
        engines.append(engine)
        return Listener(engine, inbox)

    yield start
    for engine in engines:
        engine.close()
