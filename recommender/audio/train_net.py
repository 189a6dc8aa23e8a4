"""Training the networks that listen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from recommender.audio.net import SoundNet, WindowNet, net_for
from recommender.audio.net_options import NetSettings, NetShape
from recommender.audio.net_steps import NetSteps
from recommender.audio.net_windows import drawn, heard_of
from recommender.audio.ridge import Ridge, folds, ridge, standardised
from recommender.audio.sound import MELS, Mel, decibels
from recommender.audio.targets import directions
from recommender.audio.training_set import TrainingSet
from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.training.device import place_for
from recommender.training.settings import TrainingError, TrainSettings

SCALES = (0.0, 0.15, 0.25, 0.35, 0.5)
"""Shares of the network's correction that are tried. All of it comes no nearer to the targets of
unseen artists, but loses neighbours that ridge regression finds."""

NEIGHBOURS, NEARNESS = 10, 3.0
"""A network is chosen by its cosine and NEARNESS times the share of neighbours that it gets right:
whom a song stands next to is what a recommendation is made of."""

LOOKS = 30
WARMUP = 0.05
OTHERS = 0.25
LATE = 0.5
MEASURED = 2_000
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Fitted:
    """A network in eval mode on its device, and `steps`, all that it takes to read it without it.

    `cosine` is how near it came to the targets of artists that it was not taught, and whose songs
    did not decide when it had learnt enough: NaN where no two artists could be left out.
    `ridge_cosine` is how near ridge regression came, `mean_cosine` one answer for all.
    """

    net: WindowNet
    steps: NetSteps
    cosine: float
    ridge_cosine: float
    mean_cosine: float


def fit_net(
    train: TrainingSet, shape: NetShape, settings: NetSettings, tell: Callable[[float], None]
) -> Fitted:
    """Train a network on songs of which some have a target; the same seed gives the same network
    as long as it does not run into `most_s`. Raises TrainingError in words."""
    known = np.flatnonzero(train.known)
    fold = folds(train.groups[known], max(2, round(1 / settings.held)))
    out = fold == fold.max(initial=0)  # the last: the first has the artist with most songs
    held, taught = known[out], known[~out]
    if not len(taught):
        raise TrainingError(
            "There is nothing to learn from: give songs with plays, by more than one artist."
        )
    device = place_for(TrainSettings(device=settings.device, precision="full")).device
    with _without_denormals(), torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(settings.seed)
        return Training(train, taught, held, shape, settings, device, tell).fitted()


class Training:
    """One training; `taught` and `held` are places of songs with a target in the set."""

    def __init__(
        self,
        songs: TrainingSet,
        taught: IndexArray,
        held: IndexArray,
        shape: NetShape,
        settings: NetSettings,
        device: torch.device,
        tell: Callable[[float], None],
    ) -> None:
        self.songs, self.taught, self.held = songs, taught, held
        self.others = np.flatnonzero(~songs.known)
        self.settings, self.device, self.tell = settings, device, tell
        self.chance = np.random.default_rng(settings.seed)
        self.wanted = directions(songs.targets)
        regression, crossed = self._ridge(taught)
        self.base = np.zeros_like(self.wanted)
        self.base[taught] = crossed
        self.base[held] = regression.predict(songs.hands[held])
        self.hand_mean, self.hand_spread = regression.mean, regression.spread
        self.hands = standardised(songs.hands, self.hand_mean, self.hand_spread)
        self.lengths, self.length_mean, self.length_spread = _evened_logs(songs)
        self.net = net_for(shape, settings.dropout).to(device)
        self._measure()
        self.optimiser = _optimiser(self.net, settings)
        self.steps = _steps(len(taught), settings)
        self.halves = folds(songs.groups[held], 2)
        self.looks: list[FloatArray] = []
        self.spent_s = 0.0

    def _ridge(self, places: IndexArray) -> tuple[Ridge, FloatArray]:
        own = self.songs
        return ridge(own.hands[places], self.wanted[places], own.groups[places])

    def _measure(self) -> None:
        """Tell the network which levels are usual."""
        few = self.songs.stretches[:: max(1, len(self.songs.stretches) // MEASURED)]
        levels = decibels(few.reshape(-1, MELS))
        self.net.mel_mean.copy_(torch.from_numpy(levels.mean(0)))
        self.net.mel_spread.copy_(torch.from_numpy(np.maximum(levels.std(0), 1.0)))

    def fitted(self) -> Fitted:
        """Train until it has learnt enough, and keep the best of what was looked at."""
        best, kept, worse = -math.inf, _copied(self.net), 0
        look = max(1, self.steps // LOOKS)
        for step in range(self.steps):
            began = time.perf_counter()
            self._step(self._share(step))
            share = self._share(step + 1)
            if (step + 1) % look == 0 or share >= 1:
                self.looks.append(self._look())
                score = float(self.looks[-1][1].mean(1).max())
                worse = worse + 1 if score <= best else 0
                if score > best:
                    best, kept = score, _copied(self.net)
            self.spent_s += time.perf_counter() - began
            self.tell(share)
            if share >= 1 or worse > self.settings.patience:
                break
        self.net.load_state_dict(kept)
        return self._finished()

    def _finished(self) -> Fitted:
        scores = np.stack([each[1].mean(1) for each in self.looks])  # (looks, scales)
        scale = self._scales()[int(scores[scores.max(1).argmax()].argmax())]
        regression, _ = self._ridge(np.flatnonzero(self.songs.known))
        net = self.net.eval()
        extra: dict[str, FloatArray] = {
            "scale": np.array(scale, np.float32),
            "hand_mean": self.hand_mean,
            "hand_spread": self.hand_spread,
            "length_mean": np.array(self.length_mean, np.float32),
            "length_spread": np.array(self.length_spread, np.float32),
            "ridge_mean": regression.mean,
            "ridge_spread": regression.spread,
            "ridge_weight": regression.weight,
            "ridge_offset": regression.offset,
        }
        wanted = self.wanted[self.held]
        usual = np.tile(self.wanted[self.taught].mean(0), (len(wanted), 1))
        before, mean = (
            float(_cosines(each, wanted).mean()) for each in (self.base[self.held], usual)
        )
        steps = NetSteps(net.shape, {**net.arrays(), **extra})
        return Fitted(net, steps, self._judged(), before, mean)

    def _judged(self) -> float:
        """The mean cosine of the artists left out, each judged at the look and the scale that are
        best for the others."""
        cosines, worth = np.concatenate(self.looks, axis=1)  # both (looks * scales, held)
        total = 0.0
        for half in (0, 1):
            mine, others = cosines[:, self.halves == half], worth[:, self.halves != half]
            if not mine.shape[1]:
                return math.nan
            total += float(mine[others.mean(1).argmax()].sum())
        return total / len(self.held)

    def _scales(self) -> tuple[float, ...]:
        return SCALES if isinstance(self.net, SoundNet) else (1.0,)

    def _share(self, step: int) -> float:
        """How much of the training is done, by steps, or by time where that runs out."""
        late = self.spent_s / self.settings.most_s
        return min(1.0, max(step / self.steps, late if late > LATE else 0.0))

    def _step(self, share: float) -> None:
        own = self.settings
        rate = own.lr * min(1.0, (share + 1e-3) / WARMUP) * 0.5 * (1 + math.cos(math.pi * share))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.net.train()
        places = self.chance.choice(self.taught, min(own.batch, len(self.taught)), replace=False)
        extra = self.chance.permutation(self.others)[: int(OTHERS * own.batch)]
        loss = self._loss(places, extra)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()

    def _loss(self, places: IndexArray, extra: IndexArray) -> Tensor:
        own = self.settings
        both = np.concatenate([places, extra])
        windows = self.net.levels(self._on(drawn(self.songs, both, own.windows, self.chance)))
        kept = self.net.windows(self._changed(windows)).view(len(both), own.windows, -1)
        wanted = self._on(self.wanted[places])
        if not isinstance(self.net, SoundNet):
            each = wanted.unsqueeze(1).expand(-1, own.windows, -1)
            return F.mse_loss(kept[: len(places)], each) * wanted.shape[1]
        hidden = self.net.hidden(kept.mean(1), self._on(self.hands[both]))
        known = hidden[: len(places)]
        answers = self._on(self.base[places]) + self.net.answers(known)
        loss = (1 - F.cosine_similarity(answers, wanted)).mean()
        loss = loss + own.contrast * contrast(answers, wanted, own.sharpness)
        loss = loss + own.same * same(kept, own.sharpness)
        lengths = self._on(self.lengths[places])
        loss = loss + own.length * F.mse_loss(self.net.length(known).squeeze(1), lengths)
        if self.net.tag is not None:
            tags = self._on(self.songs.tags[both])
            loss = loss + own.tags * F.binary_cross_entropy_with_logits(self.net.tag(hidden), tags)
        return loss

    def _changed(self, levels: Tensor) -> Tensor:
        """Louder or softer windows, (n, MELS, WINDOW), with a few bands struck out."""
        own = self.settings
        count = len(levels)
        gain = torch.from_numpy(self.chance.normal(0, own.gain_db, (count, 1)).astype(np.float32))
        levels = levels + (gain.to(self.device) / self.net.mel_spread).unsqueeze(2)
        first = self.chance.integers(0, MELS, count)
        width = self.chance.integers(0, own.masked + 1, count)
        bands = np.arange(MELS)
        struck = (bands >= first[:, None]) & (bands < (first + width)[:, None])
        return levels.masked_fill(torch.from_numpy(struck).to(self.device).unsqueeze(2), 0.0)

    def _look(self) -> FloatArray:
        """Of the songs by artists left out the cosines to their targets, and what these and their
        neighbours make them worth, (2, scales, held)."""
        heard = heard_of(self.net, self.songs.select(self.held)).to(self.device)
        with torch.no_grad():
            hands = self._on(self.hands[self.held])
            added = self.net.song(heard, hands).cpu().numpy()
        base = self.base[self.held] if isinstance(self.net, SoundNet) else np.zeros_like(added)
        wanted = self.wanted[self.held]
        scales = np.array(self._scales(), np.float32)
        answers = [base + scale * added for scale in scales]
        near = np.stack([neighbours(each, wanted) for each in answers])
        cosines = np.stack([_cosines(each, wanted) for each in answers])
        return np.stack([cosines, cosines + np.float32(NEARNESS) * near])

    def _on(self, array: FloatArray | Mel) -> Tensor:
        return torch.from_numpy(array).to(self.device)


def contrast(answers: Tensor, wanted: Tensor, sharpness: float) -> Tensor:
    """How far the likeness of each answer (songs, dim) to all songs' targets is from that of its
    own target to them: songs wanted at the same place are not told apart."""
    places = F.normalize(wanted, dim=1)
    right = (places @ places.T / sharpness).softmax(1)
    return F.cross_entropy(F.normalize(answers, dim=1) @ places.T / sharpness, right)


def same(kept: Tensor, sharpness: float) -> Tensor:
    """How badly one half of a song's windows, of (songs, windows, kept), finds the other half."""
    half = kept.shape[1] // 2
    one = F.normalize(kept[:, :half].mean(1), dim=1)
    other = F.normalize(kept[:, half:].mean(1), dim=1)
    right = torch.arange(len(one), device=one.device)
    return F.cross_entropy(one @ other.T / sharpness, right)


