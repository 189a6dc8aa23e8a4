"""What the events have said so far, with a journal that can take the latest ones back."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.api import EndReason, Event, Origin, Play, Reaction, ReactionKind, Retracted
from recommender.data.arrays import BoolArray, FloatArray, IndexArray, grown
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.rocchio import Rocchio
from recommender.pipeline.ranker import Ranker, Scored

JOURNAL = 64
GLANCE_MS = 2_000
SKIP_MS = 30_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and what it changed."""

    event: Play | Reaction
    ledger: Ledger


def is_skip(play: Play) -> bool:
    """Whether the listener turned the song down."""
    if play.end_reason is EndReason.SKIPPED:
        return True
    return play.end_reason is EndReason.PICKED_OTHER and play.heard_ms < SKIP_MS


def counts(play: Play) -> bool:
    """Whether the play says anything: errors do not, nor does a glance while browsing."""
    if play.end_reason is EndReason.ERROR:
        return False
    browsing = play.end_reason in (EndReason.PICKED_OTHER, EndReason.STOPPED)
    return not (browsing and play.heard_ms < GLANCE_MS)


def lesson_of(play: Play) -> float:
    """How strongly the play teaches the weights: below zero for a prediction turned down."""
    if play.origin is not Origin.PREDICTED:
        return 1.0
    return -0.3 if is_skip(play) else 0.6


