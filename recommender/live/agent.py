"""The agent in the live list: it may have the last word on the order, within bounds.

An actor proposes where in the space of songs to go on, and a critic says what each of the leading
songs would bring (Dulac-Arnold et al., "Deep reinforcement learning in large discrete action
spaces", 2015). That moves songs among those which the usual ranking puts first, by `REACH` nats at
the utmost, and the rules of the list come after it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.agents.errors import AgentError
from recommender.agents.served import Carefully, ServedAgent
from recommender.api import AgentStanding, AgentState, Reaction, ReactionKind
from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.history import SESSION_GAP_S
from recommender.data.ledger import Ledger
from recommender.experts.base import best_first
from recommender.live.agent_part import TaughtAgent
from recommender.live.agent_record import FEWEST_PLAYS, FEWEST_SESSIONS, AgentRecord
from recommender.live.agent_session import DISCOUNT, REWARDS, heard_in, reward_of, states_of
from recommender.live.events import EventState
from recommender.pipeline.ranker import Scored
from recommender.simulation.sessions import SEEN
from recommender.vectors.song_vectors import MISSING

log = logging.getLogger(__name__)

REACH = 1.0
"""The most that a song is moved, in nats: its chance grows or shrinks by a factor of 2.7."""

FOR_A_SPREAD = 0.5
"""What a standard deviation of the candidates' values is worth, in nats."""

LEADING, AMONG, NEAREST = 100, 300, 20
"""So many leading songs are judged, and of so many those nearest to what the actor proposes."""

REPLAYED = 200
"""So many plays since its training are learnt at the utmost when an agent is adopted."""

CAREFULLY = Carefully(rate=0.01, clip=1.0, drift=0.2)
TINY = 1e-6
KEY, RECORD = "agent.key", "agent.record."

_WORTH = {
    ReactionKind.LIKE: REWARDS.finish + REWARDS.like,
    ReactionKind.MORE: REWARDS.finish,
    ReactionKind.DISLIKE: REWARDS.skip,
    ReactionKind.LESS: REWARDS.skip,
    ReactionKind.NOT_NOW: REWARDS.skip,
}


