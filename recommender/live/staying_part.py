"""Whether the net for songs that are played to the end is taken: judged by plays new to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.api import Lasting, Origin, Play, Song
from recommender.data.catalogue import Catalogue
from recommender.data.history import History, LoggedPlay
from recommender.data.ledger import Ledger
from recommender.experts.base import moment_of
from recommender.experts.staying import Staying
from recommender.experts.trained import Trained
from recommender.live.events import counts, is_quick, is_skip, without_retracted
from recommender.live.gate import Split

CERTAIN = 1e-3


@dataclass(frozen=True, slots=True)
class StayingJudged:
    """The mean log loss of the chance that a play is finished, without a net and with it."""

    plays: int = 0
    without: float = 0.0
    with_net: float = 0.0

    @property
    def taken(self) -> bool:
        """Whether the net foretold the plays better."""
        return self.plays > 0 and self.with_net < self.without

    @property
    def words(self) -> str:
        """What to tell of it, as a sentence to append; empty where there was no net."""
        if not self.plays:
            return ""
        figures = f"an error of {self.with_net:.3f} against {self.without:.3f}, where 0 is none"
        if self.taken:
            return f" A net helps to foretell what you play to the end: {figures}."
        return f" A net does not help to foretell what you play to the end: {figures}; left out."


NOT_TRIED = StayingJudged()


def judged_staying(songs: Sequence[Song], split: Split, trained: Trained) -> StayingJudged:
    """The judged plays foretold one after another by the plays before them, without the net of
    `trained` and with it; nothing is judged where it has none."""
    if trained.staying is None:
        return NOT_TRIED
    losses = [_losses(songs, split, each) for each in (replace(trained, staying=None), trained)]
    if not len(losses[0]):
        return NOT_TRIED
    return StayingJudged(len(losses[0]), *(float(np.mean(each)) for each in losses))


def _losses(songs: Sequence[Song], split: Split, trained: Trained) -> list[float]:
    """The log loss of each judged play."""
    expert = _read(songs, split.before)
    expert.adopt(trained)
    history, losses = expert.history, []
    for event in without_retracted(split.judged, songs):
        song = history.catalogue.index_of.get(event.song_id) if isinstance(event, Play) else None
        if song is None or not isinstance(event, Play) or not counts(event):
            continue
        play = logged(event, song)
        moment = moment_of(history, None, play.at_s - play.heard_s)
        chances = expert.chances(moment, [song], play.listed)
        if chances is not None:
            given = 1 - chances[0] if play.skipped else chances[0]
            losses.append(-float(np.log(max(given, CERTAIN))))
        ledger = Ledger(keep=False)
        expert.observe(play, ledger)
        history.append(play, ledger)
    return losses


def _read(songs: Sequence[Song], events: Sequence[Lasting]) -> Staying:
    """An expert that has read these events."""
    expert = Staying(History(Catalogue(songs)))
    history, ledger = expert.history, Ledger(keep=False)
    for event in without_retracted(events, songs):
        if isinstance(event, Play) and counts(event):
            song = history.catalogue.index_of.get(event.song_id)
            if song is not None:
                history.append(logged(event, song), ledger)
    expert.load()
    return expert


def logged(event: Play, song: int) -> LoggedPlay:
    """A play as the log holds it, of a dense song."""
    return LoggedPlay(
        song, event.at_s, event.heard_ms / 1000, is_skip(event), is_quick(event),
        event.origin is Origin.PREDICTED,
    )  # fmt: skip