class ListenerState:
    """Catalogue, log, ranker and reactions of one listener."""

    def __init__(
        self, catalogue: Catalogue, without: Collection[str] = (), seed: int = 0, deep: bool = True
    ) -> None:
        self.catalogue = catalogue
        self.history = History(catalogue)
        self.ranker = Ranker(self.history, without, deep, seed)
        self.rocchio = next(e for e in self.ranker.board.experts if isinstance(e, Rocchio))
        self.reactions: tuple[Reaction, ...] = ()
        self.event_ids: IndexArray = np.zeros(256, np.int64)
        self.disliked: BoolArray = np.zeros(len(catalogue), bool)
        self.now_s = 0.0
        self.last_event_id = 0
        self.journal: deque[Entry] = deque(maxlen=JOURNAL)
        self.version = 0
        self._scored: tuple[tuple[int, int, float], Scored] | None = None

    @property
    def liked(self) -> FloatArray:
        """1 for a liked song, below 0 for a disliked one, else 0; shape (songs,)."""
        return self.rocchio.liked

    def grow(self) -> None:
        """Make room after the catalogue has changed."""
        self.history.grow()
        self.ranker.board.grow()
        self.disliked = grown(self.disliked, len(self.catalogue))
        self.load_reactions(self.reactions)
        self.version += 1

    def scored(self, started: int | None = None, now_s: float | None = None) -> Scored:
        """All songs scored now; the same answer is kept until an event changes it."""
        now_s = self.now_s if now_s is None else now_s
        key = (self.version, -1 if started is None else started, now_s)
        if self._scored is None or self._scored[0] != key:
            self._scored = None
            self._scored = (key, self.ranker.score(started, now_s))
        return self._scored[1]

    def observe(self, event: Play | Reaction) -> None:
        """Take in one play or reaction and journal it."""
        ledger = Ledger()
        index = self.catalogue.index_of.get(event.song_id)
        if isinstance(event, Reaction):
            self._react(event, ledger)
        elif index is not None and counts(event):
            self._play(event, index, ledger)
        ledger.assign(self, "last_event_id", max(self.last_event_id, event.event_id))
        self.journal.append(Entry(event, ledger))
        self.version += 1

    def _play(self, event: Play, index: int, ledger: Ledger) -> None:
        play = LoggedPlay(index, event.at_s, event.heard_ms / 1000, is_skip(event))
        scored = self.scored(None, self.log_end_s() or self.now_s)
        self.ranker.learn(scored, index, lesson_of(event), ledger)
        turn = self.history.size
        if turn == len(self.event_ids):
            self.event_ids = grown(self.event_ids, 2 * turn)
        self.ranker.observe(play, ledger)
        self.event_ids[turn] = event.event_id
        ledger.assign(self, "now_s", max(self.now_s, event.at_s))

    def log_end_s(self) -> float:
        """When the last logged play ended, 0 before the first."""
        size = self.history.size
        return float(self.history.at_s[size - 1]) if size else 0.0

    def _react(self, event: Reaction, ledger: Ledger) -> None:
        """Take in a reaction; one to a song that is away counts when the song returns."""
        ledger.assign(self, "reactions", (*self.reactions, event))
        index = self.catalogue.index_of.get(event.song_id)
        if index is None:
            return
        self.rocchio.react(index, event.kind, event.at_s, ledger)
        ledger.put(self, "disliked", index, event.kind is ReactionKind.DISLIKE)
        ledger.assign(self, "now_s", max(self.now_s, event.at_s))

    def retract(self, event_id: int) -> None:
        """Take an event back: exactly when it is journalled, else by reading the log again."""
        ids = [entry.event.event_id for entry in self.journal]
        if event_id in ids:
            later: list[Play | Reaction] = []
            while True:
                entry = self.journal.pop()
                entry.ledger.undo()
                if entry.event.event_id == event_id:
                    break
                later.append(entry.event)
            self.version += 1
            for event in reversed(later):
                self.observe(event)
        else:
            self._retract_old(event_id)
        self.version += 1

    def _retract_old(self, event_id: int) -> None:
        if any(reaction.event_id == event_id for reaction in self.reactions):
            self.journal.clear()
            rest = [each for each in self.reactions if each.event_id != event_id]
            self.load_reactions(rest)
            return
        size = self.history.size
        keep = self.event_ids[:size] != event_id
        if not keep.all():
            self.journal.clear()
            self.event_ids[: int(keep.sum())] = self.event_ids[:size][keep]
            self.history.keep(keep)
            self.ranker.board.load()

    def load_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Start again from these reactions."""
        ledger = Ledger(keep=False)
        self.reactions = ()
        self.rocchio.signals = ()
        self.rocchio.liked[:] = 0
        self.disliked[:] = False
        for reaction in reactions:
            self._react(reaction, ledger)

    def load_plays(self, plays: Iterable[Play]) -> None:
        """Fill the log from these plays at once, without teaching the weights."""
        index_of = self.catalogue.index_of
        known = [p for p in plays if p.song_id in index_of and counts(p)]
        self.history.load(
            np.array([index_of[p.song_id] for p in known], np.int32),
            np.array([p.at_s for p in known], np.float64),
            np.array([p.heard_ms / 1000 for p in known], np.float64),
            np.array([is_skip(p) for p in known], bool),
        )
        ids = np.array([p.event_id for p in known], np.int64)
        self.event_ids = grown(ids, max(256, 2 * len(ids)))
        self.ranker.board.load()
        self.now_s = max([self.now_s, *(p.at_s for p in known[-1:])])
        self.version += 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that was learnt, as named arrays for a checkpoint."""
        history, size = self.history, self.history.size
        named = {name: getattr(owner, attribute) for name, owner, attribute in _named(self)}
        log = {
            "log.song": history.song[:size],
            "log.at_s": history.at_s[:size],
            "log.skipped": history.skipped[:size],
            "log.session": history.session[:size],
            "log.event_id": self.event_ids[:size],
            "counts": np.array([self.ranker.learnt, self.ranker.steps]),
        }
        return {**named, **log}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take over what `arrays` gave; raises KeyError or ValueError when it does not fit."""
        session = arrays["log.session"]
        opens = np.diff(session, prepend=-1) > 0
        room = max(256, 2 * len(session))
        songs = arrays["log.song"].astype(np.int32)
        skipped = arrays["log.skipped"].astype(bool)
        self.history.load_sessions(songs, arrays["log.at_s"], skipped, opens, room)
        self.event_ids = grown(arrays["log.event_id"], room)
        for name, owner, attribute in _named(self):
            held = getattr(owner, attribute)
            if arrays[name].shape != held.shape:
                raise ValueError(f"{name} has shape {arrays[name].shape}, not {held.shape}")
            setattr(owner, attribute, arrays[name].astype(held.dtype))
        self.ranker.resume(*(int(count) for count in arrays["counts"]))
        self.version += 1


def _named(state: ListenerState) -> list[tuple[str, object, str]]:
    """Every array of the state apart from the log: its name in a checkpoint, owner, attribute."""
    ranker = state.ranker
    named: list[tuple[str, object, str]] = [
        ("linear.weights", ranker.linear, "weights"),
        ("linear.power", ranker.linear, "power"),
        ("mood.state", ranker.mood, "state"),
    ]
    if ranker.network is not None:
        named += [(f"network.{name}", ranker.network, name) for name in ranker.network.saved]
    for expert in ranker.board.experts:
        for path in expert.arrays:
            owner: object = expert
            *steps, name = path.split(".")
            for step in steps:
                owner = getattr(owner, step)
            named.append((f"{expert.name}.{path}", owner, name))
    return named


def without_retracted(events: Iterable[Event]) -> list[Play | Reaction]:
    """The plays and reactions that still stand."""
    kept: dict[int, Play | Reaction] = {}
    for event in events:
        if isinstance(event, Retracted):
            kept.pop(event.event_id, None)
        elif isinstance(event, Play | Reaction):
            kept[event.event_id] = event
    return list(kept.values())
