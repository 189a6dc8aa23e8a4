"""Who listens, as written down: several tastes each, and ways of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.simulation.world import World, spread, unit

TASTES = 4
TASTE_SPREAD = 0.45
FAVOURITES = 12
OFFERED = 256


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts how much when a listener decides; most are added to the logit of finishing.

    `WrittenListeners` writes down where each stands. Differences between people are standard
    deviations. The values are fitted to no data: they were chosen so that about half of a plain
    radio is skipped, a session has 5 to 20 songs mostly, and 2 to 5 % of the songs are liked.
    """

    finishing: float = -0.95
    """The logit of finishing a song that says nothing to the listener."""
    habit: float = 0.6
    """How much people differ in how readily they skip anything."""
    temper: float = 0.4
    """How much the same person differs from session to session."""
    mood: float = 4.0
    """What a song brings that is right in the mood's middle."""
    taste: float = 1.2
    """What a song brings in the middle of the strongest taste, whatever the mood."""
    width: float = 0.35
    """How far, as 1 - cosine, it is until a taste has fallen to 1 / e."""
    mood_spread: float = 0.2
    """How far a mood lies from the middle of its taste."""
    quality: float = 0.4
    """What one standard deviation of quality brings."""
    era: float = 1.2
    """What it costs to be as far from the own time as can be."""
    known: float = 0.2
    """What a song brings that everybody knows, and costs that nobody does."""
    novelty: float = 0.4
    """How much people differ in whether they want known songs or unknown ones."""
    favourite: float = 1.0
    """What one of the own favourites brings on top."""
    repeat: float = 4.0
    """What it costs to have been heard in this session already."""
    artist: float = 0.25
    """What each song of the same artist among the last ones costs."""
    sameness: float = 0.5
    """What it costs to sound just like all of the last songs."""
    fatigue: float = 0.04
    """What each song heard in this session costs all that follow."""
    liking: float = 0.30
    """How likely the average person likes a song that could not be better; people differ evenly
    between nothing and twice that."""
    like_from: float = 2.0
    """The logit of finishing at which half of that is reached."""
    change: float = 0.02
    """How likely the mood changes after a finished song."""
    change_skipped: float = 0.05
    """How likely it changes after a skipped one."""
    leave: float = 0.03
    """The hazard of leaving after a finished song."""
    impatience: float = 0.045
    """What each skip in a row adds to that hazard, for the average person."""


@dataclass(frozen=True, slots=True)
class People:
    """Listeners and what they are like, each array's first axis being the people.

    `tastes` (people, TASTES, HIDDEN) are of length 1, their `strengths` (people, TASTES) 1 in all;
    `favourites` (people, FAVOURITES) are songs, `favourite_taste` of the same shape the taste
    that each belongs to. The others are (people,): `habit` is added to every logit, `appetite`
    above 0 wants unknown songs, `era` is the own time, `variety` and `impatience` are factors
    around 1, `liking` the likelihood that somebody likes what could not be better.
    """

    tastes: FloatArray
    strengths: FloatArray
    favourites: IndexArray
    favourite_taste: IndexArray
    habit: FloatArray
    appetite: FloatArray
    era: FloatArray
    variety: FloatArray
    impatience: FloatArray
    liking: FloatArray

    def __len__(self) -> int:
        return len(self.tastes)


def made_people(world: World, count: int, rules: Rules, rng: np.random.Generator) -> People:
    """People whose tastes lie about genres, the common ones oftener."""
    genres = rng.choice(len(world.genre_share), (count, TASTES), p=world.genre_share)
    steps = spread(rng, count * TASTES, TASTE_SPREAD).reshape(count, TASTES, -1)
    tastes = unit(world.genre_places[genres] + steps)
    strengths = rng.dirichlet(np.full(TASTES, 1.5), count).astype(np.float32)
    of_taste = drawn(strengths[:, None].repeat(FAVOURITES, axis=1), rng)
    towards = np.take_along_axis(tastes, of_taste[:, :, None], axis=1)
    favourites = chosen_near(world, towards.reshape(count * FAVOURITES, -1), rng)

    def normal(size: float) -> FloatArray:
        return (size * rng.standard_normal(count)).astype(np.float32)

    return People(
        tastes, strengths, favourites.reshape(count, FAVOURITES), of_taste,
        habit=normal(rules.habit), appetite=normal(rules.novelty),
        era=rng.random(count, np.float32), variety=np.exp(normal(0.4)),
        impatience=np.exp(normal(0.5)),
        liking=np.minimum(2 * rules.liking * rng.beta(1, 1, count), 1).astype(np.float32),
    )  # fmt: skip


def chosen_near(
    world: World, towards: FloatArray, rng: np.random.Generator, width: float = 0.08
) -> IndexArray:
    """A song near each of the places (n, HIDDEN): out of OFFERED drawn by how known they are,
    one by exp(cosine / width), shape (n,)."""
    offered = popular(world, OFFERED, rng)
    return offered[drawn(np.exp(towards @ world.places[offered].T / np.float32(width)), rng)]


def popular(world: World, count: int, rng: np.random.Generator) -> IndexArray:
    """Songs drawn by how known they are, shape (count,)."""
    return np.searchsorted(world.level, rng.random(count)).clip(max=len(world) - 1)


def drawn(weights: FloatArray | DoubleArray, rng: np.random.Generator) -> IndexArray:
    """One index a row, by the weights (..., choices), which need not add up to 1."""
    level: NDArray[Any] = np.cumsum(weights, axis=-1)
    point = rng.random((*level.shape[:-1], 1)) * level[..., -1:]
    result: IndexArray = (point >= level).sum(axis=-1).clip(max=weights.shape[-1] - 1)
    return result
