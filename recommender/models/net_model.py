"""Nets as sequence models: built from their options, trained by the loop, served step by step."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.bloom import bits_of, bloom_codes
from recommender.data.corpus import ByteArray, Corpus, Feedback
from recommender.data.vocabulary import UNKNOWN, Vocabulary
from recommender.models.base import FitContext, Fitted, SequenceModel
from recommender.models.net import STD, Core, NetState, SequenceNet
from recommender.models.net_options import PAIRS, NetOptions
from recommender.models.pair_vectors import pair_vectors, shared_rows
from recommender.models.repeats import REPEATS, Repeats
from recommender.models.vectors import read_vectors
from recommender.training.settings import TrainingError, TrainSettings

LISTS_AT_ONCE = 64
STEPS_AT_ONCE = 128
CODES = "codes"


class NetModel(SequenceModel[NetState]):
    """A `SequenceNet` around the core that `make_core` gives.

    A state is the net's answer to the last song, (1, size), then the core's own state, then the
    last songs that rest, (1, at most `rest`), the latest last. Before the first song the answer
    is all zeros, which leaves the songs' biases.
    """

    Options: ClassVar[type[Any]] = NetOptions

    def __init__(self, options: Any = None) -> None:
        super().__init__(options)
        self._net: SequenceNet | None = None
        self._output: tuple[Tensor, Tensor] | None = None
        self._codes: IntArray | None = None
        self._repeats = Repeats(np.zeros(0, np.float32))

    @abstractmethod
    def make_core(self) -> Core:
        """The untrained core that the options describe."""

    @property
    def net(self) -> SequenceNet:
        """The fitted net, on the CPU and in eval mode."""
        if self._net is None:
            raise RuntimeError(f"{self.name} is neither fitted nor loaded")
        return self._net

    @property
    def repeats(self) -> Repeats:
        """The rates that the last songs are held to."""
        return self._repeats

    def build(self, vocabulary: Vocabulary, codes: IntArray | None = None) -> SequenceNet:
        """The untrained net over a vocabulary's songs, with these Bloom codes or its own."""
        if self.options.bloom and codes is None:
            bits = bits_of(self.options.bloom, len(vocabulary))
            codes = bloom_codes(vocabulary.keys, bits, self.options.hashes)
        given = None if codes is None else torch.from_numpy(codes)
        counts = torch.from_numpy(np.array(vocabulary.counts))
        return SequenceNet(self.options, self.make_core(), counts, given)

    def fit(
        self,
        train: Corpus,
        valid: Corpus | None = None,
        settings: TrainSettings | None = None,
        context: FitContext | None = None,
    ) -> Fitted:
        """Train a new net on `train`; raises TrainingError in words."""
        from recommender.training.loop import train as train_net

        settings = settings or self.defaults
        if not len(train.vocabulary):
            raise TrainingError("There is no song to learn from; give a data set with songs.")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            net = self._begun(train)
        fitted = train_net(net, train, valid, settings, context or FitContext())
        self.vocabulary = train.vocabulary
        self._repeats = Repeats.counted(train, self.options.rest)
        self._serve(net)
        return fitted

    def _begun(self, train: Corpus) -> SequenceNet:
        """The net before its training, with song vectors from elsewhere if the options name some.

        Bloom codes are of the songs' keys, or with counted vectors of these.
        """
        chosen = self.options
        self._codes = None
        if chosen.vectors != PAIRS:
            net = self.build(train.vocabulary)
            if chosen.vectors:
                found, read = read_vectors(chosen.vectors, train.vocabulary, chosen.dim)
                net.table.start_from(torch.from_numpy(found), torch.from_numpy(read), STD)
            return net
        rows = pair_vectors(train, chosen.dim)
        if chosen.bloom:
            bits = bits_of(chosen.bloom, len(rows))
            self._codes, rows = shared_rows(rows, bits, chosen.hashes)
        net = self.build(train.vocabulary, self._codes)
        net.table.start_with(torch.from_numpy(rows))
        return net

    def _serve(self, net: SequenceNet) -> None:
        self._net = net.cpu().eval().requires_grad_(False)
        with torch.inference_mode():
            weight, bias = net.output()
            self._output = weight.contiguous(), bias

    @torch.inference_mode()
    def start(self) -> NetState:
        """The state before the first song of a list."""
        heard = torch.zeros(1, 0, dtype=torch.long)
        return (torch.zeros(1, self.net.answer_size), *self.net.start(1), heard)

    @torch.inference_mode()
    def observe(self, state: NetState, song: int, feedback: int = Feedback.PLAYED) -> NetState:
        """The state after one more song; a code outside the vocabulary is an unknown song."""
        known = song if 0 <= song < len(self.vocabulary) else len(self.vocabulary)
        songs, said = torch.tensor([[known]]), torch.tensor([[int(feedback)]])
        answers, after = self.net.read(songs, said, state[1:-1])
        heard = torch.cat([state[-1], songs], 1)
        return (answers[:, 0], *after, heard[:, max(heard.shape[1] - self.options.rest, 0) :])

    @torch.inference_mode()
    def log_probabilities(self, state: NetState) -> FloatArray:
        """Natural log of each song's chance to come next, shape (songs,)."""
        row: FloatArray = self.logs(state[0])[0]
        self._repeats.hold(row, state[-1][0].tolist())
        return row

    def score_list(self, songs: IntArray, feedback: ByteArray | None = None) -> FloatArray:
        """`log_probabilities` after each song but the last, shape (length - 1, songs)."""
        return self.score_lists([songs], None if feedback is None else [feedback])

    @torch.inference_mode()
    def score_lists(
        self, lists: Sequence[IntArray], feedback: Sequence[ByteArray] | None = None
    ) -> FloatArray:
        """The rows of `score_list` of each list, below one another, shape (transitions, songs)."""
        counts = np.array([max(len(each) - 1, 0) for each in lists], np.int64)
        first = np.cumsum(counts) - counts
        rows = np.empty((int(counts.sum()), len(self.vocabulary)), np.float32)
        for at, answers in self.answers(lists, feedback):
            own = rows[first[at] : first[at] + counts[at]]
            own[:] = self.logs(answers)
            self._repeats.hold_list(own, lists[at])
        return rows

    @torch.inference_mode()
    def answers(
        self, lists: Sequence[IntArray], feedback: Sequence[ByteArray] | None = None
    ) -> Iterator[tuple[int, Tensor]]:
        """The place of each list of two songs or more, and the net's answers after each song but
        the last, (length - 1, size); long lists come first.
        """
        lengths = np.array([max(len(each) - 1, 0) for each in lists], np.int64)
        order = iter(np.argsort(-lengths, kind="stable"))
        while places := [int(at) for at in islice(order, LISTS_AT_ONCE) if lengths[at]]:
            songs = _padded([lists[at][:-1] for at in places], len(self.vocabulary))
            said = torch.full_like(songs, Feedback.PLAYED)
            if feedback is not None:
                said = _padded([feedback[at][:-1] for at in places], Feedback.PLAYED)
            for answers, at in zip(self._answers(songs, said), places, strict=True):
                yield at, answers[: lengths[at]]

    def _answers(self, songs: Tensor, feedback: Tensor) -> Tensor:
        """The net's answers after each song, (lists, time, size)."""
        state = self.net.start(len(songs))
        parts = []
        for begin in range(0, songs.shape[1], STEPS_AT_ONCE):
            piece = slice(begin, begin + STEPS_AT_ONCE)
            answers, state = self.net.read(songs[:, piece], feedback[:, piece], state)
            parts.append(answers)
        return torch.cat(parts, 1)

    def logs(self, answers: Tensor) -> FloatArray:
        """Answers (n, size) to the log of each song's chance, (n, songs)."""
        assert self._output is not None
        logs = torch.nn.functional.linear(answers, *self._output).log_softmax(-1)
        rows: FloatArray = logs.numpy()
        return rows

    @property
    def parameters(self) -> int:
        """How many numbers the net learns; tied ones count once."""
        return sum(each.numel() for each in self.net.parameters())

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """The net's parameters by name, tied ones once; counted codes; the rates of repeats."""
        own = {name: each.detach().numpy() for name, each in self.net.named_parameters()}
        codes = {} if self._codes is None else {CODES: self._codes}
        return {**own, **codes, REPEATS: self._repeats.rates}

    def restore(self, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
        """Take over what `arrays` gave; raises ValueError where it does not fit the options."""
        self._codes = arrays.get(CODES)
        net = self.build(self.vocabulary, self._codes)
        own = dict(net.named_parameters())
        beside = {REPEATS} if self._codes is None else {REPEATS, CODES}
        if own.keys() | beside != arrays.keys():
            names = ", ".join(sorted((own.keys() | beside) ^ arrays.keys()))
            raise ValueError(f"the weights and the options do not belong together: {names}")
        with torch.no_grad():
            for name, each in own.items():
                if each.shape != arrays[name].shape:
                    raise ValueError(f"{name} is {arrays[name].shape}, not {tuple(each.shape)}")
                each.copy_(torch.from_numpy(arrays[name]))
        self._repeats = Repeats(arrays[REPEATS])
        self._serve(net)


def _padded(lists: Sequence[IntArray | ByteArray], fill: int) -> Tensor:
    """Lists as rows of one tensor, filled up at their ends; UNKNOWN becomes `fill`."""
    padded = np.full((len(lists), max(map(len, lists))), fill, np.int64)
    for row, each in zip(padded, lists, strict=True):
        row[: len(each)] = each
    padded[padded == UNKNOWN] = fill
    return torch.from_numpy(padded)
