"""Logs of listening sessions in the columns of Spotify's skip challenge, as arrays.

The data set: Brost, Mehrotra and Jehan, "The Music Streaming Sessions Dataset", WWW 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import numpy as np

from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.data.formats.lines import ReadError, number, records

LONGEST = 20
"""Songs of the longest session that such a log holds."""

NEEDED = ("session_id", "session_position", "session_length", "track_id_clean", "skip_2")
SWITCHES = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
OTHER = 15.0
CONTEXTS = ("catalog", "charts", "editorial_playlist", "personalized_playlist", "radio",
            "user_collection")  # fmt: skip
REASONS = ("appload", "backbtn", "clickrow", "endplay", "fwdbtn", "logout", "playbtn", "remote",
           "trackdone", "trackerror")  # fmt: skip


class Field(IntEnum):
    """What is known of a play; the last axis of `values`."""

    SKIP_1 = 0
    SKIP_2 = 1
    SKIP_3 = 2
    NOT_SKIPPED = 3
    SWITCH = 4
    NO_PAUSE = 5
    SHORT_PAUSE = 6
    LONG_PAUSE = 7
    FORWARD = 8
    BACK = 9
    SHUFFLE = 10
    HOUR = 11
    PREMIUM = 12
    CONTEXT = 13
    START = 14
    END = 15


COLUMNS = (
    "skip_1", "skip_2", "skip_3", "not_skipped", "context_switch", "no_pause_before_play",
    "short_pause_before_play", "long_pause_before_play", "hist_user_behavior_n_seekfwd",
    "hist_user_behavior_n_seekback", "hist_user_behavior_is_shuffle", "hour_of_day", "premium",
    "context_type", "hist_user_behavior_reason_start", "hist_user_behavior_reason_end",
)  # fmt: skip
WORDS = {Field.CONTEXT: CONTEXTS, Field.START: REASONS, Field.END: REASONS}
COUNTED = (Field.FORWARD, Field.BACK, Field.HOUR)


@dataclass(frozen=True, slots=True)
class Halves:
    """Sessions of which the songs are known to the end, but what became of them only at first.

    `lengths` and `known` are songs a session, shape (sessions,); `songs` are dense indexes of
    shape (sessions, 20), -1 after the end; `values`, of shape (sessions, 20, fields), are NaN
    where a file says nothing, and everywhere from `known` on.
    """

    lengths: IndexArray
    known: IndexArray
    songs: IndexArray
    values: FloatArray

    def __len__(self) -> int:
        return len(self.lengths)

    def asked(self) -> BoolArray:
        """Which places are to be predicted, shape (sessions, 20)."""
        places = np.arange(LONGEST)
        result: BoolArray = places >= self.known[:, None]
        return result & (places < self.lengths[:, None])

    def take(self, which: IndexArray) -> Halves:
        """Some of the sessions."""
        return Halves(self.lengths[which], self.known[which], self.songs[which], self.values[which])


@dataclass(frozen=True, slots=True)
class SessionLog:
    """Whole sessions; shapes as in `Halves`. `vocabulary` gives each song its dense index.

    `absent` are the columns that a file lacked; `single` counts sessions of one song and `cut_off`
    those that are not whole, all left out.
    """

    names: tuple[str, ...]
    lengths: IndexArray
    songs: IndexArray
    values: FloatArray
    vocabulary: dict[str, int]
    absent: tuple[str, ...] = ()
    single: int = 0
    cut_off: int = 0

    def __len__(self) -> int:
        return len(self.lengths)

    def take(self, which: IndexArray) -> SessionLog:
        """Some of the sessions."""
        return replace(
            self, names=tuple(self.names[at] for at in which), lengths=self.lengths[which],
            songs=self.songs[which], values=self.values[which],
        )  # fmt: skip

    def only(self, *fields: Field) -> SessionLog:
        """The sessions as a log that has no other fields; for models that get no others later."""
        values = np.full_like(self.values, np.nan)
        values[:, :, fields] = self.values[:, :, fields]
        return replace(self, values=values)

    def halves(self, known: IndexArray | None = None) -> Halves:
        """The sessions with what became of the songs after `known` erased; half by default."""
        first = self.lengths // 2 if known is None else known
        hidden = np.arange(LONGEST) >= first[:, None]
        values = np.where(hidden[:, :, None], np.float32(np.nan), self.values)
        return Halves(self.lengths, first, self.songs, values)

    def skipped(self) -> BoolArray:
        """Which songs were skipped (skip_2), shape (sessions, 20); False after the end."""
        result: BoolArray = self.values[:, :, Field.SKIP_2] > 0
        return result


def read_sessions(files: Sequence[Path], vocabulary: dict[str, int] | None = None) -> SessionLog:
    """The sessions of CSV files, plain or gzipped; raises ReadError.

    Songs that `vocabulary` does not know are added to it.
    """
    reader = _Reader({} if vocabulary is None else vocabulary)
    for file in files:
        reader.read(file)
    return reader.log()


class _Reader:
    """Rows to sessions, each with its songs one after the other; those that are not whole, or of
    a single song, are counted and left out."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self.vocabulary = vocabulary
        self.names: dict[str, None] = {}
        self.songs: list[IndexArray] = []
        self.values: list[FloatArray] = []
        self.absent: dict[str, None] = {}
        self.single = self.cut_off = 0

    def read(self, path: Path) -> None:
        name, length, at = "", 0, 0
        songs = np.full(LONGEST, -1, np.int64)
        rows: list[list[float]] = []
        seen = [False] * len(COLUMNS)
        for line, texts in records(path, NEEDED, ",", COLUMNS):
            if texts[0] != name:
                self._finish(name, length, songs, rows)
                name, length, at = texts[0], _whole(texts[2], "session_length", path, line), 0
                self._begin(path, line, name, length)
                songs, rows = np.full(LONGEST, -1, np.int64), []
            _check_place(path, line, texts, at, length)
            songs[at] = self.vocabulary.setdefault(texts[3], len(self.vocabulary))
            rows.append(_values(texts[len(NEEDED) :], path, line))
            at += 1
            if at == 1:
                seen = [known or text != "" for known, text in zip(seen, texts[5:], strict=True)]
        if not name:
            raise ReadError(f"{path}: there are no plays under the header.")
        self._finish(name, length, songs, rows)
        self.absent.update((c, None) for c, known in zip(COLUMNS, seen, strict=True) if not known)

    def _begin(self, path: Path, line: int, name: str, length: int) -> None:
        if not name or name in self.names:
            what = f"the session {name!r} comes a second time" if name else "session_id is empty"
            raise ReadError(f"{path}, line {line}: {what}; keep each session's rows together.")
        if not 1 <= length <= LONGEST:
            raise ReadError(
                f"{path}, line {line}: session_length is {length}; "
                f"sessions of such a log have 1 to {LONGEST} songs."
            )
        self.names[name] = None

    def _finish(
        self, name: str, length: int, songs: IndexArray, rows: list[list[float]]
    ) -> None:  # fmt: skip
        if not name:
            return
        if length == 1 or len(rows) < length:
            self.single += length == 1
            self.cut_off += length > 1
            del self.names[name]
            return
        values = np.full((LONGEST, len(Field)), np.nan, np.float32)
        values[:length] = rows
        self.songs.append(songs)
        self.values.append(values)

    def log(self) -> SessionLog:
        if not self.songs:
            raise ReadError(
                f"{self.single} sessions have a single song and {self.cut_off} are cut off; "
                "a skip can be predicted where a session is whole and something came before it."
            )
        songs = np.stack(self.songs)
        return SessionLog(
            tuple(self.names), (songs >= 0).sum(1), songs, np.stack(self.values),
            self.vocabulary, tuple(self.absent), self.single, self.cut_off,
        )  # fmt: skip


