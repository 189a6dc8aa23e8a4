"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from recommender.__main__ import COMMANDS
from tests.recommender.commands.conftest import Command

LIGHT = """
import sys
from recommender.__main__ import main
try:
    main(["--help"])
except SystemExit:
    pass
heavy = {"torch", "numpy", "matplotlib"} & sys.modules.keys()
sys.exit(f"imported: {heavy}" if heavy else 0)
"""


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(command: Command, name: str) -> None:
    done = command(name, "--help")
    assert done.code == 0
    assert f"recommender {name}" in done.out


@pytest.mark.parametrize("words", [[], ["tran"]])
def test_without_a_known_command_the_known_ones_are_told(
    command: Command, words: list[str]
) -> None:
    done = command(*words)
    assert done.code == 2
    assert "COMMAND" in done.err
