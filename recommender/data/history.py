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
    """One play with its song as a dense index."""

    song: int
    at_s: float
    heard_s: float
    skipped: bool


class History:
    """Plays in order of arrival, with the counts that every expert needs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.size = 0
        self.song: IntArray = np.zeros(256, np.int32)
        self.at_s: DoubleArray = np.zeros(256, np.float64)
        self.skipped: BoolArray = np.zeros(256, bool)
        self.session: IntArray = np.zeros(256, np.int32)
        self.sessions = 0
        self.starts: IndexArray = np.zeros(64, np.int64)
        self.places: dict[int, list[int]] = {}
        self.artist_places: dict[int, list[int]] = {}
        self._heard: IndexArray | slice | None = None
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
        self._heard = None
        for name in ("plays", "skips", "first_s", "last_s"):
            setattr(self, name, grown(getattr(self, name), songs))
        for name in ("first_turn", "last_turn"):
            setattr(self, name, grown(getattr(self, name), songs, -1))

    def heard(self) -> IndexArray | slice:
        """The songs heard so far, or all songs when most were: what a column is computed for."""
        if self._heard is None:
            songs = np.flatnonzero(self.plays)
            self._heard = slice(None) if 2 * len(songs) > len(self.plays) else songs
        return self._heard

    @property
    def session_start(self) -> int:
        """The turn at which the latest session began."""
        return int(self.starts[self.sessions - 1]) if self.sessions else 0

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
        self._heard = None
        if self.plays[song] == 0:
            ledger.put(self, "first_turn", song, turn)
            ledger.put(self, "first_s", song, play.at_s)
        ledger.put(self, "plays", song, self.plays[song] + 1)
        if play.skipped:
            ledger.put(self, "skips", song, self.skips[song] + 1)
        ledger.put(self, "last_turn", song, turn)
        ledger.put(self, "last_s", song, play.at_s)

    def _pop(self, song: int, artist: int, opened: bool) -> None:
        self.size -= 1
        self._heard = None
        self.places[song].pop()
        self.artist_places[artist].pop()
        if opened:
            self.sessions -= 1

    def load(
        self, songs: IntArray, at_s: DoubleArray, heard_s: DoubleArray, skipped: BoolArray
    ) -> None:
        """Make these plays the whole log."""
        size, room = len(songs), max(256, 2 * len(songs))
        opens = np.ones(size, bool)
        opens[1:] = at_s[1:] - heard_s[1:] - at_s[:-1] > SESSION_GAP_S
        self.load_sessions(songs, at_s, skipped, opens, room)

    def keep(self, kept: BoolArray) -> None:
        """Drop the plays where `kept`, shape (size,), is false."""
        size = self.size
        opens = np.diff(self.session[:size][kept], prepend=-1) > 0
        at_s, skipped = self.at_s[:size][kept], self.skipped[:size][kept]
        self.load_sessions(self.song[:size][kept], at_s, skipped, opens, len(self.song))

    def load_sessions(
        self, songs: IntArray, at_s: DoubleArray, skipped: BoolArray, opens: BoolArray, room: int
    ) -> None:
        """Make these plays the whole log; `opens` says which plays open a session."""
        size = len(songs)
        opens = opens.copy()
        opens[:1] = True
        self.size = size
        self._heard = None
        self.song, self.at_s = grown(songs, room), grown(at_s, room)
        self.skipped = grown(skipped, room)
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

    def _double(self) -> None:
        room = 2 * len(self.song)
        for name in ("song", "at_s", "skipped", "session"):
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
