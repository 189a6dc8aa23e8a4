"""What can be told of songs by unseen artists from their sound alone, on music with known causes.

Listening gives every song its factors; a model sees those of the artists it learns from, and the
sound of all. What a model chooses, it chooses by
these artists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from recommender.audio.learn import Way, predict_targets
from recommender.audio.store import SoundStore
from recommender.audio.targets import cosine, directions
from recommender.audio.training_set import TrainingSet, stretches_of
from recommender.data.arrays import BoolArray, FloatArray, IndexArray
from recommender.evaluation.sounding.causes import heard_places
from recommender.evaluation.sounding.listening import heard_by_many
from recommender.evaluation.sounding.make import keep_sounds
from recommender.evaluation.sounding.world import SoundWorld, make_world
from recommender.models.factors import FactorChoices, fit_factors

SONGS, LISTENERS = 800, 1_600
FACTORS = 40
NEIGHBOURS = 10
SAME = 6
"""Decimals to which two likenesses are equal."""

MODELS: tuple[Way, ...] = ("mean", "ridge", "seed", "sound")
TOLD = "causes"
"""Not a model: it is told the causes themselves, so little more can be had of the sound."""

WIDTH, CLOSENESS = 2.5, 0.3

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """How large a trial is: `unseen` is the share of artists that no model learns from."""

    songs: int = SONGS
    listeners: int = LISTENERS
    unseen: float = 0.25
    jobs: int = 1
    device: str = "cpu"
    models: tuple[Way, ...] = MODELS


@dataclass(frozen=True, slots=True)
class TrialFigures:
    """Of unseen artists' songs: the mean `cosine` to the true factors; the share of the NEIGHBOURS
    nearest by true factors, and by the causes, that are among the nearest by the prediction."""

    cosine: float
    recall: float
    recall_by_causes: float


def run_trial(trial: Trial, seed: int, sounds: Path, tell: Tell) -> dict[str, TrialFigures]:
    """The figures of each model and of TOLD, by name; `sounds` is a folder that keeps what was
    heard. `tell` is given a sentence now and then. Raises OSError and TrainingError."""
    tell(f"Seed {seed}: making {trial.songs} songs and listening to them.")
    world = make_world(trial.songs, seed)
    file = sounds / f"world-{trial.songs}-{seed}.db"
    keep_sounds(file, world, trial.jobs)
    heard, factors = true_factors(world, trial.listeners, seed)
    unseen = unseen_artists(world.artist_of[heard], trial.unseen, seed)
    songs = _songs(file, world, heard, factors)
    train, test = songs.select(np.flatnonzero(~unseen)), songs.select(np.flatnonzero(unseen))
    places = heard_places(world.causes)[heard]
    told = world.causes.values[heard]
    found: dict[str, TrialFigures] = {}
    for name in trial.models:
        tell(f"Seed {seed}: {name}, from {len(train)} songs for {len(test)} of other artists.")
        answers = predict_targets(name, train, test, seed, trial.device)
        found[name] = figures(answers, test.targets, places[unseen])
    answers = _from_causes(told[~unseen], directions(train.targets), told[unseen])
    found[TOLD] = figures(answers, test.targets, places[unseen])
    return found


def true_factors(
    world: SoundWorld, listeners: int, seed: int
) -> tuple[IndexArray, FloatArray]:  # fmt: skip
    """The songs that anybody heard, and their FACTORS from all listening, (songs, FACTORS)."""
    factors = fit_factors(heard_by_many(world, listeners), FactorChoices(factors=FACTORS), seed)
    if factors is None:
        raise ValueError("give more listeners: these heard nothing together")
    return factors.ids, factors.vectors


def unseen_artists(artist_of: IndexArray, share: float, seed: int) -> BoolArray:
    """Which songs, (songs,), are by artists that are kept from the models."""
    artists = np.random.default_rng((seed, 2)).permutation(np.unique(artist_of))
    unseen: BoolArray = np.isin(artist_of, artists[: max(1, round(share * len(artists)))])
    return unseen


def _songs(file: Path, world: SoundWorld, heard: IndexArray, factors: FloatArray) -> TrainingSet:
    contents = [world.contents()[song] for song in heard]
    with SoundStore(file) as store:
        found, hands = store.hands(contents)
        rows = dict(zip(found, hands, strict=True))
        pieces = dict(store.pieces(contents))
    return TrainingSet.joined(
        np.stack([rows[content] for content in contents]),
        [stretches_of(pieces[content]) for content in contents],
        factors, world.artist_of[heard],
    )  # fmt: skip


def figures(answers: FloatArray, truth: FloatArray, places: FloatArray) -> TrialFigures:
    """How near predictions, (songs, dim), are to the true factors, (songs, dim), and whether they
    have the neighbours of these and of the songs' places in the space of causes, (songs, any)."""
    near = likeness(answers)
    away = -np.square(places[:, None] - places[None]).sum(-1)
    return TrialFigures(
        cosine(answers, truth), recall(near, likeness(truth)), recall(near, away)
    )  # fmt: skip


