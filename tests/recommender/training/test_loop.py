from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from recommender.data.corpus import corpus_of
from recommender.models.base import FitContext
from recommender.models.gru import GRU
from recommender.models.net import Core, NetState
from recommender.training.hooks import EarlyStopping
from recommender.training.loop import LEAST_LR, learning_rate, optimiser_for, train
from recommender.training.run import Epoch, Run
from recommender.training.settings import TrainingError
from tests.recommender.training.rings import OPTIONS, SETTINGS, Watch, ring, small_net, vocabulary

STILL = replace(SETTINGS, epochs=1, lr=1e-12)


def losses(net, settings=SETTINGS, valid=None, lists=None) -> list[tuple[float, float]]:
    watch = Watch()
    train(net, lists or ring(), valid, settings, FitContext(hooks=[watch]))
    return watch.losses


def test_a_net_learns_the_order_of_lists_it_never_saw() -> None:
    watch = Watch()
    fitted = train(
        small_net(), ring(), ring(seed=1), replace(SETTINGS, epochs=25), FitContext(hooks=[watch])
    )
    assert watch.run.history[0].valid_loss > 2.5
    assert fitted.valid_loss < 0.5
    assert fitted.epochs == 25
    assert fitted.seconds > 0
    assert watch.run.history[-1].accuracy[5] > 0.99


def test_the_loss_is_in_nats_a_song() -> None:
    model = GRU(replace(OPTIONS, dropout=0.0))
    model.fit(ring(), settings=STILL)
    rows = [model.score_list(songs) for songs in ring()]
    nats = [-row[np.arange(len(row)), songs[1:]] for row, songs in zip(rows, ring(), strict=True)]
    exact = float(np.concatenate(nats).mean())
    net = model.build(vocabulary())
    net.load_state_dict(model.net.state_dict())
    ((train_loss, valid_loss),) = losses(net, STILL, valid=ring())
    assert train_loss == pytest.approx(exact, abs=1e-5)
    assert valid_loss == pytest.approx(exact, abs=1e-5)


def test_validation_is_exact_where_training_samples_or_looks_further() -> None:
    options = replace(OPTIONS, softmax="sampled", negatives=3, horizon=4, dropout=0.0)
    plain = small_net(replace(OPTIONS, dropout=0.0))
    sampled = small_net(options)
    sampled.load_state_dict(plain.state_dict())
    (_, exact), (_, other) = (losses(net, STILL, valid=ring())[0] for net in (plain, sampled))
    assert other == pytest.approx(exact, abs=1e-5)


def test_unknown_songs_are_misses_and_have_no_loss() -> None:
    watch = Watch()
    valid = corpus_of([[1, 2, -1, -1, -1]], vocabulary())
    known = corpus_of([[1, 2]], vocabulary())
    net = small_net()
    train(net, ring(), valid, replace(SETTINGS, epochs=20), FitContext(hooks=[watch]))
    last = watch.run.history[-1]
    assert last.accuracy[5] == 0.25
    assert last.valid_loss == pytest.approx(losses(net, STILL, valid=known)[0][1], abs=1e-4)


def test_the_same_seed_gives_the_same_curve_and_another_seed_another() -> None:
    first = losses(small_net(), valid=ring(seed=1))
    torch.rand(7)
    assert losses(small_net(), valid=ring(seed=1)) == first
    assert losses(small_net(), replace(SETTINGS, seed=1), valid=ring(seed=1)) != first


def test_the_callers_chance_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3).tolist()
    net = small_net()
    torch.manual_seed(5)
    losses(net)
    assert torch.rand(3).tolist() == expected


def test_hooks_are_told_of_everything_and_may_end_it() -> None:
    watch = Watch(enough_at=2)
    train(small_net(), ring(), None, SETTINGS, FitContext(hooks=[watch]))
    batches = ["batch"] * watch.run.batches
    assert watch.told == ["start", *batches, "epoch", *batches, "epoch", "end"]


def test_early_stopping_ends_with_the_best_weights() -> None:
    watch = Watch()
    settings = replace(SETTINGS, epochs=40, patience=2)
    net = small_net()
    fitted = train(net, ring(), ring(step=7), settings, FitContext(hooks=[watch]))
    valid_losses = [valid for _, valid in watch.losses]
    assert fitted.epochs == int(np.argmin(valid_losses)) + 1 + 2 < 40
    assert fitted.valid_loss == min(valid_losses)
    assert losses(net, STILL, valid=ring(step=7))[0][1] == pytest.approx(
        min(valid_losses), abs=1e-4
    )


def test_patience_starts_anew_with_each_better_epoch() -> None:
    run = Run(small_net(), SETTINGS, 1, 1)
    hook = EarlyStopping(2)
    for loss in (3.0, 3.5, 2.0, 2.5):
        run.history.append(Epoch(1.0, loss))
        hook.on_epoch(run)
        assert not run.enough
    run.history.append(Epoch(1.0, 2.0))
    hook.on_epoch(run)
    assert run.enough


def test_the_learning_rate_rises_and_falls() -> None:
    run = Run(small_net(), replace(SETTINGS, lr=1.0, warmup=4, epochs=2), batches=10, targets=1)
    assert learning_rate(run) == 0.25
    run.step, run.epoch = 100, 1
    assert learning_rate(run) == pytest.approx(0.5 * (1 + LEAST_LR))
    run.epoch = 2
    assert learning_rate(run) == pytest.approx(LEAST_LR)
    run.settings = replace(run.settings, schedule="constant")
    assert learning_rate(run) == 1.0


def test_weight_decay_spares_biases() -> None:
    net = small_net()
    decayed, spared = optimiser_for(net, replace(SETTINGS, weight_decay=0.1)).param_groups
    assert decayed["weight_decay"] == 0.1
    assert spared["weight_decay"] == 0
    assert any(each is net.bias for each in spared["params"])


@pytest.mark.parametrize("lists", [[], [[1], [2], []]])
def test_lists_without_transitions_are_refused(lists: list[list[int]]) -> None:
    with pytest.raises(TrainingError, match=r"nothing to learn from.*--format"):
        train(small_net(), corpus_of(lists, vocabulary()), None, SETTINGS, FitContext())


def test_a_loss_that_is_no_number_names_the_step_and_the_rate() -> None:
    with pytest.raises(TrainingError, match=r"nan at step \d+ .*Lower --lr, which is 1e\+30"):
        train(small_net(), ring(), None, replace(SETTINGS, lr=1e30), FitContext())


class Greedy(Core):
    """Asks for more memory than there is."""

    outputs = OPTIONS.hidden

    def start(self, batch: int) -> NetState:
        return ()

    def forward(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        return torch.empty(1 << 58) + inputs, state


def test_a_lack_of_memory_says_what_to_do() -> None:
    net = small_net()
    net.core = Greedy()
    with pytest.raises(TrainingError, match=r"smaller --batch.*sampled.*bloom"):
        train(net, ring(), None, SETTINGS, FitContext())


def test_validation_lists_of_unknown_songs_alone_give_no_loss() -> None:
    valid = corpus_of([[-1, -1]], vocabulary())
    ((_, valid_loss),) = losses(small_net(), replace(SETTINGS, epochs=1), valid=valid)
    assert math.isnan(valid_loss)
