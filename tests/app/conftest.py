"""A small library of real files, and the program as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.making import make_audio

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve short files by four artists in two formats."""
    folder = tmp_path_factory.mktemp("music")
    for number in range(12):
        kind = ("flac", "ogg")[number % 2]
        tags = {
            "title": f"Song {number}",
            "artist": f"Artist {number % 4}",
            "album": f"Album {number % 4}",
            "genre": ("Ambient", "Techno")[number % 2],
        }
        make_audio(folder / f"{number:02}.{kind}", kind, 1.5, tags)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation of its own."""
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `python -m MODULE ARGUMENTS` on that installation; all are ended afterwards."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, module: str = "app") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, "SEGUE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
