"""Every option of the nets works in every net."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from recommender.data.corpus import Feedback
from recommender.data.vocabulary import Vocabulary
from recommender.models.base import OptionError, options_from
from recommender.models.net_model import NetModel
from recommender.models.net_options import NetOptions
from recommender.models.registry import model_class, model_names
from tests.recommender.models.cycles import QUICK, SONGS, cycles, fitted, small, surprise

NETS = [name for name in model_names() if issubclass(model_class(name), NetModel)]
CHOICES: list[dict[str, Any]] = [
    {"tied": True},
    {"softmax": "sampled", "negatives": 6},
    {"bloom": 20, "hashes": 3},
    {"bloom": 20, "hashes": 3, "softmax": "bits"},
    {"tied": False, "feedback": True},
    {"horizon": 2, "decay": 0.3},
    {"vectors": "pairs", "rest": 0},
]
every_net = pytest.mark.parametrize("name", NETS)


@every_net
@pytest.mark.parametrize("chosen", CHOICES, ids=lambda chosen: ",".join(map(str, chosen)))
def test_a_net_beats_popularity_with_each_choice(name: str, chosen: dict[str, Any]) -> None:
    assert surprise(fitted(model_class(name), **chosen)) < 0.6 * np.log(SONGS)


@every_net
def test_a_net_begins_with_the_vectors_of_a_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    rows = np.random.default_rng(0).normal(size=(SONGS, 16)).round(3)
    path.write_text(
        "".join(f"song {at} {' '.join(map(str, row))}\n" for at, row in enumerate(rows))
    )
    model = fitted(model_class(name), vectors=str(path))
    assert surprise(model) < 0.6 * np.log(SONGS)


@every_net
def test_feedback_changes_what_comes_next_only_where_it_is_read(name: str) -> None:
    for reads in (True, False):
        model = fitted(model_class(name), feedback=reads)
        rows = [model.log_probabilities(model.observe(model.start(), 3, said)) for said in Feedback]
        assert np.array_equal(rows[0], rows[1]) is not reads
        assert np.array_equal(rows[0], rows[2]) is not reads


@every_net
def test_bloom_codes_leave_a_net_fewer_weights(name: str) -> None:
    kind = model_class(name)
    assert issubclass(kind, NetModel)
    sizes = []
    for bloom in (0.0, 0.2):
        model = small(kind, bloom=bloom, tied=False)
        assert isinstance(model, NetModel)
        net = model.build(Vocabulary([str(number) for number in range(1000)]))
        sizes.append((net.table.weight.numel(), net.out.weight.numel()))
    assert sizes[1][0] == pytest.approx(sizes[0][0] / 5, rel=0.01)
    assert sizes[1][1] == pytest.approx(sizes[0][1] / 5, rel=0.01)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"dropout": "1.5"}, "dropout is 1.5"),
        ({"softmax": "half"}, "full, sampled, bits"),
        ({"softmax": "bits"}, "give bloom as well"),
        ({"hidden": "0"}, "give 1 or more"),
        ({"decay": "0"}, "decay is 0.0"),
        ({"hashes": "99", "bloom": "0.5"}, "at most 16 hashes"),
        ({"bloom": "0.2", "vectors": "file.txt"}, "leave bloom at 0"),
        ({"width_of_moon": "3"}, "no option 'width_of_moon'"),
        ({"layers": "two"}, "no number"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_words(words: dict[str, str], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        options_from(NetOptions, words)


def test_a_fit_leaves_torch_s_generator_as_it_was() -> None:
    before = torch.random.get_rng_state()
    small(model_class("gru")).fit(cycles(8), None, QUICK)
    assert torch.equal(torch.random.get_rng_state(), before)
