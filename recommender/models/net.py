"""The net around every recurrent or attending core: songs to vectors, states to the next song."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from recommender.data.bloom import bits_of
from recommender.data.corpus import Feedback
from recommender.models.net_options import NetOptions

STD = 0.02

NetState = tuple[Tensor, ...]
"""A core's state: tensors whose first axis is the batch."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a batch of lists.

    `songs` (batch, time) are codes, the number of songs for UNKNOWN and padding; `feedback` the
    same shape; `targets` (batch, time, horizon) the songs that follow, -1 where none does.
    """

    songs: Tensor
    feedback: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> Chunk:
        """The chunk on another device."""
        moved = (each.to(device, non_blocking=True) for each in self.tensors())
        return Chunk(*moved)

    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        """The three parts."""
        return self.songs, self.feedback, self.targets


class Core(nn.Module):
    """What happens between a song's vector and the next: `outputs` is the size of its answer."""

    outputs: int

    @abstractmethod
    def start(self, batch: int) -> NetState:
        """The state before the first song, on the core's device."""

    @abstractmethod
    def forward(self, inputs: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        """(batch, time, dim) and a state to (batch, time, outputs) and the state after."""


class SongTable(nn.Module):
    """A vector a song: a row of its own, or a sum of a Bloom code's rows.

    `codes` is (songs, hashes), numbers below `rows`, or None for a row a song. One further row is
    that of UNKNOWN.
    """

    def __init__(self, songs: int, dim: int, codes: Tensor | None, rows: int) -> None:
        super().__init__()
        self.songs = songs
        self.weight = nn.Parameter(torch.randn(rows + 1, dim) * STD)
        self.bits: Tensor | None
        unknown = None
        if codes is not None:
            unknown = torch.cat([codes, torch.full((1, codes.shape[1]), rows)]).long()
        self.register_buffer("bits", unknown, persistent=False)

    def forward(self, songs: Tensor) -> Tensor:
        """Vectors of songs of any shape, (..., dim)."""
        if self.bits is None:
            return F.embedding(songs, self.weight)
        rows = self.bits[songs.reshape(-1)]
        return F.embedding_bag(rows, self.weight, mode="sum").view(*songs.shape, -1)

    def all(self) -> Tensor:
        """Every song's vector, (songs, dim)."""
        if self.bits is None:
            return self.weight[: self.songs]
        return F.embedding_bag(self.bits[: self.songs], self.weight, mode="sum")

    @torch.no_grad()
    def start_with(self, rows: Tensor) -> None:
        """Begin with these rows of weights, (rows, dim)."""
        self.weight[: len(rows)] = rows

    @torch.no_grad()
    def start_from(self, found: Tensor, vectors: Tensor, spread: float) -> None:
        """Begin with given vectors (songs, dim) where `found` (songs,) says there is one.

        All are scaled by one factor, so that the root mean square of their numbers is `spread`.
        """
        given = vectors[found]
        scale = spread / given.square().mean().sqrt().clamp(min=1e-12)
        self.weight[: self.songs][found] = given * scale


class SequenceNet(nn.Module):
    """Song table, core, and an output over all songs; `forward` gives the loss."""

    def __init__(
        self, options: NetOptions, core: Core, counts: Tensor, codes: Tensor | None = None
    ) -> None:
        """`counts` (songs,) are plays, the start of each song's bias; `codes` the Bloom codes."""
        super().__init__()
        self.options = options
        self.songs = len(counts)
        self.core = core
        rows = self.songs if codes is None else bits_of(options.bloom, self.songs)
        self.table = SongTable(self.songs, options.dim, codes, rows)
        self.heard = nn.Embedding(len(Feedback), options.dim) if options.feedback else None
        if self.heard is not None:
            nn.init.normal_(self.heard.weight, std=STD)
        self.answer_size = size = options.dim if options.tied else core.outputs
        self.project = nn.Linear(core.outputs, size) if options.tied else nn.Identity()
        self.out = self.table if options.tied else SongTable(self.songs, size, codes, rows)
        share = (counts.float() + 0.5) / (counts.float() + 0.5).sum()
        on_bits = options.softmax == "bits"
        self.bias = nn.Parameter(torch.zeros(len(self.out.weight)) if on_bits else share.log())
        self.dropout = nn.Dropout(options.dropout)

    def start(self, batch: int) -> NetState:
        """The core's state before the first song."""
        return self.core.start(batch)

    def read(self, songs: Tensor, feedback: Tensor, state: NetState) -> tuple[Tensor, NetState]:
        """Codes (batch, time) to answers (batch, time, size) and the state after."""
        vectors = self.table(songs)
        if self.heard is not None:
            vectors = vectors + self.heard(feedback)
        outputs, state = self.core(self.dropout(vectors), state)
        answers: Tensor = self.project(self.dropout(outputs))
        return answers, state

    def log_probabilities(self, answers: Tensor) -> Tensor:
        """Answers (n, size) to the log of each song's chance, (n, songs)."""
        return F.linear(answers, *self.output()).float().log_softmax(dim=-1)

    def output(self) -> tuple[Tensor, Tensor]:
        """What turns answers into scores: a row a song, (songs, size), and its bias, (songs,)."""
        bias: Tensor = self.bias
        if self.options.softmax == "bits" and self.out.bits is not None:
            bias = bias[self.out.bits[: self.songs]].sum(1)
        return self.out.all(), bias

    def forward(self, chunk: Chunk, state: NetState) -> tuple[Tensor, NetState]:
        """The loss summed over the chunk's places with a target, in nats, and the state after."""
        answers, state = self.read(chunk.songs, chunk.feedback, state)
        at = chunk.targets[..., 0] >= 0
        targets = chunk.targets[at]
        if not len(targets):  # so every parameter still has a gradient, as many processes need
            return torch.stack([each.sum() for each in self.parameters()]).sum() * 0, state
        return self._loss(answers[at], targets), state

    def _loss(self, answers: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy of (n, size) against (n, horizon), whose later targets weigh less."""
        steps = torch.arange(targets.shape[1], device=targets.device)
        weight = (targets >= 0) * self.options.decay**steps
        weight = weight / weight.sum(1, keepdim=True)
        right = targets.clamp(min=0)
        if self.options.softmax == "bits":
            logs = self._bit_logs(answers, right)
        elif self.options.softmax == "sampled" and self.options.negatives < self.songs:
            logs = self._sampled_logs(answers, right)
        else:
            logs = self.log_probabilities(answers).gather(1, right)
        return -(logs * weight).sum()

    def _sampled_logs(self, answers: Tensor, right: Tensor) -> Tensor:
        """An estimate of the log-probabilities of targets, (n, horizon).

        The negatives are drawn evenly, so each stands for `songs / negatives` of them.
        """
        drawn = torch.randint(self.songs, (self.options.negatives,), device=answers.device)
        others = F.linear(answers, self.out(drawn), self.bias[drawn]).float()
        others = others + math.log(self.songs / len(drawn))
        scores = (answers.unsqueeze(1) * self.out(right)).sum(-1).float() + self.bias[right]
        others = others.masked_fill(drawn == right[:, :1], -torch.inf)
        logs: Tensor = scores - torch.cat([others, scores[:, :1]], 1).logsumexp(1, keepdim=True)
        return logs

    def _bit_logs(self, answers: Tensor, right: Tensor) -> Tensor:
        """The mean log-probability of the bits of targets, (n, horizon)."""
        bits = self.out.bits
        assert bits is not None
        logits = F.linear(answers, self.out.weight[:-1], self.bias[:-1])
        chances = logits.float().log_softmax(-1)
        wanted = bits[right]
        return chances.gather(1, wanted.flatten(1)).view(wanted.shape).mean(-1)