def likeness(rows: FloatArray) -> FloatArray:
    """The cosine of every two rows, (songs, songs)."""
    unit = directions(rows)
    near: FloatArray = unit @ unit.T
    return near


def recall(found: FloatArray, true: FloatArray, count: int = NEIGHBOURS) -> float:
    """The mean share of each song's `count` nearest by `true` that are among those by `found`; both
    are likenesses (songs, songs). Equals share what places are left, as if drawn by lot."""
    count = min(count, len(true) - 1)
    wanted, given = _nearest(true, count), _nearest(found, count)
    return float(np.minimum(wanted * given, 1).sum() / (count * len(true)))


def _nearest(near: FloatArray, count: int) -> FloatArray:
    """The chance of each song to be among the `count` nearest of another, (songs, songs)."""
    rounded = np.round(near.astype(np.float64), SAME)
    np.fill_diagonal(rounded, -np.inf)
    last = -np.partition(-rounded, count - 1, axis=1)[:, count - 1 : count]
    sure, equal = rounded > last, rounded == last
    left = count - sure.sum(1, keepdims=True)
    chances: FloatArray = (sure + equal * left / equal.sum(1, keepdims=True)).astype(np.float32)
    return chances


def _from_causes(causes: FloatArray, wanted: FloatArray, unseen: FloatArray) -> FloatArray:
    """Kernel ridge regression from the causes, (songs, any), of seen and of unseen songs."""
    middle, spread = causes.mean(0), causes.std(0) + 1e-6
    known, asked = (causes - middle) / spread, (unseen - middle) / spread
    usual = wanted.mean(0)

    def kernel(rows: FloatArray) -> FloatArray:
        away = np.square(rows[:, None] - known[None]).sum(-1)
        return np.asarray(np.exp(-away / (2 * WIDTH**2)))

    weights = np.linalg.solve(kernel(known) + CLOSENESS * np.eye(len(known)), wanted - usual)
    return np.asarray(kernel(asked) @ weights + usual, np.float32)


def summary(found: dict[int, dict[str, TrialFigures]]) -> dict[str, Any]:
    """Per seed, and the mean and deviation over the seeds, as plain values."""
    names = [field.name for field in fields(TrialFigures)]
    models = list(next(iter(found.values())))
    means = {
        model: {name: _spread([getattr(each[model], name) for each in found.values()])
                for name in names}
        for model in models
    }  # fmt: skip
    seeds = {str(seed): {model: asdict(each[model]) for model in models}
             for seed, each in found.items()}  # fmt: skip
    return {"mean": means, "seeds": seeds}


def _spread(values: Sequence[float]) -> dict[str, float]:
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {"mean": float(np.mean(values)), "sd": deviation}
