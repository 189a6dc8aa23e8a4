"""Reasons: one short sentence a person understands, true of the listener's own history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.api import Song
from recommender.data.arrays import FloatArray
from recommender.data.history import History
from recommender.experts.sound import Sound
from recommender.pipeline.board import OWNER, ROW
from recommender.pipeline.ranker import Scored

HOUR_S = 3600.0
LATELY = 300
SAID = "You said that you want more of this"
AGENT = "agent"
WORTH_SAYING = 0.1
"""The least that the agent moves a song, in nats, for it to be among the reasons."""

MOVED_UP = "The agent moved it up: it expects this session to go on better with it"


@dataclass(frozen=True, slots=True)
class Part:
    """One expert's share in a song's score, and its sentence."""

    expert: str
    share: float
    sentence: str


class Reasons:
    """Sentences for the songs of one scored moment; more was asked of the songs in `asked`."""

    def __init__(
        self, history: History, scored: Scored, weights: FloatArray, liked: FloatArray,
        asked: Sequence[int] = (), sound: Sound | None = None, moved: FloatArray | None = None,
    ) -> None:  # fmt: skip
        """`moved` is what the agent added to the candidates' scores, (pool,), None for nothing."""
        self.history, self.scored, self.liked, self.asked = history, scored, liked, asked
        self._liked_songs: list[int] = np.flatnonzero(liked > 0)[::-1].tolist()
        self.songs = history.catalogue.songs
        self._weights, self._heard, self._moved = weights, sound, moved

    def parts(self, song: int) -> list[Part]:
        """Every expert that speaks for the song and has something to say, largest share first."""
        gains = self.scored.gains(song, self._weights)
        by_expert: dict[str, float] = {}
        for expert, gain in zip(OWNER, gains.tolist(), strict=True):
            by_expert[expert] = by_expert.get(expert, 0.0) + gain
        moved = 0.0 if self._moved is None else float(self._moved[self.scored.pool.slot[song]])
        if moved >= WORTH_SAYING:
            by_expert[AGENT] = moved
        found = [
            Part(expert, gain, sentence)
            for expert, gain in sorted(by_expert.items(), key=lambda pair: -pair[1])
            if gain > 0 and (sentence := self.sentence(expert, song))
        ]
        total = sum(part.share for part in found)
        if not found or total <= 0:
            return [Part("library", 1.0, self.fallback(song))]
        return [Part(part.expert, part.share / total, part.sentence) for part in found]

    def sentence(self, expert: str, song: int) -> str:
        """What this expert has to say of the song, empty when it has nothing."""
        speaker = getattr(self, f"_{expert}", None)
        return str(speaker(song)) if speaker is not None else ""

    def fallback(self, song: int) -> str:
        """A sentence that is true of any song."""
        if self.history.plays[song]:
            return f"You have played it {_times(int(self.history.plays[song]))}"
        artist = self.songs[song].artist.strip()
        if self.history.size:
            return f"New to you, by {artist}" if artist else "New to you"
        return f"From your library, by {artist}" if artist else "From your library"

    def _value(self, column: str, song: int) -> float:
        return float(self.scored.matrix[ROW[column], self.scored.pool.slot[song]])

    def _title(self, song: int) -> str:
        return self.songs[song].title or "the last song"

    def _markov(self, song: int) -> str:
        current, history = self.scored.moment.current, self.history
        if current < 0:
            return ""
        places = history.places_of(current, 100)
        places = places[places + 1 < history.size]
        count = int(np.count_nonzero(history.song[places + 1] == song))
        if count == 0:
            return ""
        done = "finished" if not history.skipped[places].all() else "played"
        times = "" if count == 1 else f", {_times(count)}"
        return f"You {done} {self._title(current)}, then this{times}"

    def _cooccurrence(self, song: int) -> str:
        history = self.history
        best, most = -1, 0
        here = set(history.session[history.places_of(song, 60)].tolist())
        for other in self.scored.moment.recent[:5]:
            there = set(history.session[history.places_of(other, 60)].tolist())
            common = len(here & there)
            if other != song and common > most:
                best, most = other, common
        if best < 0:
            return ""
        times = "once before" if most == 1 else f"in {most} sessions"
        return f"Heard together with {self._title(best)} {times}"

    def _session_knn(self, song: int) -> str:
        return "You played it in sessions like this one" if self._value("knn", song) else ""

    def _sequence(self, song: int) -> str:
        current = self.scored.moment.anchor
        if current < 0 or self._value("seq", song) <= 0:
            return ""
        return f"Your sessions often go this way from {self._title(current)}"

    def _factors(self, song: int) -> str:
        current = self.scored.moment.anchor
        if current >= 0 and current != song and self._value("fac_last", song) > 0.3:
            return f"Close to what you play with {self._title(current)}"
        if self._value("fac_session", song) > 0.1:
            return "Close to what you play in sessions with these songs"
        return "Close to what you have been playing" if self._value("fac_long", song) > 0.3 else ""

    def _artists(self, song: int) -> str:
        tag, current = self.songs[song], self.scored.moment.current
        if not tag.artist:
            return ""
        if current >= 0 and self._value("art_same", song):
            return f"More by {tag.artist}"
        if self._value("art_15", song) > 0.3:
            return f"You have been playing {tag.artist}"
        if current >= 0 and self._value("art_near", song) + self._value("art_next", song) > 0.2:
            return f"{tag.artist} often comes near {self.songs[current].artist}"
        return f"You play {tag.artist} a lot" if self._value("art_all", song) > 3 else ""

    def _popularity(self, song: int) -> str:
        history = self.history
        if not history.plays[song]:
            return ""
        since = self.scored.moment.now_s - 30 * 24 * HOUR_S
        count = int(np.count_nonzero(history.at_s[history.places_of(song, 400)] > since))
        if count >= 2:
            return f"Played {_times(count)} in the last month"
        return f"You have played it {_times(int(history.plays[song]))}"

    def _recency(self, song: int) -> str:
        history, now_s = self.history, self.scored.moment.now_s
        if not history.plays[song]:
            return ""
        hours = (now_s - history.last_s[song]) / HOUR_S
        if hours > 14 * 24:
            return f"Not heard for {_span(hours)}"
        if now_s - history.first_s[song] < 7 * 24 * HOUR_S:
            return "You found it this week"
        return f"Last heard {_span(hours)} ago" if hours >= 1 else ""

    def _clock(self, song: int) -> str:
        if self.history.plays[song] >= 2 and self._value("hour", song) > 0.2:
            return "You often play it at this time of day"
        return "You often play this artist around now" if self._value(
            "hour_artist", song) > 0.3 else ""  # fmt: skip

    def _novelty(self, song: int) -> str:
        if not self._value("new", song):
            return ""
        artist = self.songs[song].artist
        if self._value("new_same", song) and artist:
            return f"New to you, by {artist} as well"
        return f"New to you, by {artist}" if artist else "New to you"

    def _text(self, song: int) -> str:
        if self._value("text_last", song) > 0.5:
            return f"By artist and title close to {self._title(self.scored.moment.anchor)}"
        close = self._value("text_session", song) > 0.3
        return "By artist and title close to this session" if close else ""

    def _sound(self, song: int) -> str:
        if self._heard is None:
            return ""
        session = self._heard.examples(self.scored.moment)
        other = self._heard.nearest(song, session)
        if other < 0:
            known = dict.fromkeys([*self._liked_songs, *self._lately()])
            other = self._heard.nearest(song, np.fromiter(known, np.int64, len(known)))
        if other < 0 or not self.songs[other].title:
            return ""
        like = f"ounds like {self.songs[other].title}"
        return f"S{like}" if self.history.plays[song] else f"New to you, s{like}"

    def _lately(self) -> list[int]:
        """The songs heard last, but for those skipped, newest first."""
        history = self.history
        turns = slice(max(0, history.size - LATELY), history.size)
        found: list[int] = history.song[turns][~history.skipped[turns]][::-1].tolist()
        return found

    def _content(self, song: int) -> str:
        tag, current = self.songs[song], self.scored.moment.anchor
        if current < 0:
            return ""
        heard = "" if self.history.plays[song] else "New to you, "
        if self._value("album_next", song):
            return f"Next on {tag.album}"
        if self._value("album", song):
            return f"{heard}on {tag.album}" if heard else f"Also on {tag.album}"
        if self.songs[current].artist == tag.artist and tag.artist:
            return f"{heard or ''}{'by' if heard else 'By'} {tag.artist}, like the song before"
        if self._value("genre", song):
            return f"{tag.genre}, like {self._title(current)}"
        if self._value("title", song) > 0.2:
            return f"Its title is close to {self._title(current)}"
        return ""

    def _skips(self, song: int) -> str:
        if self.history.plays[song] >= 3 and self.history.skips[song] == 0:
            return "You have never skipped it"
        return ""

    def _agent(self, song: int) -> str:
        return MOVED_UP

    def _staying(self, song: int) -> str:
        finished = int(self.history.plays[song] - self.history.skips[song])
        if self._value("stay", song) <= 0 or finished < 2:
            return ""
        return f"You have played it to the end {_times(finished)}"

    def _rocchio(self, song: int) -> str:
        wished = wish_for(self.songs, song, self.asked) if self._value("shift", song) > 0 else ""
        if wished:
            return wished
        if self._value("said", song) > 0:
            return SAID
        if self.liked[song] > 0:
            return "You liked it"
        if self._value("shift", song) <= 0 and self._value("liked_artist", song) <= 0:
            return ""
        mine = self.songs[song]
        for other in self._liked_songs:
            tag = self.songs[other]
            if tag.artist == mine.artist and tag.artist:
                return f"You liked {tag.title}, same artist"
            if tag.genre and tag.genre == mine.genre:
                return f"You liked {tag.title}, also {tag.genre}"
        return ""


def wish_for(songs: Sequence[Song], song: int, asked: Sequence[int]) -> str:
    """Which of the songs that more was asked of this one is like, in a sentence, if any."""
    mine = songs[song]
    for other in asked:
        tag = songs[other]
        if (tag.artist and tag.artist == mine.artist) or (tag.genre and tag.genre == mine.genre):
            return f"More like {tag.title or 'that song'}, as you asked"
    return ""


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _span(hours: float) -> str:
    """A length of time in words, in its largest fitting unit."""
    for unit, size in (("month", 730.0), ("week", 168.0), ("day", 24.0), ("hour", 1.0)):
        count = int(hours / size)
        if count >= 2 or (unit == "hour") or (count == 1 and unit != "month"):
            return f"{max(count, 1)} {unit}{'s' if count != 1 else ''}"
    return "a while"
