"""How well a net predicts lists that it does not learn from."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from recommender.data.corpus import Corpus
from recommender.models.net import NetState, SequenceNet
from recommender.training.batches import Pieces, batches, pieces_of
from recommender.training.device import Place
from recommender.training.distributed import World
from recommender.training.settings import TrainSettings

LISTS = 5000
"""Of more validation lists than this, so many are drawn by chance, the same in every epoch."""

ACCURACIES = (5, 500)
SCORES_AT_A_TIME = 1 << 24


class Validation:
    """The exact loss and accuracy on lists, over all songs, repeats allowed."""

    def __init__(self, lists: Corpus, settings: TrainSettings, place: Place, among: World) -> None:
        if len(lists) > LISTS:
            chance = np.random.default_rng([settings.seed % (1 << 63), LISTS])
            lists = lists.select(np.sort(chance.choice(len(lists), LISTS, replace=False)))
        self._lists = lists
        self._pieces: Pieces = pieces_of(lists)
        self._settings = settings
        self._place = place
        self._among = among

    def figures(self, net: SequenceNet) -> tuple[float, dict[int, float]]:
        """The loss in nats a known song, and the accuracy at each k, where unknown ones miss."""
        total = torch.zeros(2 + len(ACCURACIES), dtype=torch.float64)
        training = net.training
        net.eval()
        with torch.no_grad(), self._place.autocast():
            for chunks in batches(
                self._lists,
                self._settings,
                rank=self._among.rank,
                world=self._among.size,
                pieces=self._pieces,
            ):
                state: NetState | None = None
                for chunk in chunks:
                    chunk = chunk.to(self._place.device)
                    rows = len(chunk.songs)
                    state = net.start(rows) if state is None else tuple(p[:rows] for p in state)
                    answers, state = net.read(chunk.songs, chunk.feedback, state)
                    right = chunk.targets[..., 0]
                    total += _figures(net, answers[right >= 0], right[right >= 0])
        net.train(training)
        loss, seen, *hits = self._among.sum(total.tolist(), self._place.device)
        targets = int(self._pieces.sizes.sum())
        accuracy = {k: each / targets for k, each in zip(ACCURACIES, hits, strict=True)}
        return loss / seen if seen else float("nan"), accuracy


def _figures(net: SequenceNet, answers: Tensor, right: Tensor) -> Tensor:
    """Sums over (n, size) answers: nats, how many, and how many ranked in the first k."""
    found = torch.zeros(2 + len(ACCURACIES), dtype=torch.float64)
    at_a_time = max(1, SCORES_AT_A_TIME // net.songs)
    for start in range(0, len(right), at_a_time):
        part, wanted = answers[start : start + at_a_time], right[start : start + at_a_time]
        scores = net.log_probabilities(part)
        score = scores.gather(1, wanted.unsqueeze(1))
        ranks = (scores >= score).sum(1)
        hits = [float((ranks <= k).sum()) for k in ACCURACIES]
        found += torch.tensor([-float(score.sum()), len(wanted), *hits], dtype=torch.float64)
    return found
