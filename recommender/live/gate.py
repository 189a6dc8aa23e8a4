"""Whether a training is taken: the latest plays are foretold with it and without it.

Prequential: each play is foretold from the plays before it, then learnt. No side has been
trained on a play that is judged, so that neither knows what it should foretell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recommender.api import Lasting, Play, Song
from recommender.evaluation.metrics import figures_of, rank_of
from recommender.experts.trained import Trained
from recommender.live.events import counts, is_skip
from recommender.live.recommender import LiveRecommender
from recommender.training.versions import Figures

WEEK_S = 7 * 86_400.0
FEWEST, INSTEAD, MOST = 30, 200, 1_000


@dataclass(frozen=True, slots=True)
class Split:
    """Events before the judged ones, and these."""

    before: Sequence[Lasting]
    judged: Sequence[Lasting]


def split_for_gate(events: Sequence[Lasting], learnt_to: int = 0) -> Split | None:
    """The latest week's plays to judge by, or the latest 200 if it has under 30; at most 1,000.

    Where the version in use has learnt from some of these (events up to `learnt_to`), the later
    half of what is new to it is judged, and None is given when that is too little.
    """
    plays = [at for at, event in enumerate(events) if isinstance(event, Play) and counts(event)]
    if not plays:
        return None
    last_s = events[plays[-1]].at_s
    judged = sum(events[at].at_s > last_s - WEEK_S for at in plays)
    judged = min(judged if judged >= FEWEST else INSTEAD, MOST, len(plays) // 2)
    unseen = sum(events[at].event_id > learnt_to for at in plays)
    if unseen < judged:
        judged = unseen // 2
    if judged < FEWEST:
        return None
    cut = plays[-judged]
    return Split(events[:cut], events[cut:])


def foretold(
    songs: Sequence[Song],
    split: Split,
    trained: Trained | None,
    tell: Callable[[float], None],
    model: LiveRecommender | None = None,
) -> Figures:
    """How well the judged plays are foretold by a model that has learnt all before them.

    Skipped plays are no targets: that song was not what the listener wanted. `tell` is given the
    share that is done, and may break off by raising. `model` is the one that does it, a new one
    if none is given.
    """
    model = model or LiveRecommender()
    model.fit(songs, split.before)
    model.adopt(trained)
    known = {song.song_id for song in songs}
    ranks: list[int] = []
    for place, event in enumerate(split.judged):
        tell(place / len(split.judged))
        if isinstance(event, Play) and event.song_id in known and counts(event):
            if not is_skip(event):
                ranks.append(rank_of(model.scores(), model.index_of(event.song_id)))
            model.observe(event)
        elif not isinstance(event, Play):
            model.observe(event)
    figures = figures_of(ranks)
    return Figures(figures.targets, figures.mrr, figures.hr_10)
