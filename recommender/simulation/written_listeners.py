"""Sessions of people who are written down: what is in their head, and what they do with a song."""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray, FloatArray, IndexArray
from recommender.simulation.crowd import Outcome
from recommender.simulation.world import HIDDEN, World, spread, unit
from recommender.simulation.written_people import People, Rules, chosen_near, drawn

RECENT = 5
REMEMBERED = 60
SELF_CHOSEN_FAVOURITE = 0.6
SAMENESS_WIDTH = 0.2


class WrittenListeners:
    """`size` sessions side by side of people drawn from `people`, by these formulas.

    Who is written down has TASTES tastes t with strengths w, and in each session a temper and a
    mood m: a taste drawn by its strength, and a place near it. A song with place p is finished
    with the probability 1 / (1 + exp(-u)), where u is the sum of

    - finishing + habit of the person + temper of the session: how readily they skip at all;
    - mood * near(p, m), with near(a, b) = exp((a.b - 1) / width): what fits now;
    - taste * max over t of w_t / max w * near(p, t): what fits this person at any time;
    - quality * the song's quality, and -era * |the song's era - the person's|;
    - (known - appetite of the person) * how known the song is: what is known is welcome to most,
      what is unknown to some;
    - favourite, if it is one of theirs: what was loved on other days is welcome today;
    - -repeat, if it was heard in this session;
    - -variety of the person * (artist * how many of the last RECENT songs were by its artist
      + sameness * the mean over them of exp((p.q - 1) / SAMENESS_WIDTH)): more of the same;
    - -fatigue * how many songs the session had: attention fades.

    A finished song is liked with the probability liking of the person
    / (1 + exp(-2 (u - like_from))). After the song the listener leaves with the probability
    1 - exp(-(leave + impatience * factor of the person * skips in a row)). Else the mood becomes
    another with the probability `change`, or `change_skipped` after a skip.
    """

    def __init__(self, world: World, people: People, size: int, rules: Rules) -> None:
        self.world, self.people, self.size, self.rules = world, people, size, rules
        self.who = np.zeros(size, np.int64)
        self.taste = np.zeros(size, np.int64)
        self.mood = np.zeros((size, HIDDEN), np.float32)
        self._temper = np.zeros(size, np.float32)
        self._streak = np.zeros(size, np.int64)
        self._heard = np.zeros(size, np.int64)
        self._history = np.full((size, REMEMBERED), -1, np.int64)

    def begin(self, which: BoolArray, rng: np.random.Generator) -> IndexArray:
        """Somebody else begins at each place in `which` (size,); the songs that they put on: a
        favourite that fits the mood, or a song near it, shape (which.sum(),)."""
        rows = np.flatnonzero(which)
        self.who[rows] = rng.integers(0, len(self.people), len(rows))
        self._temper[rows] = self.rules.temper * rng.standard_normal(len(rows))
        self._streak[rows], self._heard[rows], self._history[rows] = 0, 0, -1
        self._change_mood(rows, rng)
        who, taste = self.who[rows], self.taste[rows]
        fits = self.people.favourite_taste[who] == taste[:, None]
        place = drawn(fits + 1e-9, rng)
        own = (rng.random(len(rows)) < SELF_CHOSEN_FAVOURITE) & fits.any(axis=1)
        near = chosen_near(self.world, self.mood[rows], rng)
        songs: IndexArray = np.where(own, self.people.favourites[who, place], near)
        self._remember(rows, songs)
        return songs

    def hear(self, songs: IndexArray, active: BoolArray, rng: np.random.Generator) -> Outcome:
        """Each active listener does something with a song (size,), and goes on or leaves."""
        rows = np.flatnonzero(active)
        told = songs[rows]
        finish, like, leave_finished, leave_skipped = self.chances(told[:, None], rows)
        chance = rng.random((3, len(rows)))
        finished = chance[0] < finish[:, 0]
        liked = finished & (chance[1] < like[:, 0])
        left = chance[2] < np.where(finished, leave_finished, leave_skipped)
        self._streak[rows] = np.where(finished, 0, self._streak[rows] + 1)
        self._remember(rows, told)
        rules = self.rules
        change = np.where(finished, rules.change, rules.change_skipped)
        self._change_mood(rows[rng.random(len(rows)) < change], rng)
        outcome = Outcome(*(np.zeros(self.size, np.bool_) for _ in range(3)))
        outcome.finished[rows], outcome.liked[rows], outcome.left[rows] = finished, liked, left
        return outcome

    def chances(
        self, songs: IndexArray, rows: IndexArray
    ) -> tuple[DoubleArray, DoubleArray, DoubleArray, DoubleArray]:
        """How likely listeners `rows` (m,) finish each of `songs` (m, n) if it came now, and like
        it when they finish it, (m, n) each; how likely they leave after a finished song and after
        a skipped one, (m,) each. Nobody who recommends may ask this."""
        logit = self._logits(songs, rows)
        finish = 1 / (1 + np.exp(-logit))
        eager = self.people.liking[self.who[rows], None]
        like = eager / (1 + np.exp(-2 * (logit - self.rules.like_from)))
        per_skip = self.rules.impatience * self.people.impatience[self.who[rows]]
        hazard = self.rules.leave + per_skip * (self._streak[rows] + 1)
        after_finished = np.full(len(rows), 1 - np.exp(-self.rules.leave))
        return finish, like, after_finished, 1 - np.exp(-hazard)

    def _logits(self, songs: IndexArray, rows: IndexArray) -> DoubleArray:
        """The u of the formulas for `songs` (m, n) and listeners `rows` (m,)."""
        rules, world, who = self.rules, self.world, self.who[rows]
        places = world.places[songs]
        logit: DoubleArray = self._fit(places, rows).astype(np.float64)
        logit += (self.people.habit[who] + self._temper[rows])[:, None] + rules.finishing
        logit += rules.quality * world.quality[songs]
        logit -= rules.era * np.abs(world.era[songs] - self.people.era[who, None])
        logit += (rules.known - self.people.appetite[who, None]) * world.known[songs]
        for place in range(self.people.favourites.shape[1]):
            logit += rules.favourite * (self.people.favourites[who, place, None] == songs)
        logit -= rules.repeat * self._was_heard(songs, rows)
        logit -= self.people.variety[who, None] * self._more_of_the_same(songs, places, rows)
        logit -= rules.fatigue * self._heard[rows, None]
        return logit

    def _fit(self, places: FloatArray, rows: IndexArray) -> FloatArray:
        """What mood and tastes say of songs at `places` (m, n, HIDDEN), shape (m, n)."""
        rules, people, who = self.rules, self.people, self.who[rows]
        now = np.exp((np.einsum("mnh,mh->mn", places, self.mood[rows]) - 1) / rules.width)
        each = np.exp((np.matmul(places, people.tastes[who].transpose(0, 2, 1)) - 1) / rules.width)
        strength = people.strengths[who] / people.strengths[who].max(axis=1, keepdims=True)
        ever = (each * strength[:, None]).max(axis=2)
        result: FloatArray = rules.mood * now + rules.taste * ever
        return result

    def _was_heard(self, songs: IndexArray, rows: IndexArray) -> BoolArray:
        """Which of `songs` (m, n) were heard in their session."""
        history = self._history[rows]
        again = np.zeros(songs.shape, np.bool_)
        for place in range(int(min(self._heard[rows].max(initial=0), REMEMBERED))):
            again |= history[:, -1 - place, None] == songs
        return again

    def _more_of_the_same(
        self, songs: IndexArray, places: FloatArray, rows: IndexArray
    ) -> DoubleArray:
        """How tiresome songs are after the last ones, shape (m, n)."""
        rules, world = self.rules, self.world
        recent = self._history[rows, -RECENT:]
        there = recent >= 0
        dots = np.matmul(places, world.places[recent].transpose(0, 2, 1))
        alike = np.exp((dots - 1) / SAMENESS_WIDTH) * there[:, None]
        own = (world.artists[recent][:, None] == world.artists[songs][:, :, None]) & there[:, None]
        result: DoubleArray = rules.artist * own.sum(axis=2) + rules.sameness * alike.mean(axis=2)
        return result

    def _remember(self, rows: IndexArray, songs: IndexArray) -> None:
        self._history[rows, :-1] = self._history[rows, 1:]
        self._history[rows, -1] = songs
        self._heard[rows] += 1

    def _change_mood(self, rows: IndexArray, rng: np.random.Generator) -> None:
        who = self.who[rows]
        self.taste[rows] = drawn(self.people.strengths[who], rng)
        middle = self.people.tastes[who, self.taste[rows]]
        self.mood[rows] = unit(middle + spread(rng, len(rows), self.rules.mood_spread))
