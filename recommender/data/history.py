"""The log of plays: what was heard when, in which session, and where each song occurred."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray, IntArray, grown
from recommender.data.catalogue import Catalogue
from recommender.data.ledger import Ledger

SESSION_GAP_S = 1800.0


@dataclass(frozen=True, slots=True)
class LoggedPlay:
    """One play with its song as a dense index; `quick` says that it was skipped at once, `listed`
    that the list chose it, not a hand."""

    song: int
    at_s: float
    heard_s: float
    skipped: bool
    quick: bool = False
    listed: bool = False


class History:
    """Plays in order of arrival, with the counts that every expert needs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.size = 0
        self.song: IntArray = np.zeros(256, np.int32)
        self.at_s: DoubleArray = np.zeros(256, np.float64)
        self.skipped: BoolArray = np.zeros(256, bool)
        self.quick: BoolArray = np.zeros(256, bool)
        self.listed: BoolArray = np.zeros(256, bool)
        self.session: IntArray = np.zeros(256, np.int32)
        self.sessions = 0
        self.starts: IndexArray = np.zeros(64, np.int64)
        self.places: dict[int, list[int]] = {}
        self.artist_places: dict[int, list[int]] = {}
        self._heard: IntArray = np.zeros(256, np.int32)
        self.distinct = 0
        songs = len(catalogue)
        self.plays: FloatArray = np.zeros(songs, np.float32)
        self.skips: FloatArray = np.zeros(songs, np.float32)
        self.first_turn: FloatArray = np.full(songs, -1, np.float32)
        self.last_turn: FloatArray = np.full(songs, -1, np.float32)
        self.first_s: DoubleArray = np.zeros(songs, np.float64)
        self.last_s: DoubleArray = np.zeros(songs, np.float64)

    def grow(self) -> None:
        """Make room for songs that joined the catalogue."""
        songs = len(self.catalogue)
        for name in ("plays", "skips", "first_s", "last_s"):
            setattr(self, name, grown(getattr(self, name), songs))
        for name in ("first_turn", "last_turn"):
            setattr(self, name, grown(getattr(self, name), songs, -1))

    @property
    def heard(self) -> IntArray:
        """The songs heard so far, each once, in the order in which they were found."""
        return self._heard[: self.distinct]

    @property
    def session_start(self) -> int:
        """The turn at which the latest session began."""
        return int(self.starts[self.sessions - 1]) if self.sessions else 0

    @property
    def mood_start(self) -> int:
        """The turn at which the present mood began: after the latest three quick skips in a row,
        else with the session."""
        start = self.session_start
        quick = self.quick[start : self.size]
        runs = np.flatnonzero(quick[2:] & quick[1:-1] & quick[:-2])
        return start + int(runs[-1]) + 3 if len(runs) else start

    def session_bounds(self, turns: IntArray) -> tuple[IndexArray, IndexArray]:
        """For each turn the first turn of its session, and the one after its last."""
        sessions = self.session[turns]
        following = np.minimum(sessions + 1, self.sessions - 1)
        ends = np.where(sessions + 1 < self.sessions, self.starts[following], self.size)
        return self.starts[sessions], ends

    def session_of(self, play: LoggedPlay) -> int:
        """The number of the session that `play` would belong to if it came next."""
        if self.size == 0:
            return 0
        gap_s = play.at_s - play.heard_s - float(self.at_s[self.size - 1])
        return int(self.session[self.size - 1]) + (gap_s > SESSION_GAP_S)

    def append(self, play: LoggedPlay, ledger: Ledger) -> None:
        """Add one play at the end."""
        turn = self.size
        if turn == len(self.song):
            self._double()
        session = self.session_of(play)
        opens = session == self.sessions
        artist = int(self.catalogue.artist[play.song])
        self.song[turn], self.at_s[turn] = play.song, play.at_s
        self.skipped[turn], self.session[turn] = play.skipped, session
        self.quick[turn], self.listed[turn] = play.quick, play.listed
        if opens:
            if session == len(self.starts):
                self.starts = grown(self.starts, 2 * session)
            self.starts[session] = turn
            self.sessions += 1
        self.places.setdefault(play.song, []).append(turn)
        self.artist_places.setdefault(artist, []).append(turn)
        self.size = turn + 1
        ledger.on_undo(lambda: self._pop(play.song, artist, opens))
        self._count(play, turn, ledger)

    def _count(self, play: LoggedPlay, turn: int, ledger: Ledger) -> None:
        song = play.song
        if self.plays[song] == 0:
            if self.distinct == len(self._heard):
                self._heard = grown(self._heard, 2 * self.distinct)
            self._heard[self.distinct] = song
            ledger.assign(self, "distinct", self.distinct + 1)
            ledger.put(self, "first_turn", song, turn)
            ledger.put(self, "first_s", song, play.at_s)
        ledger.put(self, "plays", song, self.plays[song] + 1)
        if play.skipped:
            ledger.put(self, "skips", song, self.skips[song] + 1)
        ledger.put(self, "last_turn", song, turn)
        ledger.put(self, "last_s", song, play.at_s)

    def _pop(self, song: int, artist: int, opened: bool) -> None:
        self.size -= 1
        self.places[song].pop()
        self.artist_places[artist].pop()
        if opened:
            self.sessions -= 1

    def load(
        self, songs: IntArray, at_s: DoubleArray, heard_s: DoubleArray, skipped: BoolArray,
        quick: BoolArray | None = None, listed: BoolArray | None = None,
    ) -> None:  # fmt: skip
        """Make these plays the whole log."""
        size, room = len(songs), max(256, 2 * len(songs))
        opens = np.ones(size, bool)
        opens[1:] = at_s[1:] - heard_s[1:] - at_s[:-1] > SESSION_GAP_S
        quick = np.zeros(size, bool) if quick is None else quick
        self.load_sessions(songs, at_s, skipped, quick, opens, room, listed)

    def keep(self, kept: BoolArray) -> None:
        """Drop the plays where `kept`, shape (size,), is false."""
        size = self.size
        opens = np.diff(self.session[:size][kept], prepend=-1) > 0
        at_s, skipped = self.at_s[:size][kept], self.skipped[:size][kept]
        quick, room = self.quick[:size][kept], len(self.song)
        listed = self.listed[:size][kept]
        self.load_sessions(self.song[:size][kept], at_s, skipped, quick, opens, room, listed)

    def load_sessions(
        self, songs: IntArray, at_s: DoubleArray, skipped: BoolArray, quick: BoolArray,
        opens: BoolArray, room: int, listed: BoolArray | None = None,
    ) -> None:  # fmt: skip
        """Make these plays the whole log; `opens` says which plays open a session."""
        size = len(songs)
        opens = opens.copy()
        opens[:1] = True
        self.size = size
        self.song, self.at_s = grown(songs, room), grown(at_s, room)
        self.skipped, self.quick = grown(skipped, room), grown(quick, room)
        self.listed = grown(np.zeros(size, bool) if listed is None else listed, room)
        self.session = grown((np.cumsum(opens) - 1).astype(np.int32), room)
        starts = np.flatnonzero(opens)
        self.sessions, self.starts = len(starts), grown(starts, max(64, 2 * len(starts)))
        self.places = _grouped(songs)
        self.artist_places = _grouped(self.catalogue.artist[songs])
        turns = np.arange(size, dtype=np.float32)
        count = len(self.catalogue)
        self.plays[:] = np.bincount(songs, minlength=count)
        self.skips[:] = np.bincount(songs, skipped, minlength=count)
        self.last_turn[:], self.first_turn[:], self.last_s[:], self.first_s[:] = -1, -1, 0, 0
        self.last_turn[songs], self.last_s[songs] = turns, at_s
        self.first_turn[songs[::-1]], self.first_s[songs[::-1]] = turns[::-1], at_s[::-1]
        found = songs[self.first_turn[songs] == turns]
        self.distinct, self._heard = len(found), grown(found, max(256, 2 * len(found)))

    def _double(self) -> None:
        room = 2 * len(self.song)
        for name in ("song", "at_s", "skipped", "quick", "listed", "session"):
            setattr(self, name, grown(getattr(self, name), room))

    def places_of(self, song: int, most: int) -> IntArray:
        """The last `most` turns at which the song was played, oldest first."""
        return np.array(self.places.get(song, [])[-most:], dtype=np.int32)

    def places_of_artist(self, artist: int, most: int) -> IntArray:
        """The last `most` turns at which a song of the artist was played, oldest first."""
        return np.array(self.artist_places.get(artist, [])[-most:], dtype=np.int32)


def _grouped(keys: IntArray) -> dict[int, list[int]]:
    """For each key the places where it stands, in order."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    cuts = np.flatnonzero(np.diff(ordered)) + 1
    firsts = ordered[np.concatenate([[0], cuts])] if len(keys) else ordered
    groups = np.split(order, cuts) if len(keys) else []
    return {int(key): group.tolist() for key, group in zip(firsts, groups, strict=True)}
