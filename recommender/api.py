"""The recommender's public words: songs and events in, reasoned recommendations out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self


class EndReason(StrEnum):
    """Why a play ended."""

    FINISHED = "finished"
    SKIPPED = "skipped"
    PICKED_OTHER = "picked_other"
    STOPPED = "stopped"
    ERROR = "error"


class Origin(StrEnum):
    """Who put the song on."""

    QUEUE = "queue"
    PREDICTED = "predicted"
    MANUAL = "manual"


class ReactionKind(StrEnum):
    """What a person said of a song."""

    LIKE = "like"
    DISLIKE = "dislike"
    CLEAR = "clear"
    MORE = "more"
    """More like this, now: for this session and not of the song itself."""
    LESS = "less"
    """Less like this, now."""
    NOT_NOW = "not_now"
    """Not in this mood: away, and what is like it further down, until the session ends."""


OPINIONS = frozenset({ReactionKind.LIKE, ReactionKind.DISLIKE, ReactionKind.CLEAR})
"""What is said of a song for good; the other kinds are for the moment."""


class Scope(StrEnum):
    """What a correction or a forgetting is about."""

    SONG = "song"
    ARTIST = "artist"
    GENRE = "genre"


@dataclass(frozen=True, slots=True)
class Song:
    """What is known of a song before anybody has played it."""

    song_id: int
    title: str
    artist: str
    album: str = ""
    genre: str = ""
    year: int | None = None
    track_number: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """One listening that has ended; `at_s` is its end, seconds since the epoch, UTC."""

    event_id: int
    song_id: int
    at_s: float
    heard_ms: int
    end_reason: EndReason
    origin: Origin = Origin.MANUAL
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a person said of one song."""

    event_id: int
    song_id: int
    at_s: float
    kind: ReactionKind


@dataclass(frozen=True, slots=True)
class Correction:
    """What the listener says of their own taste, for good: `value` from -1 (far less than the model
    believes) to 1 (far more), 0 takes an earlier word back. `name` is as tagged, a song's its id.
    """

    event_id: int
    scope: Scope
    name: str
    at_s: float
    value: float


@dataclass(frozen=True, slots=True)
class Forgotten:
    """All plays and reactions before `at_s` of a song, an artist or a genre never were."""

    event_id: int
    scope: Scope
    name: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Started:
    """A song has begun to sound. It is the list's context, and leaves no lasting trace."""

    song_id: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Retracted:
    """An earlier play or reaction is taken back, as if it had never been."""

    event_id: int


Lasting = Play | Reaction | Correction | Forgotten
"""Events that are kept, each under a number of its own."""

Event = Lasting | Started | Retracted


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the listener holds in hand; no event, it changes how the list is made from now on.

    `discover` goes from 0 (familiar songs) over 0.5 (as learnt) to 1 (songs to discover);
    `without` names experts that take no part; `agent` gives the agent the last word on the order.
    """

    discover: float = 0.5
    without: tuple[str, ...] = ()
    agent: bool = False


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One row of the list: a higher score is a better song, `reason` is a short sentence.

    `probability` is the model's chance, 0 to 1, that the song is what comes next; `finish` its
    chance that the song, put on now, is played to the end, None while too little is known.
    """

    song_id: int
    score: float
    reason: str
    expert: str
    probability: float = 0.0
    finish: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a song stands where it does: `(expert, share, sentence)`, the largest share first.

    Shares are parts of the whole score and add up to 1. `finish` is the chance, 0 to 1, that the
    song, put on now, is played to the end, None while too little is known; `finish_reason` is a
    short sentence on what speaks for it or against it.
    """

    song_id: int
    summary: str
    parts: tuple[tuple[str, float, str], ...]
    finish: float | None = None
    finish_reason: str = ""


@dataclass(frozen=True, slots=True)
class Belief:
    """What the model believes of an artist or a genre.

    `strength` is the share of the coming plays it expects of it, `low` and `high` hold 90 % of its
    doubt; `said` is the listener's own correction, 0 for none; `song_ids` are its best songs.
    """

    scope: Scope
    name: str
    strength: float
    low: float
    high: float
    plays: int
    said: float
    song_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ExpertWeight:
    """How much an expert has lately added to the scores of the songs that were played, 0 to 1."""

    expert: str
    share: float


@dataclass(frozen=True, slots=True)
class Week:
    """How well a week was foretold: the share of its plays whose song was among the first ten.

    `favourites` is the same for "just play what is played most"; each play was ranked before it
    was learnt.
    """

    start_s: float
    plays: int
    hits: float
    favourites: float


@dataclass(frozen=True, slots=True)
class Taste:
    """What the model believes of its listener; beliefs the strongest first, weeks in their order.

    `session` are the songs of the present session, the first first.
    """

    beliefs: tuple[Belief, ...] = ()
    experts: tuple[ExpertWeight, ...] = ()
    weeks: tuple[Week, ...] = ()
    plays: int = 0
    since_s: float = 0.0
    session: tuple[int, ...] = ()
    version: str = ""


AGENT_PLAYS, AGENT_SKIPS = 100, 10
"""So many plays, and skips among them, it takes to train an agent."""


class AgentState(StrEnum):
    """How far the agent has come."""

    UNTRAINED = "untrained"
    """No training has made one yet."""
    BLIND = "blind"
    """It knows none of the songs that there are."""
    BROKEN = "broken"
    FEW = "few"
    """There is too little yet to judge it by."""
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class AgentStanding:
    """How the agent's order did against the usual one, on plays that neither had learnt.

    Of all pairs of a kept and a skipped song of one session, `agent` and `usual` are the shares
    that each order has the right way round; `low` and `high` hold 95 % of the doubt about
    `agent` - `usual`. `sessions` are those with such pairs; `plays_needed` and `sessions_needed`
    are what it takes to judge. `trouble` says why it cannot be used.
    """

    state: AgentState = AgentState.UNTRAINED
    plays: int = 0
    plays_needed: int = 0
    sessions: int = 0
    sessions_needed: int = 0
    agent: float = 0.0
    usual: float = 0.0
    low: float = 0.0
    high: float = 0.0
    trouble: str = ""

    @property
    def is_worse(self) -> bool:
        """Whether it is worse beyond doubt, so that the usual order has the last word."""
        return self.state is AgentState.JUDGED and self.high < 0

    @property
    def is_better(self) -> bool:
        """Whether it is better beyond doubt."""
        return self.state is AgentState.JUDGED and self.low > 0


class CheckpointError(Exception):
    """A checkpoint that cannot be read; the message says why and what to do."""


class Recommender(Protocol):
    """The five verbs that every model answers to."""

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        """Learn from a catalogue and its events in order of time, forgetting what was before."""

    def observe(self, event: Event) -> None:
        """Take one event into the state without reading the past again."""

    def recommend(self, n: int, exclude: AbstractSet[int] = frozenset()) -> list[Recommendation]:
        """The `n` best songs, best first, none of them in `exclude`."""

    def explain(self, song_id: int) -> Explanation:
        """Why this song stands where it does now; raises KeyError for an unknown song."""

    def save(self, folder: Path) -> None:
        """Write a checkpoint: `weights.safetensors`, `config.json`, `vocabulary.json`."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a checkpoint; raises CheckpointError in words for one that cannot be read."""