class Agent:
    """Judges the leading songs, learns from each outcome, and keeps a record of how it did.

    What an event changes is replaced as a whole, so that the ledger can take it back.
    """

    def __init__(self, state: EventState) -> None:
        self._state = state
        self._taught: TaughtAgent | None = None
        self._served: ServedAgent | None = None
        self._row: IndexArray = np.zeros(0, np.int64)
        self._restored: tuple[int, AgentRecord] | None = None
        self._judged: tuple[Scored, ServedAgent, FloatArray] | None = None
        self._after: tuple[int, tuple[Reaction, ...], FloatArray] | None = None
        self._proposal: tuple[FloatArray, FloatArray] | None = None
        self.record = AgentRecord.empty()
        self.trouble = ""
        """Why it cannot be used, in words; empty as long as it can."""

    @property
    def is_able(self) -> bool:
        """Whether it has anything to say of the songs that there are."""
        serves = self._served is not None and not self.trouble
        return serves and bool((self._row != MISSING).any())

    @property
    def is_trusted(self) -> bool:
        """Whether it is able, and not worse than the usual ranking beyond doubt."""
        return self.is_able and not self.record.figures.is_worse

    def standing(self) -> AgentStanding:
        """How it did against the usual ranking, as far as that can be said."""
        figures = self.record.figures
        found = AgentState.JUDGED if figures.is_enough else AgentState.FEW
        if self.trouble:
            found = AgentState.BROKEN
        elif self._served is None:
            found = AgentState.UNTRAINED
        elif not self.is_able:
            found = AgentState.BLIND
        return AgentStanding(
            found, figures.plays, FEWEST_PLAYS, figures.sessions, FEWEST_SESSIONS,
            figures.agent, figures.usual, figures.low, figures.high, self.trouble,
        )  # fmt: skip

    def adopt(self, taught: TaughtAgent | None) -> bool:
        """Go on with what a training gave, None for without; says whether another agent serves."""
        if taught is not None and self._taught is not None and taught.key == self._taught.key:
            self._taught = taught
            self.grow()
            return False
        before, self._taught = self._taught, taught
        self._begin()
        if taught is not None:
            kept = self._restored
            known = kept is not None and kept[0] == taught.key
            self.record = (kept[1] if kept and known else taught.record).only(self._ids())
        return taught is not None or before is not None

    def read_log(self) -> None:
        """The log is another: what it no longer holds was never judged, nor learnt."""
        self._begin()
        self.record = self.record.only(self._ids())
        if self._restored is not None:
            self._restored = (self._restored[0], self._restored[1].only(self._ids()))

    def grow(self) -> None:
        """Find the vectors of songs that joined the catalogue."""
        taught, songs = self._taught, self._state.catalogue.songs
        self._judged = self._after = self._proposal = None
        self._row = np.full(len(songs), MISSING, np.int64)
        if taught is not None and len(taught.song_ids):
            ids = np.fromiter((song.song_id for song in songs), np.int64, len(songs))
            places = np.minimum(np.searchsorted(taught.song_ids, ids), len(taught.song_ids) - 1)
            self._row = np.where(taught.song_ids[places] == ids, places, MISSING)

    def moved(self, scored: Scored) -> FloatArray | None:
        """What it adds to the candidates' scores, in nats, (pool,); None when it has no say.

        Whatever goes wrong here, the usual order stays.
        """
        served = self._served
        if served is None or not self.is_able:
            return None
        if self._judged is None or self._judged[0] is not scored or self._judged[1] is not served:
            try:
                moved = self._moves(served, scored, self._session_now(scored.moment.live))
            except (AgentError, ValueError, IndexError) as problem:
                self._give_up(problem)
                return None
            self._judged = (scored, served, moved)
        return self._judged[2]

    def learn(self, scored: Scored, event_id: int, ledger: Ledger) -> None:
        """Note how the last play of the log was judged, by `scored` from before it, then learn it.

        The agent judges the song played even if it is not among the candidates.
        """
        served, history = self._served, self._state.history
        if served is None or not self.is_able:
            return
        turn, start = history.size - 1, history.session_start
        song, slot = int(history.song[turn]), int(scored.pool.slot[history.song[turn]])
        before, self._after = self._after, None
        try:
            if before is None or before[:2] != (turn, self._state.reactions) or start == turn:
                before = (turn, self._state.reactions, self._session(start, turn)[0])
            after, heard = self._session(start, turn + 1)
            moved = self._moves(served, scored, before[2], slot)
            worth = reward_of(heard[-1:])
            learnt = self._taught_by(served, before[2], after, song, worth)
        except (AgentError, ValueError, IndexError) as problem:
            self._give_up(problem)
            return
        self._after = (history.size, self._state.reactions, after)
        agent, usual = _chances(scored.scores, moved, slot)
        if math.isfinite(usual) and math.isfinite(agent):
            opened_s, kept = float(history.at_s[start]), not bool(history.skipped[turn])
            noted = self.record.noted(event_id, opened_s, kept, agent, usual)
            ledger.assign(self, "record", noted)
        ledger.assign(self, "_served", learnt)

    def react(self, reaction: Reaction, ledger: Ledger) -> None:
        """Learn what was said of a song: in this session it was worth so much."""
        served = self._served
        song = self._state.catalogue.index_of.get(reaction.song_id)
        if served is None or song is None or not self.is_able or reaction.kind not in _WORTH:
            return
        try:
            gap_s = reaction.at_s - self._state.log_end_s()
            state = self._session_now(gap_s <= SESSION_GAP_S, song)
            worth = np.array([_WORTH[reaction.kind]], np.float32)
            ledger.assign(self, "_served", self._taught_by(served, state, state, song, worth))
        except (AgentError, ValueError, IndexError) as problem:
            self._give_up(problem)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The record for a checkpoint, and of which agent it is; the agent itself is learnt anew
        from its training and the plays since."""
        if self._taught is None:
            return {}
        named = {f"{RECORD}{name}": each for name, each in self.record.arrays().items()}
        return {KEY: np.array([self._taught.key], np.int64), **named}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over a record, for when its agent is adopted; raises KeyError or ValueError."""
        if KEY in arrays:
            named = {
                name.removeprefix(RECORD): each
                for name, each in arrays.items()
                if name.startswith(RECORD)
            }
            self._restored = (int(arrays[KEY][0]), AgentRecord.of(named))

    def _begin(self) -> None:
        """Serve what the training gave, with what the plays since then have taught."""
        taught, self._served, self.trouble = self._taught, None, ""
        self.grow()
        if taught is None:
            return
        self.trouble = taught.trouble()
        if not self.trouble:
            try:
                self._served = self._replayed(ServedAgent(taught.weights, taught.dim), taught)
            except (AgentError, ValueError, IndexError) as problem:
                self._give_up(problem)

    def _give_up(self, problem: Exception) -> None:
        log.warning("The agent is left out: %s", problem)
        self._served, self.trouble = None, str(problem)

    def _ids(self) -> IndexArray:
        return self._state.event_ids[: self._state.history.size]

    def _replayed(self, served: ServedAgent, taught: TaughtAgent) -> ServedAgent:
        """The agent after the plays since its training."""
        history = self._state.history
        turns = np.flatnonzero(self._ids() > taught.learnt_to)[-REPLAYED:]
        if not len(turns):
            return served
        starts, _ = history.session_bounds(turns.astype(np.int32))
        first = int(starts[0])
        heard = heard_in(history, self._state.reactions, first)
        song = history.song[first : history.size]
        both = [
            states_of(song, heard, starts - first, turns - first + after, self._look)
            for after in (0, 1)
        ]
        rewards = reward_of(heard[turns - first])
        for place, turn in enumerate(turns.tolist()):
            state, after = (states[place : place + 1] for states in both)
            worth = rewards[place : place + 1]
            served = self._taught_by(served, state, after, int(history.song[turn]), worth)
        return served

    def _taught_by(
        self, served: ServedAgent, state: FloatArray, after: FloatArray, song: int,
        worth: FloatArray,
    ) -> ServedAgent:  # fmt: skip
        """The agent after a step towards what a dense song brought between two states."""
        vector = self._look(np.array([song]))
        if not vector.any():
            return served
        going_on = np.zeros(1, bool)
        targets = served.targets(worth, after, self._proposed(served, after), going_on, DISCOUNT)
        return served.learn(state, vector, targets, CAREFULLY)

    def _look(self, songs: IndexArray) -> FloatArray:
        """The vectors of dense songs, (songs, dim), zeros for those without."""
        taught = self._taught
        assert taught is not None
        rows = self._row[songs]
        found: FloatArray = taught.vectors[rows]
        if (rows == MISSING).any():
            found[rows == MISSING] = 0
        return found

    def _session(self, start: int, until: int) -> tuple[FloatArray, NDArray[np.int8]]:
        """The session from the turn `start` to before `until`, encoded, (1, state), and what
        became of its last plays."""
        history = self._state.history
        first = max(start, until - SEEN)
        heard = heard_in(history, self._state.reactions, first)
        song = history.song[first : history.size]
        turns = np.array([until - first], np.int64)
        return states_of(song, heard, np.zeros(1, np.int64), turns, self._look), heard

    def _session_now(self, is_live: bool, but: int = MISSING) -> FloatArray:
        """The session that goes on, encoded, (1, state); without its last play if that is of the
        dense song `but`. Empty where a new one begins."""
        history = self._state.history
        size, after = history.size, self._after
        start = history.session_start if is_live else size
        last = size > start and int(history.song[size - 1]) == but
        known = after is not None and after[0] == size and after[1] is self._state.reactions
        if after is not None and known and is_live and not last:
            return after[2]
        return self._session(start, size - last)[0]

    def _proposed(self, served: ServedAgent, state: FloatArray) -> FloatArray:
        """Where the actor would look for songs, (1, proposals, dim), after a `state` (1, state); it
        learns nothing between trainings, so the latest answer is kept."""
        if self._proposal is None or self._proposal[0] is not state:
            self._proposal = (state, served.proto(state))
        return self._proposal[1]

    def _moves(
        self, served: ServedAgent, scored: Scored, state: FloatArray, also: int = MISSING
    ) -> FloatArray:
        """What it adds to the candidates' scores after `state`, (pool,); the slot `also` is judged
        too. Raises AgentError for values that are no numbers."""
        moved = np.zeros(len(scored.pool), np.float32)
        slots = best_first(scored.shortlist, scored.scores[scored.shortlist], AMONG)
        slots = slots[self._row[scored.pool.songs[slots]] != MISSING]
        if len(slots) < 2:
            return moved
        vectors = self._look(scored.pool.songs[slots])
        near = (vectors[LEADING:] @ self._proposed(served, state)[0].T).max(axis=1)
        places = np.append(np.arange(min(LEADING, len(slots))),
                           LEADING + np.argsort(-near, kind="stable")[:NEAREST])  # fmt: skip
        slots, vectors, count = slots[places], vectors[places], len(places)
        if also != MISSING and also not in slots and self._row[scored.pool.songs[also]] != MISSING:
            slots = np.append(slots, also)
            vectors = np.concatenate([vectors, self._look(scored.pool.songs[slots[-1:]])])
        values = served.values(state, vectors[None])[0]
        if not np.isfinite(values).all():
            raise AgentError("it values songs by figures that are no numbers")
        spread = float(values[:count].std())
        if spread > TINY:
            far = FOR_A_SPREAD * (values - values[:count].mean()) / np.float32(spread)
            moved[slots] = np.clip(far, -REACH, REACH)
        return moved


def _chances(scores: FloatArray, moved: FloatArray, slot: int) -> tuple[float, float]:
    """The log of a candidate's chance with what was added to the scores, and without; of a song
    that is none, as much as of the last of them in both."""
    best = float(scores.max(initial=-np.inf))
    weights = np.exp(scores - np.float32(best))
    total = float(weights.sum())
    usual = best + math.log(total)
    if slot == MISSING:
        last = float(scores.min(initial=np.inf)) - usual
        return last, last
    some = np.flatnonzero(moved)
    gained = float(weights[some] @ np.expm1(moved[some]))
    score = float(scores[slot])
    return score + float(moved[slot]) - best - math.log(total + gained), score - usual
