"""From chances to a yes or no for each song, such that the challenge's metric is expected best.

Average accuracy is sum over i of (1/i) sum over j <= i of L(j) L(i), divided by T: where L are
the right answers, its mean needs only E[L(i) L(j)], which chances and correlations give. There are
at most 2^10 answers to a session's half, so the best is found by trying all. The first answer is
judged by itself too, and so is what is likelier for this song alone.
"""

from __future__ import annotations

import numpy as np

from recommender.data.arrays import BoolArray, DoubleArray
from recommender.skips.sessions import LONGEST, Halves

MOST = 10
"""Songs of a half; what is asked beyond them is decided one by one."""

BLOCK = 128


def correlations(chances: DoubleArray, skipped: BoolArray, asked: BoolArray) -> DoubleArray:
    """How residuals hang together by their distance in songs, shape (20,); 0 at distance 0."""
    spread = np.sqrt(chances * (1 - chances)) * asked
    off = (skipped - chances) * asked
    result = np.zeros(LONGEST)
    for apart in range(1, LONGEST):
        pairs = (spread[:, apart:] * spread[:, :-apart]).sum()
        if pairs > 0:
            result[apart] = (off[:, apart:] * off[:, :-apart]).sum() / pairs
    return np.clip(result, 0.0, 0.9)


def decide(chances: DoubleArray, halves: Halves, correlation: DoubleArray) -> BoolArray:
    """The answers with the best expected average accuracy, shape (sessions, 20).

    The first of each session is what its own chance says.
    """
    answers = (chances > 0.5) & halves.asked()
    many = np.minimum(halves.lengths - halves.known, MOST)
    for count in np.unique(many[many > 0]):
        rows = np.flatnonzero(many == count)
        places = halves.known[rows, None] + np.arange(count)
        answers[rows[:, None], places] = _best(chances[rows[:, None], places], correlation)
    return answers


def _best(chances: DoubleArray, correlation: DoubleArray) -> BoolArray:
    """The best of the answers to `chances` that begin with what is likelier, (sessions, songs)."""
    count = chances.shape[1]
    every = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 > 0
    signs = np.where(every, 1.0, -1.0)
    agree = (signs[:, :, None] * signs[:, None, :]).reshape(len(every), -1)
    upto = np.arange(1, count + 1)
    apart = np.abs(np.arange(count)[:, None] - np.arange(count))
    linked = np.tril(correlation[apart], -1) / upto[:, None]
    best = np.empty(chances.shape, bool)
    for start in range(0, len(chances), BLOCK):
        some = chances[start : start + BLOCK]
        spread = np.sqrt(some * (1 - some))
        joint = (spread[:, :, None] * spread[:, None, :] * linked).reshape(len(some), -1)
        right = np.where(every, some[:, None], 1 - some[:, None])
        worth = (right * (1 + np.cumsum(right, axis=2) - right) / upto).sum(2) + joint @ agree.T
        worth[every[None, :, 0] != (some[:, :1] > 0.5)] = -np.inf
        best[start : start + BLOCK] = every[worth.argmax(1)]
    return best
