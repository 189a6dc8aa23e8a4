"""A fitted GRU read without torch gives what the GRU gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.api import CheckpointError
from recommender.data.corpus import Feedback, corpus_of
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.experts.trained import Trained
from recommender.live.trained_store import read_trained, write_trained
from recommender.models.checkpoint import load_model, read_model
from recommender.models.gru import GRU
from recommender.models.gru_steps import GRUSteps
from recommender.training.settings import TrainingError, TrainSettings

SONGS = 30


@pytest.fixture(scope="module", params=[True, False])
def folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    model = GRU(GRU.Options(dim=12, hidden=20, feedback=request.param, rest=4))
    vocabulary = Vocabulary([str(number) for number in range(SONGS)])
    walk = list(range(SONGS))
    model.fit(corpus_of([walk, walk[::-1], walk[5:]], vocabulary), None,
              TrainSettings(epochs=3, batch=2, device="cpu"))  # fmt: skip
    place = tmp_path_factory.mktemp("gru") / "7"
    write_trained(place, Trained("", sequence=model))
    return place


def test_every_step_gives_the_same_chances(folder: Path) -> None:
    slow, quick = load_model(folder / "sequence"), read_model(folder / "sequence", GRUSteps)
    one, two = slow.start(), quick.start()
    steps = [(3, Feedback.PLAYED), (4, Feedback.SKIPPED), (UNKNOWN, Feedback.PLAYED),
             (9, Feedback.LIKED), (3, Feedback.PLAYED), (29, Feedback.PLAYED)]  # fmt: skip
    for song, said in steps:
        np.testing.assert_allclose(
            quick.log_probabilities(two), slow.log_probabilities(one), atol=1e-5
        )
        one, two = slow.observe(one, song, said), quick.observe(two, song, said)
    np.testing.assert_allclose(quick.log_probabilities(two), slow.log_probabilities(one), atol=1e-5)


def test_a_trained_version_is_read_without_torch(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from recommender.live.trained_store import read_trained\n"
        f"trained = read_trained(Path({str(folder)!r}))\n"
        "assert trained.sequence is not None and trained.version == '7'\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


def test_it_is_written_again_as_it_was(folder: Path, tmp_path: Path) -> None:
    write_trained(tmp_path / "8", read_trained(folder))
    again = load_model(tmp_path / "8" / "sequence")
    first = load_model(folder / "sequence")
    np.testing.assert_array_equal(
        again.log_probabilities(again.observe(again.start(), 5)),
        first.log_probabilities(first.observe(first.start(), 5)),
    )


def test_it_cannot_be_fitted(folder: Path) -> None:
    model = read_model(folder / "sequence", GRUSteps)
    with pytest.raises(TrainingError, match="fit a GRU"):
        model.fit(corpus_of([[0, 1]], Vocabulary(["a", "b"])))


def test_weights_of_another_size_are_refused_in_words(folder: Path, tmp_path: Path) -> None:
    model = read_model(folder / "sequence", GRUSteps)
    model.vocabulary = Vocabulary(["a", "b"])
    model.save(tmp_path / "9" / "sequence")
    with pytest.raises(CheckpointError, match="damaged"):
        read_trained(tmp_path / "9")