def _check_place(path: Path, line: int, texts: Sequence[str], at: int, length: int) -> None:
    place = _whole(texts[1], "session_position", path, line)
    if place != at + 1:
        raise ReadError(
            f"{path}, line {line}: session_position is {place}, wanted {at + 1}; "
            "the songs of a session must stand in order, each once."
        )
    if place > length or _whole(texts[2], "session_length", path, line) != length:
        raise ReadError(f"{path}, line {line}: session_length is not {texts[2]} for all its songs.")
    if not texts[3]:
        raise ReadError(f"{path}, line {line}: track_id_clean is empty.")


def _values(texts: Sequence[str], path: Path, line: int) -> list[float]:
    """One play's row of `values`; raises ReadError for what cannot be."""
    result = []
    for field in Field:
        text = texts[field]
        if not text and field is not Field.SKIP_2:
            result.append(np.nan)
        elif field in WORDS:
            words = WORDS[field]
            result.append(float(words.index(text)) if text in words else OTHER)
        elif field in COUNTED:
            result.append(number(text, COLUMNS[field], path, line))
        else:
            switch = SWITCHES.get(text.lower())
            if switch is None:
                raise ReadError(
                    f"{path}, line {line}: {COLUMNS[field]} is {text!r}, not true or false."
                )
            result.append(switch)
    return result


def _whole(text: str, name: str, path: Path, line: int) -> int:
    value = number(text, name, path, line)
    if value != int(value):
        raise ReadError(f"{path}, line {line}: {name} is {text!r}, not a whole number.")
    return int(value)
