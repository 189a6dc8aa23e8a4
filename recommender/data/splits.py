"""Splits of a corpus into train, valid and test, with a vocabulary of train alone.

    by playlist   lists a b c d e f g h i j, shuffled:
                  train [ d a j f b h c ]  valid [ i ]  test [ e g ]

    by user       all lists of one person fall on one side:
                  train [ ann ann cid cid cid ]  valid [ bob ]  test [ eve eve ]

    by time       lists in the order of their start:
                  |-------- train --------|-- valid --|-- test --|> time

A song that train does not hold is UNKNOWN in the other two: it is no right answer that could be
found, and counts as a miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.data.arrays import IndexArray
from recommender.data.corpus import Corpus
from recommender.data.formats.lines import ReadError

BY = ("playlist", "user", "time")
HEADINGS = ("", "lists", "plays", "transitions", "songs", "unknown plays")


class SplitError(ReadError):
    """Lists that cannot be split as asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Split:
    """Three corpora over the same arrays, whose vocabulary is made of `train` alone."""

    train: Corpus
    valid: Corpus
    test: Corpus
    by: str

    def counts_text(self) -> str:
        """The sizes of all parts as a table.

        `songs` are the known songs that occur in a part; unknown plays are those of songs that
        train does not hold.
        """
        parts = {"train": self.train, "valid": self.valid, "test": self.test}
        return counts_text({name: part for name, part in parts.items() if len(part)})


def split(
    corpus: Corpus, by: str, shares: Sequence[float] = (0.8, 0.1, 0.1), seed: int = 0
) -> Split:
    """Cut a corpus by playlist, user or time into shares for train, valid and test.

    Shares are of the lists, by user of the users; they add up to 1, and train's is above 0. Lists
    that start at the same second stay together. The same seed gives the same parts. Raises
    SplitError.
    """
    _check(corpus, by, shares)
    parts = _PARTS[by](corpus, shares, seed)
    if not len(parts[0]):
        raise SplitError(
            f"Nothing is left to train on when {len(corpus)} lists are split by {by} in shares of "
            f"{', '.join(f'{share:g}' for share in shares)}; please give more data."
        )
    vocabulary = corpus.select(parts[0]).own_vocabulary()
    known = corpus.recoded(vocabulary)
    train, valid, test = (known.select(np.sort(part)) for part in parts)
    return Split(train, valid, test, by)


def counts_text(parts: dict[str, Corpus]) -> str:
    """Lists, plays, transitions, songs and unknown plays of each corpus, as a table."""
    rows = [HEADINGS, *(_counts(name, part) for name, part in parts.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        row[0].ljust(widths[0])
        + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def _counts(name: str, part: Corpus) -> tuple[str, ...]:
    unknown, plays = part.unknown_plays(), part.plays
    share = f"{unknown:,} ({100 * unknown / plays if plays else 0:.1f} %)"
    songs = int(np.count_nonzero(part.counts()))
    return (name, f"{len(part):,}", f"{plays:,}", f"{part.transitions:,}", f"{songs:,}", share)


def _check(corpus: Corpus, by: str, shares: Sequence[float]) -> None:
    if by not in BY:
        raise SplitError(f"There is no split by {by!r}; there are: {', '.join(BY)}.")
    right = len(shares) == 3 and min(shares) >= 0 and abs(sum(shares) - 1) < 1e-6 and shares[0] > 0
    if not right:
        raise SplitError("Give three shares that add up to 1, for train, valid and test.")
    if by == "user" and corpus.users is None:
        raise SplitError("These lists name no users; please split them by playlist.")
    if by == "time" and corpus.at_s is None:
        raise SplitError("These lists have no times; please split them by playlist.")


def _by_playlist(corpus: Corpus, shares: Sequence[float], seed: int) -> list[IndexArray]:
    order = np.random.default_rng(seed).permutation(len(corpus))
    return np.split(order, _cuts(len(order), shares))


def _by_user(corpus: Corpus, shares: Sequence[float], seed: int) -> list[IndexArray]:
    assert corpus.users is not None
    names, users = np.unique(corpus.users[corpus.rows], return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    part_of = np.empty(len(names), np.int64)
    for part, members in enumerate(np.split(order, _cuts(len(names), shares))):
        part_of[members] = part
    return [np.flatnonzero(part_of[users] == part) for part in range(3)]


def _by_time(corpus: Corpus, shares: Sequence[float], seed: int) -> list[IndexArray]:
    assert corpus.at_s is not None
    at_s = corpus.at_s[corpus.rows]
    order = np.argsort(at_s, kind="stable")
    ordered = at_s[order]
    cuts = [
        int(np.searchsorted(ordered, ordered[cut])) if cut < len(ordered) else cut
        for cut in _cuts(len(order), shares)
    ]
    return np.split(order, cuts)


def _cuts(size: int, shares: Sequence[float]) -> list[int]:
    """Where valid and test begin among `size` things."""
    first = round(size * shares[0])
    return [first, first + round(size * shares[1]) if shares[2] else size]


_PARTS = {"playlist": _by_playlist, "user": _by_user, "time": _by_time}
