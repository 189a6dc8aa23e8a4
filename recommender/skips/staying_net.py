"""A small net with feedback tokens, taught from one listener's sessions in the training's process.

It learns what the plain model's log-odds leave over, so that a net with nothing to say says zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from recommender.data.arrays import BoolArray, IndexArray, IntArray
from recommender.experts.staying import Lessons
from recommender.skips.staying_steps import StayingSteps

HIDDEN = 16
FEWEST, FEWEST_EACH = 500, 50
"""So many plays, and so many of them finished and so many skipped, are the least to learn from."""

MOST_ROUNDS, PATIENCE, BATCH = 40, 6, 16
LONGEST = 50
"""A session that goes on for longer is read as several."""

RATE, DECAY = 4e-3, 1e-2
HELD_OUT = 0.15
"""The share of the sessions, the latest ones, by which the best round is chosen."""


class _Batch(NamedTuple):
    """Sessions side by side: features (sessions, plays, dim), 1 for finished and 0 for skipped,
    log-odds and which places are plays, each (sessions, plays)."""

    features: Tensor
    finished: Tensor
    odds: Tensor
    there: Tensor


class StayingNet(nn.Module):
    """A GRU over songs and what became of them; its state says what each feature weighs next."""

    def __init__(self, dim: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.core = nn.GRU(dim + 1, hidden, batch_first=True)
        self.turn = nn.Parameter(torch.zeros(dim, hidden))
        self.own = nn.Parameter(torch.zeros(dim))
        self.now = nn.Parameter(torch.zeros(hidden))
        self.level = nn.Parameter(torch.zeros(1))

    def forward(self, features: Tensor, finished: Tensor) -> Tensor:
        """What is added to each play's log-odds, from the plays before it, (sessions, plays)."""
        heard = torch.cat([features, 2 * finished[..., None] - 1], dim=-1)
        after, _ = self.core(heard)
        state = torch.cat([torch.zeros_like(after[:, :1]), after[:, :-1]], dim=1)
        weights = state @ self.turn.T + self.own
        added: Tensor = (weights * features).sum(-1) + state @ self.now + self.level
        return added

    def steps(self) -> StayingSteps:
        """The same, to be read without torch."""
        core = dict(self.core.named_parameters())
        named = {
            "inner": core["weight_ih_l0"], "again": core["weight_hh_l0"],
            "bias": core["bias_ih_l0"], "again_bias": core["bias_hh_l0"], "turn": self.turn,
            "own": self.own, "now": self.now, "level": self.level,
        }  # fmt: skip
        return StayingSteps({name: each.detach().numpy().copy() for name, each in named.items()})


def fit_staying(
    lessons: Lessons, seed: int = 0, tell: Callable[[float], None] = lambda share: None
) -> StayingSteps | None:
    """The net of the round that foretold the latest sessions best; None for too few plays, and
    where none was better than nothing. `tell` is given the share that is done."""
    finished = int(np.count_nonzero(lessons.finished))
    least = min(finished, len(lessons.finished) - finished)
    if len(lessons.finished) < FEWEST or least < FEWEST_EACH:
        return None
    starts = _starts(lessons.session)
    cut = max(1, int(len(starts) * (1 - HELD_OUT)))
    if cut >= len(starts):
        return None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = StayingNet(lessons.features.shape[1])
        order = np.random.default_rng(seed)
        return _taught(net, lessons, np.append(starts, len(lessons.session)), cut, order, tell)


def _taught(
    net: StayingNet, lessons: Lessons, bounds: IndexArray, cut: int, order: np.random.Generator,
    tell: Callable[[float], None],
) -> StayingSteps | None:  # fmt: skip
    """Rounds until they have not helped for a while; `bounds` cut the plays into sessions, and
    those from `cut` on are held out."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    held_out = _batch(lessons, bounds, np.arange(cut, len(bounds) - 1))
    best, found, since = _judged(net, held_out), None, 0
    for turn in range(MOST_ROUNDS):
        tell(turn / MOST_ROUNDS)
        for sessions in np.array_split(order.permutation(cut), max(1, cut // BATCH)):
            optimizer.zero_grad()
            torch.autograd.backward(_loss(net, _batch(lessons, bounds, sessions)))
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        loss, since = _judged(net, held_out), since + 1
        if loss < best:
            best, found, since = loss, net.steps(), 0
        if since >= PATIENCE:
            break
    return found


def _loss(net: StayingNet, batch: _Batch) -> Tensor:
    """The mean log loss of the plays with what the net adds."""
    odds = batch.odds + net(batch.features, batch.finished)
    return nn.functional.binary_cross_entropy_with_logits(
        odds[batch.there], batch.finished[batch.there]
    )


@torch.no_grad()
def _judged(net: StayingNet, batch: _Batch) -> float:
    return float(_loss(net, batch))


def _starts(session: IntArray) -> IndexArray:
    """Where each session begins; long ones begin anew every `LONGEST` plays."""
    opens = np.flatnonzero(np.diff(session, prepend=session[0] - 1))
    ends = np.append(opens[1:], len(session))
    return np.concatenate([np.arange(*each, LONGEST) for each in zip(opens, ends, strict=True)])


def _batch(lessons: Lessons, bounds: IndexArray, sessions: IndexArray) -> _Batch:
    """These sessions, the short ones filled up with zeros."""
    starts, ends = bounds[sessions], bounds[sessions + 1]
    place = starts[:, None] + np.arange(int((ends - starts).max()))
    there: BoolArray = place < ends[:, None]
    place = np.where(there, place, 0)
    return _Batch(
        torch.from_numpy(lessons.features[place] * there[..., None]),
        torch.from_numpy((lessons.finished[place] & there).astype(np.float32)),
        torch.from_numpy(lessons.odds[place].astype(np.float32)),
        torch.from_numpy(there),
    )
