"""Turns what is on into a session that comes back after a quit, a crash or a kill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.conductor.deck import Deck
from app.conductor.playing import Choice, Playing
from app.library.track import Track
from app.listening.events import SessionState
from app.listening.session import progress, with_progress
from app.listening.store import ListeningStore
from app.player.queue import Queue

TICK_MS = 500
"""So much of the position is lost at most, besides the time a commit takes."""


class SessionKeeper:
    """Hands each change to the store; a mere step of the position only every `TICK_MS`."""

    def __init__(self, listening: ListeningStore, deck: Deck) -> None:
        self._listening = listening
        self._deck = deck
        self._ticked_ms = 0
        self._saved: SessionState | None = None

    def save(
        self,
        queue: Queue,
        history: Sequence[int],
        volume: tuple[int, bool],
        modes: tuple[str, bool],
    ) -> None:
        """Keep the present state."""
        playing = self._deck.playing
        state = SessionState(
            position_ms=self._deck.position_ms if playing else 0,
            queue=queue.entries,
            history=tuple(history),
            volume=volume[0],
            muted=volume[1],
            repeat=modes[0],
            shuffle=modes[1],
        )
        if playing is not None:
            state = _with_playing(state, playing, self._deck.heard_ms)
        if state == self._saved:
            return
        self._saved = state
        self._ticked_ms = state.position_ms
        self._listening.save_session(state)

    def is_due(self) -> bool:
        """Whether the position has gone on enough to be kept."""
        return abs(self._deck.position_ms - self._ticked_ms) >= TICK_MS


def playing_of(state: SessionState, track: Track) -> Playing:
    """The play that was under way, ready to go on as the same play."""
    started_at, heard_ms = progress(state) or (datetime.now(UTC), 0)
    return Playing(
        Choice(track, state.origin),
        token=0,
        started_at=started_at,
        start_ms=state.position_ms,
        heard_before_ms=heard_ms,
    )


def _with_playing(state: SessionState, playing: Playing, heard_ms: int) -> SessionState:
    state = replace(state, track_id=playing.track.track_id, origin=playing.choice.origin)
    return with_progress(state, playing.started_at, heard_ms)
