"""What a model believes of its listener, as plain values that a window can show."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.api import Correction, Taste
from recommender.data.history import SESSION_GAP_S
from recommender.data.scopes import key_of
from recommender.live.beliefs import Said, beliefs_of
from recommender.live.diary import Diary
from recommender.live.events import EventState


def taste_of(
    state: EventState, diary: Diary | None, version: str, started: int | None, now_s: float
) -> Taste:
    """The beliefs, with the experts' shares and the weeks if the model keeps a diary.

    A model that has read a long history at once was taught by its latest plays only, and the weeks
    tell of these: only what was really foretold is counted. `started` is the dense song that
    sounds now, None for none.
    """
    history = state.history
    return Taste(
        beliefs_of(state, said_by(state.corrections)),
        () if diary is None else diary.as_weights(),
        () if diary is None else diary.as_weeks(),
        history.size,
        float(history.at_s[0]) if history.size else 0.0,
        _session(state, started, now_s),
        version,
    )


def said_by(corrections: Iterable[Correction]) -> Said:
    """What stands of the listener's corrections: the latest word on each name, 0 left out."""
    said = {(each.scope, key_of(each.name)): each.value for each in corrections}
    return {key: value for key, value in said.items() if value}


def _session(state: EventState, started: int | None, now_s: float) -> tuple[int, ...]:
    """The ids of the present session's songs, the first first, with the one that sounds."""
    history, songs = state.history, state.catalogue.songs
    heard: list[int] = []
    if history.size and now_s - state.log_end_s() <= SESSION_GAP_S:
        heard = history.song[history.session_start : history.size].tolist()
    heard += [] if started is None else [started]
    return tuple(songs[song].song_id for song in heard)
