"""The memory nets at their tasks for longer: copying sequences, and one-shot recall.

Each net is trained and tested once, beside an LSTM of as many parameters that sees as many
sequences; one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from recommender.evaluation.tasks import (
    CopyTask,
    RecallTask,
    Task,
    TaskNet,
    TaskTraining,
    bits_right,
    equal_parameters,
    learn,
    parameters_of,
    recalled,
)
from recommender.models.lstm import LSTMCore
from recommender.models.mann import MANNCore
from recommender.models.memory import MemoryOptions
from recommender.models.net import Core
from recommender.models.ntm import NTMCore
from recommender.models.ntm_lrua import HybridCore
from tests.benchmarks.table import Row, at_least

COPY = CopyTask(bits=8, longest=20)
COPYING = TaskTraining(steps=1500, batch=16, lr=5e-3)
NTM = MemoryOptions(hidden=64, slots=64, width=16, heads=1)

RECALL = RecallTask(classes=5, dim=8, presentations=5)
RECALLING = TaskTraining(steps=1500, batch=32, lr=1e-2)
ONE_SHOT = MemoryOptions(hidden=48, slots=32, width=16, heads=1)


def rows() -> list[Row]:
    """The shares of bits and of names right, and the time each training took."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    return [*_copying(), *_recalling()]


def _copying() -> list[Row]:
    longest, found = COPY.longest, []
    nets = _beside_an_lstm({"NTM": lambda: NTMCore(COPY.inputs, NTM)}, COPY.inputs)
    for name, make in nets.items():
        net, how = _learnt(make, COPY, COPYING)
        once = 100 * bits_right(net, COPY, longest)
        twice = 100 * bits_right(net, COPY, 2 * longest)
        at, beyond = f"{name} copies {longest} rows", f"{name} copies {2 * longest} rows"
        if name == "NTM":
            found += [at_least(at, once, "% of bits", 99.0, how)]
            found += [at_least(beyond, twice, "% of bits", 90.0, how)]
        else:
            found += [Row(at, once, "% of bits", "below 99", once < 99, how)]
            found += [Row(beyond, twice, "% of bits", None, None, how)]
    return found


def _recalling() -> list[Row]:
    kinds: dict[str, Callable[[], Core]] = {
        "MANN": lambda: MANNCore(RECALL.inputs, ONE_SHOT),
        "NTM + LRUA": lambda: HybridCore(RECALL.inputs, ONE_SHOT),
    }
    shares, hows = {}, {}
    for name, make in _beside_an_lstm(kinds, RECALL.inputs).items():
        net, hows[name] = _learnt(make, RECALL, RECALLING)
        shares[name] = [100 * share for share in recalled(net, RECALL)]
    found = []
    for name in shares:
        for time_, word in ((1, "1st"), (2, "2nd"), (5, "5th")):
            share, lstm = shares[name][time_ - 1], shares["LSTM"][time_ - 1]
            judged = time_ > 1 and name != "LSTM"
            budget = f"above the LSTM's {lstm:.1f}" if judged else None
            holds = share > lstm if judged else None
            label = f"{name} names {RECALL.classes} classes at their {word} presentation"
            found.append(Row(label, share, "%", budget, holds, hows[name]))
    return found


def _beside_an_lstm(
    nets: dict[str, Callable[[], Core]], inputs: int
) -> dict[str, Callable[[], Core]]:
    """The nets, and an LSTM with as many parameters as the largest of them."""

    def make(hidden: int) -> Core:
        return LSTMCore(inputs, hidden, 1, 0.0)

    hidden = equal_parameters(make, max(parameters_of(net()) for net in nets.values()))
    return {**nets, "LSTM": lambda: make(hidden)}


def _learnt(make: Callable[[], Core], task: Task, training: TaskTraining) -> tuple[TaskNet, str]:
    began = time.perf_counter()
    net = learn(make, task, training)
    taken_s = time.perf_counter() - began
    sequences = training.steps * training.batch
    size = parameters_of(net.core)
    return net, f"{size:,} parameters, {sequences:,} sequences learnt in {taken_s:.0f} s"
