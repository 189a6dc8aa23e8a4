"""The live model's state: the ranker's experts and weights over one listener's events."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from numpy.typing import NDArray

from recommender.api import Origin, Play, Reaction
from recommender.audio.hearing import Hearing
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.rocchio import Rocchio
from recommender.experts.sequence import Sequence
from recommender.experts.sound import Sound
from recommender.experts.trained import Trained
from recommender.live.agent import Agent
from recommender.live.diary import Diary
from recommender.live.events import EventState, is_skip
from recommender.pipeline.ranker import COUNTS, Ranker, Scored


def lesson_of(play: Play) -> float:
    """How strongly the play teaches the weights: below zero for a prediction turned down."""
    if play.origin is not Origin.PREDICTED:
        return 1.0
    return -0.3 if is_skip(play) else 0.6


class ListenerState(EventState):
    """Catalogue, log, ranker and reactions of one listener."""

    def __init__(
        self, catalogue: Catalogue, without: Collection[str] = (), seed: int = 0, deep: bool = True
    ) -> None:
        self.ranker = Ranker(History(catalogue), without, deep, seed)
        board = self.ranker.board
        super().__init__(self.ranker.history, board.expert(Rocchio))
        board.expert(Sequence).reactions = self
        board.expert(Sound).likes = self
        self.diary = Diary(len(catalogue))
        self.agent = Agent(self)
        self._scored: tuple[tuple[int, int, float], Scored] | None = None

    def scored(
        self, started: int | None = None, now_s: float | None = None, also: Collection[int] = ()
    ) -> Scored:
        """The candidates, with those in `also`, scored now; the same answer is kept until an
        event changes it."""
        now_s = self.now_s if now_s is None else now_s
        key = (self.version, -1 if started is None else started, now_s)
        if self._scored is None or self._scored[0] != key:
            self._scored = None
            self._scored = (key, self.ranker.score(started, now_s))
        if all(song in self._scored[1].pool for song in also):
            return self._scored[1]
        self._scored = None
        return self.ranker.score(started, now_s, also)

    def mute(self, names: Collection[str]) -> None:
        """Let these experts take no part from now on; they go on learning."""
        self.ranker.board.mute(names)
        self.version += 1

    def adopt(self, trained: Trained | None) -> None:
        """Let the experts go on with what a training gave, and the weights if it taught them more.

        The journal stays as long as the weights and the agent do: no expert keeps in it what a
        training changes.
        """
        self.ranker.board.adopt(trained)
        stacker = trained.stacker if trained is not None else None
        is_other = self.agent.adopt(trained.agent if trained is not None else None)
        if (stacker is not None and self.ranker.take(stacker)) or is_other:
            self.journal.clear()
        self.version += 1

    def hear(self, hearing: Hearing | None) -> None:
        """Go by these sounds from now on, or by none; the journal stays, as in `adopt`."""
        self.ranker.board.hear(hearing)
        self.version += 1

    def _take(self, play: LoggedPlay, event: Play, ledger: Ledger) -> None:
        scored = self.scored(None, self.log_end_s() or self.now_s)
        weights = self.ranker.linear.effective(scored.signals)
        self.diary.write(scored, play, weights, self.history.size, ledger)
        listed = event.origin is Origin.PREDICTED
        self.ranker.learn(scored, play.song, lesson_of(event), ledger, listed)
        self.ranker.observe(play, ledger)
        self.agent.learn(scored, event.event_id, ledger)

    def _reacted(self, reaction: Reaction, ledger: Ledger) -> None:
        """The experts look reactions up when they are asked; the agent learns them."""
        self.agent.react(reaction, ledger)

    def _read_log(self) -> None:
        self.ranker.board.load()
        self.diary.load(self.history)

    def _retract_old(self, event_id: int) -> None:
        super()._retract_old(event_id)
        self.agent.read_log()

    def _grow(self) -> None:
        self.ranker.board.grow()
        self.diary.grow(len(self.catalogue))
        self.agent.grow()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that was learnt, as named arrays for a checkpoint."""
        named = {name: getattr(owner, attribute) for name, owner, attribute in _named(self)}
        return {**named, **self.log_arrays(), **self.agent.arrays(), COUNTS: self.ranker.counts()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `arrays` gave; raises KeyError or ValueError when it does not fit."""
        self.restore_log(arrays)
        self.diary.load(self.history)
        for name, owner, attribute in _named(self):
            held = getattr(owner, attribute)
            if arrays[name].shape != held.shape:
                raise ValueError(f"{name} has shape {arrays[name].shape}, not {held.shape}")
            setattr(owner, attribute, arrays[name].astype(held.dtype))
        self.ranker.resume(*(int(count) for count in arrays[COUNTS]))
        self.agent.restore(arrays)


def _named(state: ListenerState) -> list[tuple[str, object, str]]:
    """Every array of the state apart from the log: its name in a checkpoint, owner, attribute."""
    ranker = state.ranker
    named = [
        *ranker.taught(),
        ("diary.weeks", state.diary, "weeks"),
        ("diary.shares", state.diary, "shares"),
    ]
    for expert in ranker.board.experts:
        for path in expert.arrays:
            owner: object = expert
            *steps, name = path.split(".")
            for step in steps:
                owner = getattr(owner, step)
            named.append((f"{expert.name}.{path}", owner, name))
    return named
