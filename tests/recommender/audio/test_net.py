"""Training the networks that listen: the same each time, in bounds, and wherever it is done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from recommender.audio.net_options import KINDS, Kind, NetSettings, NetShape
from recommender.audio.net_steps import NetSteps
from recommender.audio.net_windows import drawn, heard_of
from recommender.audio.sound import MELS, WINDOW, Mel
from recommender.audio.train_net import (
    Fitted,
    contrast,
    fit_net,
    neighbours,
    same,
)
from recommender.audio.training_set import TrainingSet
from recommender.training.settings import TrainingError
from tests.recommender.audio.sounds import causes, places, sounds

SONGS, ARTISTS = 64, 16
QUICK = NetSettings(most_windows=1200)


def songs(known: int = SONGS) -> TrainingSet:
    made, by = causes(SONGS, ARTISTS)
    targets = places(made)
    targets[known:] = 0
    return TrainingSet.of(sounds(made), targets, by)


def fit(train: TrainingSet, settings: NetSettings, kind: Kind = "sound") -> Fitted:
    shape = NetShape(kind, train.hands.shape[1], train.targets.shape[1])
    return fit_net(train, shape, settings, lambda share: None)


def answers(fitted: Fitted, train: TrainingSet) -> np.ndarray:
    return fitted.steps.song(heard_of(fitted.net, train).numpy(), train.hands)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_network(kind: Kind) -> None:
    train = songs(48)
    one, other = fit(train, QUICK, kind), fit(train, QUICK, kind)
    np.testing.assert_array_equal(answers(one, train), answers(other, train))
    another = fit(train, replace(QUICK, seed=1), kind)
    assert np.abs(answers(one, train) - answers(another, train)).max() > 1e-4


def test_a_training_leaves_torchs_own_chance_alone() -> None:
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    fit(songs(), QUICK)
    assert torch.rand(1) == wanted


def test_a_training_ends_when_its_time_is_over() -> None:
    told: list[float] = []
    train = songs()
    shape = NetShape("sound", train.hands.shape[1], train.targets.shape[1])
    short = replace(QUICK, most_windows=10**6, epochs=10**4, patience=10**6, most_s=0.5)
    fitted = fit_net(train, shape, short, told.append)
    assert told[-1] > 0.5
    assert np.isfinite(answers(fitted, train)).all()


def test_one_artist_is_too_few_to_tell_what_holds_for_others() -> None:
    train = replace(songs(), groups=np.zeros(SONGS, np.int64))
    with pytest.raises(TrainingError, match="more than one artist"):
        fit(train, QUICK)


def test_windows_are_drawn_from_the_songs_own_stretches() -> None:
    stretches = np.repeat(np.arange(7, dtype=np.uint8), 2 * WINDOW * MELS)
    train = TrainingSet.joined(
        np.zeros((3, 2)), np.split(stretches.reshape(7, 2 * WINDOW, MELS), [2, 3]),
        np.ones((3, 1)), [0, 1, 2],
    )  # fmt: skip
    windows: Mel = drawn(train, np.array([2, 0, 1]), 20, np.random.default_rng(0))
    assert windows.shape == (60, WINDOW, MELS)
    seen = windows[:, 0, 0].reshape(3, 20)
    assert [set(each.tolist()) for each in seen] == [{3, 4, 5, 6}, {0, 1}, {2}]


def test_songs_selected_keep_their_stretches() -> None:
    train = songs()
    few = train.select(np.array([5, 2, 5]))
    for place, song in enumerate([5, 2, 5]):
        part = few.stretches[few.bounds[place] : few.bounds[place + 1]]
        whole = train.stretches[train.bounds[song] : train.bounds[song + 1]]
        np.testing.assert_array_equal(part, whole)


def test_contrast_is_least_where_each_answer_is_at_its_place() -> None:
    wanted = torch.eye(6)
    right = contrast(wanted * 3, wanted, 0.1)
    assert right < contrast(wanted.roll(1, 0), wanted, 0.1)
    assert right < contrast(torch.ones(6, 6), wanted, 0.1)


def test_two_halves_of_a_song_are_to_find_each_other() -> None:
    alike = torch.eye(5).unsqueeze(1).expand(-1, 4, -1)
    strange = torch.cat([alike[:, :2], alike.roll(1, 0)[:, 2:]], dim=1)
    assert same(alike, 0.1) < 0.01 < same(strange, 0.1)


def test_neighbours_are_right_where_they_are_those_of_the_targets() -> None:
    wanted = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    assert neighbours(wanted * 2, wanted).tolist() == [1.0] * 40
    assert neighbours(np.roll(wanted, 7, axis=0), wanted).mean() < 0.5
    assert neighbours(wanted[:3], wanted[:3]).tolist() == [0.0] * 3


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")
def test_a_gpu_learns_and_hears_as_the_processor_does() -> None:
    train = songs()
    fitted = fit(train, replace(QUICK, device="cuda"))
    steps: NetSteps = fitted.steps
    windows = train.stretches[:, :WINDOW]
    from recommender.audio.net_windows import kept_of

    np.testing.assert_allclose(kept_of(fitted.net, windows), steps.windows(windows), atol=1e-2)
    assert abs(fitted.cosine - fit(train, QUICK).cosine) < 0.1
