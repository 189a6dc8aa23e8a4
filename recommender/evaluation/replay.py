"""Prequential replay: each play is predicted from the plays before it, then learnt."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from recommender.evaluation.baselines import SINGLE, PlainStack
from recommender.evaluation.metrics import Figures, figures_of, mean_of, rank_of
from recommender.evaluation.readers import UserHistory
from recommender.live.recommender import LiveRecommender
from recommender.pipeline.board import ROW


@dataclass(frozen=True, slots=True)
class Options:
    """How to replay; `warmup` is the share of plays learnt but not scored."""

    warmup: float = 0.2
    without: Collection[str] = ()
    baselines: bool = False
    seed: int = 0


@dataclass(slots=True)
class UserResult:
    """One user's figures: after the warm-up, and from the first play."""

    user: str
    plays: int
    songs: int
    seconds: float
    after_warmup: Figures
    known: Figures
    new: Figures
    from_start: Figures
    baselines: dict[str, Figures] = field(default_factory=dict)


def replay_user(history: UserHistory, options: Options) -> UserResult:
    """Replay one user; ranks are exact over the whole library, ties count against the model."""
    model = LiveRecommender(history.songs, without=options.without, seed=options.seed)
    judge = _Baselines(model) if options.baselines else None
    ranks: list[int] = []
    was_new: list[bool] = []
    heard: set[int] = set()
    began = time.perf_counter()
    for play in history.plays:
        target = model.index_of(play.song_id)
        ranks.append(rank_of(model.scores(), target))
        was_new.append(play.song_id not in heard)
        heard.add(play.song_id)
        if judge is not None:
            judge.judge(target)
        model.observe(play)
    seconds = time.perf_counter() - began
    first = int(len(ranks) * options.warmup)
    scored = list(zip(ranks[first:], was_new[first:], strict=True))
    return UserResult(
        history.user, len(ranks), len(history.songs), seconds,
        figures_of(ranks[first:]),
        figures_of([rank for rank, new in scored if not new]),
        figures_of([rank for rank, new in scored if new]),
        figures_of(ranks),
        judge.figures(first) if judge is not None else {},
    )  # fmt: skip


class _Baselines:
    """Single columns and the plain stack, ranked on the very same plays."""

    def __init__(self, model: LiveRecommender) -> None:
        self._model, self._stack = model, PlainStack()
        self._ranks: dict[str, list[int]] = {name: [] for name in (*SINGLE, "plain stack")}

    def judge(self, target: int) -> None:
        """Rank the target under every baseline, then teach the stack."""
        scored = self._model.scored()
        place = int(scored.pool.slot[target])
        for name in SINGLE:
            self._ranks[name].append(rank_of(scored.matrix[ROW[name]], place))
        scores = self._stack.score(scored.matrix)
        self._ranks["plain stack"].append(rank_of(scores, place))
        self._stack.learn(scored.matrix, scores, place)

    def figures(self, first: int) -> dict[str, Figures]:
        return {name: figures_of(ranks[first:]) for name, ranks in self._ranks.items()}


def replay(histories: list[UserHistory], options: Options) -> list[UserResult]:
    """Replay every user, one after another."""
    return [replay_user(history, options) for history in histories]


def summary(results: list[UserResult]) -> dict[str, Any]:
    """All figures as plain values: per user, and the mean in which each user counts the same."""
    seconds = sum(result.seconds for result in results)
    plays = sum(result.plays for result in results)
    mean: dict[str, Any] = {
        name: asdict(mean_of([getattr(result, name) for result in results]))
        for name in ("after_warmup", "known", "new", "from_start")
    }
    names = results[0].baselines if results else {}
    mean["baselines"] = {
        name: asdict(mean_of([result.baselines[name] for result in results])) for name in names
    }
    return {
        "users": [asdict(result) for result in results],
        "mean": mean,
        "events_per_s": plays / seconds if seconds else 0.0,
    }


def line_of(name: str, figures: dict[str, Any]) -> str:
    """One row of the table."""
    return (
        f"{name:<24}{figures['targets']:>8}{figures['hr_1']:>9.4f}{figures['hr_10']:>9.4f}"
        f"{figures['hr_20']:>9.4f}{figures['mrr']:>9.4f}"
    )


def table(report: dict[str, Any]) -> str:
    """The report as text."""
    head = f"{'':<24}{'targets':>8}{'HR@1':>9}{'HR@10':>9}{'HR@20':>9}{'MRR':>9}"
    lines = [head]
    if len(report["users"]) <= 12:
        for user in report["users"]:
            lines.append(line_of(user["user"][:22], user["after_warmup"]))
            lines.append(line_of("  played before", user["known"]))
            lines.append(line_of("  new", user["new"]))
    mean = report["mean"]
    lines.append(line_of("mean over users", mean["after_warmup"]))
    lines.append(line_of("  played before", mean["known"]))
    lines.append(line_of("  new", mean["new"]))
    lines.append(line_of("  from the first play", mean["from_start"]))
    lines += [line_of(f"  {name}", figures) for name, figures in mean["baselines"].items()]
    lines.append(f"{report['events_per_s']:.0f} events/s")
    return "\n".join(lines)
