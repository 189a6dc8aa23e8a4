"""What the events have said so far, with a journal that can take the latest ones back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.api import (
    OPINIONS,
    Correction,
    EndReason,
    Event,
    Forgotten,
    Lasting,
    Origin,
    Play,
    Reaction,
    ReactionKind,
    Retracted,
    Song,
)
from recommender.data.arrays import BoolArray, FloatArray, IndexArray, IntArray, grown
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.data.scopes import is_about
from recommender.experts.base import session_since_s
from recommender.experts.rocchio import Rocchio

JOURNAL = 64
GLANCE_MS = 2_000
SKIP_MS = 30_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and what it changed."""

    event: Lasting
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


def is_quick(play: Play) -> bool:
    """Whether the listener went on within 30 s: three such skips in a row begin a new mood."""
    return play.end_reason is EndReason.SKIPPED and play.heard_ms < SKIP_MS


Standing = Play | Reaction | Correction


def without_retracted(events: Iterable[Event], songs: Iterable[Song] = ()) -> list[Standing]:
    """What still stands: neither taken back nor, by the tags of `songs`, forgotten.

    A forgetting leaves out the plays and reactions before it; a dislike holds all the same, since
    the song would come back by itself, and so does what was said of one's own taste.
    """
    kept: dict[int, Lasting] = {}
    for event in events:
        if isinstance(event, Retracted):
            kept.pop(event.event_id, None)
        elif isinstance(event, Lasting):
            kept[event.event_id] = event
    forgotten = [event for event in kept.values() if isinstance(event, Forgotten)]
    standing = [event for event in kept.values() if not isinstance(event, Forgotten)]
    if not forgotten:
        return standing
    known = {song.song_id: song for song in songs}
    return [each for each in standing if not _is_forgotten(each, forgotten, known)]


def _is_forgotten(
    event: Standing, forgotten: Iterable[Forgotten], known: Mapping[int, Song]
) -> bool:
    if isinstance(event, Correction):
        return False
    if isinstance(event, Reaction) and event.kind is ReactionKind.DISLIKE:
        return False
    song = known.get(event.song_id)
    return any(
        event.at_s <= each.at_s and is_about(each.scope, each.name, event.song_id, song)
        for each in forgotten
    )