def neighbours(answers: FloatArray, wanted: FloatArray) -> FloatArray:
    """The share of each song's nearest by `wanted` that are its nearest by `answers`, (songs,)."""
    count = min(NEIGHBOURS, len(wanted) // 4)
    if not count:
        return np.zeros(len(wanted), np.float32)
    found, right = (_nearest(directions(each), count) for each in (answers, wanted))
    shares: FloatArray = ((found & right).sum(1) / count).astype(np.float32)
    return shares


def _evened_logs(songs: TrainingSet) -> tuple[FloatArray, float, float]:
    """The logs of the targets' lengths, around 0 (songs,), their mean and their deviation."""
    logs = np.log(np.maximum(np.linalg.norm(songs.targets, axis=1), TINY))
    mean, spread = float(logs[songs.known].mean()), float(logs[songs.known].std()) + TINY
    return ((logs - mean) / max(spread, 1e-3)).astype(np.float32), mean, spread


def _steps(songs: int, settings: NetSettings) -> int:
    steps = settings.epochs * math.ceil(songs / settings.batch)
    return max(1, min(steps, settings.most_windows // (settings.windows * settings.batch)))


def _nearest(rows: FloatArray, count: int) -> BoolArray:
    """Which songs are the `count` nearest to each, (songs, songs)."""
    near = rows @ rows.T
    np.fill_diagonal(near, -np.inf)
    nearest: BoolArray = near >= -np.partition(-near, count - 1, axis=1)[:, count - 1 : count]
    return nearest


def _optimiser(net: WindowNet, settings: NetSettings) -> torch.optim.Optimizer:
    groups: list[dict[str, Any]] = [
        {"params": [p for p in net.parameters() if p.ndim > 1]},
        {"params": [p for p in net.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, settings.lr, weight_decay=settings.weight_decay)


def _cosines(one: FloatArray, other: FloatArray) -> FloatArray:
    result: FloatArray = (directions(one) * directions(other)).sum(1)
    return result


def _copied(net: WindowNet) -> dict[str, Tensor]:
    return {name: each.detach().clone() for name, each in net.state_dict().items()}


@contextmanager
def _without_denormals() -> Iterator[None]:
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
