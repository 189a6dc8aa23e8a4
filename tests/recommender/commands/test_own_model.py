"""The README's example: a model in a package of its own, found by every command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import recommender
from tests.recommender.commands.conftest import walks

README = Path(recommender.__file__).with_name("README.md")
LINES = 30


def blocks() -> dict[str, str]:
    """The first block of each language below the README's "Your own model"."""
    chapter = README.read_text(encoding="utf-8").partition("\n## Your own model\n")[2]
    found = re.findall(r"^```(\w+)\n(.*?)^```$", chapter, re.DOTALL | re.MULTILINE)
    return dict(reversed(found))


def install(project: str, source: str, site: Path) -> None:
    """Lay the package out in a folder of packages, as an installer does it."""
    told = tomllib.loads(project)["project"]
    info = site / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in entries.items())
        for group, entries in told["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
    ((module, _),) = (place.split(":") for place in told["entry-points"]["segue.models"].values())
    (site / f"{module}.py").write_text(source, encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example's package and two files of lists."""
    folder = tmp_path_factory.mktemp("own")
    told = blocks()
    install(told["toml"], told["python"], folder / "site")
    (folder / "train.txt").write_text(walks(40) + "7 7 7 7\n", encoding="utf-8")
    (folder / "test.txt").write_text("3 9 3 9 3\n", encoding="utf-8")
    return folder


def command(folder: Path, *words: str) -> str:
    paths = [str(folder / "site"), str(README.parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "recommender", *words],
        cwd=folder, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_is_as_short_as_promised() -> None:
    assert len(blocks()["python"].splitlines()) <= LINES


def test_a_model_from_another_package_is_compared_like_the_others(installed: Path) -> None:
    out = command(
        installed, "compare", "--train", "train.txt", "--test", "test.txt", "--format", "yes",
        "--models", "repeat,popularity", "--seeds", "2", "--out", "table", "--json",
    )  # fmt: skip
    repeat, popularity = json.loads(out)["models"]
    assert repeat["title"] == "What was heard comes again"
    assert repeat["seeds"] == popularity["seeds"] == [0]
    assert repeat["mrr"]["mean"] > popularity["mrr"]["mean"]


def test_it_is_trained_and_asked_like_the_others(installed: Path) -> None:
    words = ("train", "repeat", "--data", "train.txt", "--format", "yes", "--out", "repeat")
    assert "repeat" in command(installed, *words)
    told = json.loads(
        command(installed, "recommend", "--model", "repeat", "3", "-n", "1", "--json")
    )
    assert told["songs"][0]["key"] == "7"  # the most played of those not named
