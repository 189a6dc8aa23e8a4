"""Prequential replay: each play is predicted from the plays before it, then learnt."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from recommender.api import EndReason, Play, Song
from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.data.history import SESSION_GAP_S
from recommender.evaluation.baselines import SINGLE, PlainStack
from recommender.evaluation.metrics import rank_of
from recommender.evaluation.readers import UserHistory
from recommender.evaluation.shown import Shown, ShownFigures
from recommender.evaluation.sounding.world import content_of
from recommender.experts.trained import Trained
from recommender.live.parts import Choices, Material, taught_factors, taught_net, taught_text
from recommender.live.recommender import LiveRecommender
from recommender.live.sound_part import SOUND, Sounds, heard_now, taught_sound
from recommender.pipeline.board import ROW

FIRST_TRAINING = 50


@dataclass(frozen=True, slots=True)
class Options:
    """How to replay.

    `warmup` is the share of plays learnt but not scored; with `feedback` false the model is not
    told of skips; every `shown_every` plays a list of ten is made and looked at (0 for never).
    Vectors of text and factors are trained anew whenever the plays have grown by `train_after`
    (0 for never), as the player does in the background; with `net` the net too, which takes long.
    `sounds` is a file of `simulate` that tells how the songs sound: by hand-made features, with
    `learn_sound` by what is learnt from the plays so far each time, as far as that goes.
    """

    warmup: float = 0.2
    without: Collection[str] = ()
    baselines: bool = False
    seed: int = 0
    feedback: bool = True
    shown_every: int = 0
    train_after: float = 0.2
    net: bool = False
    sounds: Path | None = None
    learn_sound: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of each play, arrays of shape (plays,).

    `rank` is exact over the whole library, `is_new` the song's first play, `session` its number.
    `rank_of_new` is the rank of a new song among those never played till then, 0 for others;
    `finish` the chance given before it that it would be played to the end, NaN for none.
    """

    rank: IndexArray
    rank_of_new: IndexArray
    is_new: BoolArray
    skipped: BoolArray
    session: IndexArray
    finish: DoubleArray


@dataclass(slots=True)
class UserResult:
    """One user's replay; plays from `first` on are scored. `baselines` are ranks by name.

    `seconds` are without `training_s`, which another process spends in the player.
    """

    user: str
    songs: int
    seconds: float
    training_s: float
    first: int
    trace: Trace
    baselines: dict[str, IndexArray] = field(default_factory=dict)
    shown: ShownFigures | None = None

    @property
    def plays(self) -> int:
        """How many plays were replayed."""
        return len(self.trace.rank)


def replay_user(history: UserHistory, options: Options) -> UserResult:
    """Replay one user; ranks are exact over the whole library, ties count against the model.

    A song that is no candidate counts as last.
    """
    model = LiveRecommender(history.songs, without=options.without, seed=options.seed)
    sounds = sounds_of(history.songs, options)
    model.hear(heard_now(sounds, None))
    judge = _Baselines(model) if options.baselines else None
    shown = Shown(model, history) if options.shown_every else None
    ranks = _Ranks(len(history.songs))
    told: list[Play] = []
    finishes: list[float | None] = []
    training_s, due = 0.0, FIRST_TRAINING
    began = time.perf_counter()
    for turn, play in enumerate(history.plays):
        if options.train_after and turn == due:
            due = turn + max(1, int(turn * options.train_after))
            training_s -= time.perf_counter()
            model.adopt(trained_on(history.songs, told, options, sounds))
            training_s += time.perf_counter()
        target = model.index_of(play.song_id)
        ranks.take(model.scores(), target)
        finishes.append(model.finish_of(play))
        if judge is not None:
            judge.judge(target)
        if shown is not None and turn % options.shown_every == 0:
            shown.look(turn)
        told.append(play if options.feedback else replace(play, end_reason=EndReason.FINISHED))
        model.observe(told[-1])
    seconds = time.perf_counter() - began - training_s
    trace = _trace(history, ranks, finishes)
    return UserResult(
        history.user, len(history.songs), seconds, training_s,
        int(len(ranks.of_all) * options.warmup), trace,
        judge.ranks() if judge is not None else {},
        shown.figures() if shown is not None else None,
    )  # fmt: skip


def sounds_of(songs: Sequence[Song], options: Options) -> Sounds | None:
    """How the songs sound, None where nothing is to be heard."""
    if options.sounds is None or SOUND in options.without:
        return None
    names = {song.song_id: content_of(song.artist, song.title) for song in songs}
    return Sounds(options.sounds, names)


def trained_on(
    songs: Sequence[Song], plays: Sequence[Play], options: Options, sounds: Sounds | None = None
) -> Trained:
    """Parts trained on a library and the plays so far, as the player makes them."""
    material = Material(songs, list(plays), sounds=sounds)
    choices, log = Choices(seed=options.seed), material.history()
    trained = Trained(
        str(plays),
        factors=taught_factors(log, choices),
        text=taught_text(material, log, choices, lambda share: None),
        sequence=taught_net(log, choices) if options.net else None,
    )
    if not options.learn_sound:
        return trained
    sound = taught_sound(
        sounds, songs, trained, device=choices.device, seed=choices.seed, most_s=choices.sound_s,
        tell=lambda share: None,
    )  # fmt: skip
    return replace(trained, sound=sound)


class _Ranks:
    """Each play's rank among all songs, and among those never played if it is one."""

    def __init__(self, songs: int) -> None:
        self.of_all: list[int] = []
        self.of_new: list[int] = []
        self._unplayed = np.ones(songs, bool)

    def take(self, scores: FloatArray, target: int) -> None:
        """The next play is of `target`."""
        self.of_all.append(rank_of(scores, target))
        is_new = bool(self._unplayed[target])
        better = np.count_nonzero(scores[self._unplayed] >= scores[target]) if is_new else 0
        self.of_new.append(int(better))
        self._unplayed[target] = False


def _trace(history: UserHistory, ranks: _Ranks, finishes: list[float | None]) -> Trace:
    songs = np.array([play.song_id for play in history.plays], np.int64)
    is_new = np.zeros(len(songs), bool)
    is_new[np.unique(songs, return_index=True)[1]] = True
    skipped = np.array([play.end_reason is EndReason.SKIPPED for play in history.plays], bool)
    ends_s = np.array([play.at_s for play in history.plays])
    starts_s = ends_s - np.array([play.heard_ms for play in history.plays]) / 1000
    opens = starts_s[1:] - ends_s[:-1] > SESSION_GAP_S
    session = np.concatenate([[0], np.cumsum(opens)]).astype(np.int64)
    return Trace(
        np.array(ranks.of_all, np.int64), np.array(ranks.of_new, np.int64), is_new, skipped,
        session[: len(songs)], np.array(finishes, np.float64),
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
        if place < 0:
            for ranks in self._ranks.values():
                ranks.append(self._model.songs)
            return
        for name in SINGLE:
            self._ranks[name].append(rank_of(scored.matrix[ROW[name]], place))
        scores = self._stack.score(scored.matrix)
        self._ranks["plain stack"].append(rank_of(scores, place))
        self._stack.learn(scored.matrix, scores, place)

    def ranks(self) -> dict[str, IndexArray]:
        return {name: np.array(ranks, np.int64) for name, ranks in self._ranks.items()}


def replay(
    histories: Sequence[UserHistory], options: Options, jobs: int = 1
) -> list[UserResult]:  # fmt: skip
    """Replay every user, `jobs` at a time."""
    if jobs < 2 or len(histories) < 2:
        return [replay_user(history, options) for history in histories]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(replay_user, options=options), histories))
