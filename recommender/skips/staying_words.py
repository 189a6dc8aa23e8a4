"""What speaks for a song being played to the end, or against it, in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recommender.data.arrays import DoubleArray
from recommender.data.catalogue import Catalogue
from recommender.data.history import History
from recommender.skips.staying import NOW, SONG, Facts

LAST_FEW = 10
LEAST = 0.05
"""Nats under which something does not speak."""

LEAST_OF_ARTIST, LEAST_OF_HOUR = 3, 10
GROUPS: Mapping[str, tuple[str, ...]] = {
    "song": ("song", "song_last"),
    "here": ("here_song", "again"),
    "session": ("lately", "in_session", "last", "skips_row", "finishes_row"),
    "artist": ("artist",),
    "here_artist": ("here_artist",),
    "hour": ("hour",),
}
"""The features that one sentence speaks of."""

_NAMES = (*NOW, *SONG)


def finish_sentence(
    facts: Facts, song: int, gains: DoubleArray, likely: bool, live: bool, clock_s: float
) -> str:
    """The sentence for a dense song; `gains` is what each feature adds to its log-odds, shape
    (features,), `likely` whether it is rather finished than skipped, `live` whether the session of
    the last play goes on."""
    sign = 1 if likely else -1
    added = {
        group: sign * sum(float(gains[_NAMES.index(name)]) for name in names)
        for group, names in GROUPS.items()
    }
    teller = _Teller(facts, song, likely, live, clock_s)
    for group in sorted(added, key=lambda each: -added[each]):
        if added[group] > LEAST and (sentence := getattr(teller, group)()):
            return str(sentence)
    return teller.usual()


class _Teller:
    """Each group's sentence, empty where there is nothing true to say."""

    def __init__(
        self, facts: Facts, song: int, likely: bool, live: bool, clock_s: float
    ) -> None:  # fmt: skip
        self._facts, self._song, self._likely = facts, song, likely
        self._live, self._clock_s = live, clock_s
        self._history: History = facts.history
        self._catalogue: Catalogue = facts.history.catalogue
        self._artist = self._catalogue.songs[song].artist.strip()

    def song(self) -> str:
        plays, skips = int(self._history.plays[self._song]), int(self._history.skips[self._song])
        finished = plays - skips
        if self._likely and finished:
            if plays == 1:
                return "You finished it when it played before"
            every = "both times" if plays == 2 else f"all {plays} times"
            return f"You finished it {f'{finished} of {plays} times' if skips else every}"
        if not self._likely and skips:
            if skips == plays:
                return f"You skipped it {_times(skips)} before"
            return f"You skipped it {skips} of {plays} times"
        return ""

    def here(self) -> str:
        history = self._history
        turns = history.places_of(self._song, 1)
        if not self._live or not len(turns) or turns[-1] < history.session_start:
            return ""
        if bool(history.skipped[turns[-1]]) == self._likely:
            return ""
        return f"You {'finished' if self._likely else 'skipped'} it earlier in this session"

    def session(self) -> str:
        history = self._history
        skipped = history.skipped[max(0, history.size - LAST_FEW) : history.size][::-1]
        row = int(np.argmin(np.append(skipped, False))) if self._live else 0
        if not self._likely and row >= 2:
            return f"You skipped the last {row} songs"
        skips = int(np.count_nonzero(skipped))
        count = len(skipped) - skips if self._likely else skips
        if 2 * count < len(skipped):
            return ""
        done = "finished" if self._likely else "skipped"
        return f"You {done} {count} of your last {len(skipped)} songs"

    def artist(self) -> str:
        code = int(self._catalogue.artist[self._song])
        plays, skips = self._facts.artists[:, code].astype(int).tolist()
        if not self._artist or plays < LEAST_OF_ARTIST:
            return ""
        count, done = (plays - skips, "finished") if self._likely else (skips, "skipped")
        done = f"You {done} songs by {self._artist}"
        return f"{done} {count} of {plays} times" if count else ""

    def here_artist(self) -> str:
        history, artist = self._history, self._catalogue.artist
        for turn in range(history.size - 1, history.session_start - 1, -1):
            other = int(history.song[turn])
            if artist[other] == artist[self._song] and other != self._song and self._artist:
                if bool(history.skipped[turn]) == self._likely:
                    return ""
                done = "finished" if self._likely else "skipped"
                return f"You just {done} another song by {self._artist}"
        return ""

    def hour(self) -> str:
        plays, _ = self._facts.of_hour(self._clock_s)
        if plays < LEAST_OF_HOUR:
            return ""
        return f"You {'finish' if self._likely else 'skip'} more songs at this time of day"

    def usual(self) -> str:
        return f"You finish about {round(10 * self._facts.usual)} in 10 songs"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