class EventState(ABC):
    """Catalogue, log and reactions of one listener; a subclass adds what learns from them."""

    def __init__(self, history: History, rocchio: Rocchio) -> None:
        self.catalogue = history.catalogue
        self.history = history
        self.rocchio = rocchio
        self.reactions: tuple[Reaction, ...] = ()
        self.event_ids: IndexArray = np.zeros(256, np.int64)
        self.disliked: BoolArray = np.zeros(len(self.catalogue), bool)
        self.now_s = 0.0
        self.last_event_id = 0
        self.journal: deque[Entry] = deque(maxlen=JOURNAL)
        self.version = 0

    @abstractmethod
    def _take(self, play: LoggedPlay, event: Play, ledger: Ledger) -> None:
        """Learn from a play and append it to the log."""

    @abstractmethod
    def _read_log(self) -> None:
        """Start again from the log as it is now."""

    @abstractmethod
    def _reacted(self, reaction: Reaction, ledger: Ledger) -> None:
        """Learn from a reaction that was just taken in."""

    @abstractmethod
    def _grow(self) -> None:
        """Make room for songs that joined the catalogue."""

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What the listener said of their own taste, the latest last."""
        return self.rocchio.corrections

    def words(self, now_s: float, kinds: AbstractSet[ReactionKind]) -> dict[int, ReactionKind]:
        """What was said last of each dense song, of these kinds, in the session of `now_s`."""
        since_s = session_since_s(self.history, now_s)
        latest: dict[int, ReactionKind] = {}
        for reaction in reversed(self.reactions):
            if reaction.at_s < since_s:
                break
            index = self.catalogue.index_of.get(reaction.song_id)
            if index is not None and reaction.kind in kinds:
                latest.setdefault(index, reaction.kind)
        return latest

    def words_of_session(self) -> dict[int, ReactionKind]:
        """What was said last, of the moment, of each dense song in the session of the last play."""
        return self.words(self.log_end_s(), frozenset(ReactionKind) - OPINIONS)

    def refused(self, now_s: float) -> list[int]:
        """The dense songs that were refused for now, and not asked for since; in this session."""
        words = self.words(now_s, frozenset(ReactionKind) - {ReactionKind.LESS})
        return [index for index, kind in words.items() if kind is ReactionKind.NOT_NOW]

    @property
    def liked(self) -> FloatArray:
        """1 for a liked song, below 0 for a disliked one, else 0; shape (songs,)."""
        return self.rocchio.liked

    def grow(self) -> None:
        """Make room after the catalogue has changed."""
        self.history.grow()
        self.rocchio.grow()
        self.disliked = grown(self.disliked, len(self.catalogue))
        self.load_reactions(self.reactions)
        self._grow()
        self.version += 1

    def observe(self, event: Lasting) -> None:
        """Take in one event and journal it.

        A forgetting changes nothing here: what it is about is learnt again without, from the
        events.
        """
        ledger = Ledger()
        if isinstance(event, Reaction):
            self._react(event, ledger)
            self._reacted(event, ledger)
        elif isinstance(event, Correction):
            self.rocchio.correct(event, ledger)
            ledger.assign(self, "now_s", max(self.now_s, event.at_s))
        elif isinstance(event, Play):
            index = self.catalogue.index_of.get(event.song_id)
            if index is not None and counts(event):
                self._play(event, index, ledger)
        ledger.assign(self, "last_event_id", max(self.last_event_id, event.event_id))
        self.journal.append(Entry(event, ledger))
        self.version += 1

    def _play(self, event: Play, index: int, ledger: Ledger) -> None:
        heard_s, quick = event.heard_ms / 1000, is_quick(event)
        listed = event.origin is Origin.PREDICTED
        play = LoggedPlay(index, event.at_s, heard_s, is_skip(event), quick, listed)
        turn = self.history.size
        if turn == len(self.event_ids):
            self.event_ids = grown(self.event_ids, 2 * turn)
        self._take(play, event, ledger)
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
        if event.kind in OPINIONS:
            ledger.put(self, "disliked", index, event.kind is ReactionKind.DISLIKE)
        ledger.assign(self, "now_s", max(self.now_s, event.at_s))

    def retract(self, event_id: int) -> None:
        """Take an event back: exactly when it is journalled, else by reading the log again."""
        ids = [entry.event.event_id for entry in self.journal]
        if event_id in ids:
            later: list[Lasting] = []
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
        if any(correction.event_id == event_id for correction in self.corrections):
            self.journal.clear()
            self.load_corrections(each for each in self.corrections if each.event_id != event_id)
            return
        size = self.history.size
        keep = self.event_ids[:size] != event_id
        if not keep.all():
            self.journal.clear()
            self.event_ids[: int(keep.sum())] = self.event_ids[:size][keep]
            self.history.keep(keep)
            self._read_log()

    def load_reactions(self, reactions: Iterable[Reaction]) -> None:
        """Start again from these reactions."""
        ledger = Ledger(keep=False)
        self.reactions = ()
        self.rocchio.signals = ()
        self.rocchio.liked[:] = 0
        self.disliked[:] = False
        for reaction in reactions:
            self._react(reaction, ledger)

    def load_corrections(self, corrections: Iterable[Correction]) -> None:
        """Start again from these words on the listener's own taste."""
        self.rocchio.corrections = tuple(corrections)

    def load(self, standing: Iterable[Standing]) -> None:
        """Start again from these events at once, without teaching the weights."""
        events = list(standing)
        self.load_plays(event for event in events if isinstance(event, Play))
        self.load_reactions(event for event in events if isinstance(event, Reaction))
        self.load_corrections(event for event in events if isinstance(event, Correction))
        self.last_event_id = max([0, *(event.event_id for event in events)])

    def load_plays(self, plays: Iterable[Play]) -> None:
        """Fill the log from these plays at once, without teaching the weights."""
        index_of = self.catalogue.index_of
        known = [p for p in plays if p.song_id in index_of and counts(p)]
        self.history.load(
            np.array([index_of[p.song_id] for p in known], np.int32),
            np.array([p.at_s for p in known], np.float64),
            np.array([p.heard_ms / 1000 for p in known], np.float64),
            np.array([is_skip(p) for p in known], bool),
            np.array([is_quick(p) for p in known], bool),
            np.array([p.origin is Origin.PREDICTED for p in known], bool),
        )
        ids = np.array([p.event_id for p in known], np.int64)
        self.event_ids = grown(ids, max(256, 2 * len(ids)))
        self._read_log()
        self.now_s = max([self.now_s, *(p.at_s for p in known[-1:])])
        self.version += 1

    def log_arrays(self) -> dict[str, NDArray[Any]]:
        """The log, as named arrays for a checkpoint."""
        history, size = self.history, self.history.size
        return {
            "log.song": history.song[:size],
            "log.at_s": history.at_s[:size],
            "log.skipped": history.skipped[:size],
            "log.quick": history.quick[:size],
            "log.listed": history.listed[:size],
            "log.session": history.session[:size],
            "log.event_id": self.event_ids[:size],
        }

    def restore_log(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `log_arrays` gave; raises KeyError or ValueError when it does not fit."""
        session = arrays["log.session"]
        opens = np.diff(session, prepend=-1) > 0
        room = max(256, 2 * len(session))
        songs: IntArray = arrays["log.song"].astype(np.int32)
        skipped, quick = (arrays[f"log.{name}"].astype(bool) for name in ("skipped", "quick"))
        listed = arrays.get("log.listed", np.zeros(len(session), bool)).astype(bool)
        self.history.load_sessions(songs, arrays["log.at_s"], skipped, quick, opens, room, listed)
        self.event_ids = grown(arrays["log.event_id"], room)
        self.version += 1
