"""Plays of the log as an agent sees them: what became of each, and the session before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.agents.encoding import encode
from recommender.api import OPINIONS, Reaction, ReactionKind
from recommender.data.arrays import FloatArray, IndexArray, IntArray
from recommender.data.history import SESSION_GAP_S, History
from recommender.simulation.crowd import Heard, Outcome, Rewards
from recommender.simulation.sessions import SEEN, Sessions

Look = Callable[[IndexArray], FloatArray]
"""The vectors of dense songs, (songs, dim), zeros for those without."""

REWARDS = Rewards()
DISCOUNT = 0.5
"""What the next song counts: the listener's own choices come in between."""

_SAID = {ReactionKind.LIKE: Heard.LIKED, ReactionKind.DISLIKE: Heard.SKIPPED}


def heard_in(history: History, reactions: Sequence[Reaction], first: int) -> NDArray[np.int8]:
    """What became of each play from the turn `first` on, as `Heard`, shape (plays,).

    What was said last of a song belongs to its play nearest in time, within half an hour: a like
    of a song that was finished, and a dislike, which is as good as a skip.
    """
    size = history.size
    heard = np.where(history.skipped[first:size], Heard.SKIPPED, Heard.FINISHED).astype(np.int8)
    settled: set[int] = set()
    since_s = float(history.at_s[first]) - SESSION_GAP_S if first < size else np.inf
    for reaction in reversed(reactions):
        if reaction.at_s < since_s:
            break
        turn = _turn_of(history, reaction) if reaction.kind in OPINIONS else -1
        if turn < first or turn in settled:
            continue
        settled.add(turn)
        said = _SAID.get(reaction.kind, Heard.NOTHING)
        if said == Heard.SKIPPED or (said and heard[turn - first] == Heard.FINISHED):
            heard[turn - first] = said
    return heard


def _turn_of(history: History, reaction: Reaction) -> int:
    """The play that a reaction belongs to, -1 for none."""
    song = history.catalogue.index_of.get(reaction.song_id, -1)
    turns = np.array(history.places.get(song, []), np.int64)
    if not len(turns):
        return -1
    apart = np.abs(history.at_s[turns] - reaction.at_s)
    place = int(apart.argmin())
    return int(turns[place]) if apart[place] <= SESSION_GAP_S else -1


def reward_of(heard: NDArray[np.int8]) -> FloatArray:
    """What plays brought, shape (plays,); that a session ended is no song's fault."""
    none = np.zeros(len(heard), bool)
    rewards: FloatArray = REWARDS.of(Outcome.of(heard, none)).astype(np.float32)
    return rewards


def states_of(
    song: IntArray | IndexArray, heard: NDArray[np.int8], starts: IndexArray, turns: IndexArray,
    look: Look,
) -> FloatArray:  # fmt: skip
    """The sessions from `starts` to before `turns`, encoded: (sessions, state).

    `song` and `heard` (plays,) are what the turns count; of a session the latest songs are seen.
    """
    places = turns[:, None] + np.arange(-SEEN, 0)[None, :]
    there = places >= starts[:, None]
    songs = song[places[there]]
    local = np.arange(len(songs))
    if len(turns) > 1:
        songs, local = np.unique(songs, return_inverse=True)
    dense = np.full(places.shape, -1, np.int64)
    dense[there] = local
    became = np.full(places.shape, Heard.NOTHING, np.int8)
    became[there] = heard[places[there]]
    vectors = look(songs.astype(np.int64))
    if not len(vectors):
        vectors = np.zeros((1, vectors.shape[1]), np.float32)
    return encode(Sessions(dense, became), vectors)
