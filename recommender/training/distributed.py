"""Several processes that train one net, each on its share of every batch."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from recommender.models.net import Chunk, NetState, SequenceNet
from recommender.training.settings import TrainingError


@dataclass(frozen=True, slots=True)
class World:
    """This process among the `size` that train together."""

    rank: int = 0
    size: int = 1

    def sum(self, numbers: list[float], device: torch.device) -> list[float]:
        """Each number added up over all processes."""
        if self.size == 1:
            return numbers
        total = torch.tensor(numbers, dtype=torch.float64, device=_meeting(device))
        dist.all_reduce(total)
        return [float(number) for number in total.tolist()]


def world() -> World:
    """The processes that `joined` brought together, or this one alone."""
    if not (dist.is_available() and dist.is_initialized()):
        return World()
    return World(dist.get_rank(), dist.get_world_size())


@contextmanager
def joined(device: str) -> Iterator[World]:
    """Join the processes that torchrun started, if it did; raises TrainingError if they miss."""
    if "RANK" not in os.environ or int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield World()
        return
    on_gpu = device in ("auto", "cuda") and torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    try:
        dist.init_process_group("nccl" if on_gpu else "gloo")
    except (RuntimeError, ValueError) as error:
        raise TrainingError(
            f"The processes of this training did not find one another ({error}). Start them with "
            "torchrun, and see that MASTER_ADDR and MASTER_PORT can be reached."
        ) from error
    try:
        yield world()
    finally:
        dist.destroy_process_group()


class Reader(nn.Module):
    """Reads chunk after chunk with the net: the loss, and the state cut off from its past."""

    def __init__(self, net: SequenceNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, chunk: Chunk, state: NetState | None) -> tuple[Tensor, NetState]:
        """The summed loss of (batch, time) and the state after; no state begins the lists.

        Of a longer state the uppermost rows are taken: the lists below have ended.
        """
        rows = len(chunk.songs)
        state = self.net.start(rows) if state is None else tuple(each[:rows] for each in state)
        loss, state = self.net(chunk, state)
        return loss, tuple(_cut_off(each) for each in state)


def shared(net: SequenceNet, among: World) -> nn.Module:
    """A reader whose gradients are the mean over all processes."""
    reader = Reader(net)
    if among.size == 1:
        return reader
    with warnings.catch_warnings():
        # The word that replaces `broadcast_buffers` is not in the older versions of torch.
        warnings.simplefilter("ignore", FutureWarning)
        return DistributedDataParallel(reader, broadcast_buffers=False, find_unused_parameters=True)


def _cut_off(part: Tensor) -> Tensor:
    part = part.detach()
    return part.float() if part.is_floating_point() else part


def _meeting(device: torch.device) -> torch.device:
    return device if dist.get_backend() == "nccl" else torch.device("cpu")
