"""Files of lists, a trained model, and the command line without a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from recommender.__main__ import THREADS, main
from recommender.data.build import open_corpus
from recommender.models.gru import GRU
from tests.recommender.models.cycles import QUICK, SONGS, cycles, small

SAME_TITLE = 2


@dataclass(frozen=True)
class Done:
    """What a command gave back and said."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `python -m recommender` in this process."""
    for name in THREADS:
        monkeypatch.setenv(name, "1")

    def run(*words: str | Path) -> Done:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


def walks(lists: int) -> str:
    """Lists round a circle of twelve songs, as lines of the yes format without a header."""
    return "".join(" ".join(map(str, songs)) + "\n" for songs in cycles(lists))


@pytest.fixture(scope="session")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that knows the circle; songs 0 and 2 bear the same title."""
    folder = tmp_path_factory.mktemp("circle")
    titles = [f"Title {0 if song == SAME_TITLE else song}" for song in range(SONGS)]
    names = [f"{song} \t{titles[song]}\tArtist {song}\n" for song in range(SONGS)]
    (folder / "song_hash.txt").write_text("".join(names), encoding="utf-8")
    (folder / "train.txt").write_text(walks(96) + "2 3 4 5 6\n" * 3, encoding="utf-8")
    model = small(GRU)
    model.fit(open_corpus([folder / "train.txt"], "yes"), None, QUICK)
    model.save(folder / "model")
    return folder / "model"
