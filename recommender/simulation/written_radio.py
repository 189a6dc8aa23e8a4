"""What may be known of a world that is written down: other people's sessions with a plain radio.

Co-listening as positive pointwise mutual information, factorised: Levy and Goldberg, "Neural word
embedding as implicit matrix factorization", NIPS 2014.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from recommender.data.arrays import DoubleArray, FloatArray, IndexArray
from recommender.simulation.crowd import Heard, LoggedSession
from recommender.simulation.world import HIDDEN, World, unit
from recommender.simulation.written_listeners import WrittenListeners
from recommender.simulation.written_people import chosen_near, popular

BATCH = 1_000
LONGEST = 30
POPULAR, TASTE = 0.3, 0.55
"""The shares of the radio's songs drawn by how known they are and by the listener's taste; the
rest is drawn by chance."""
SURE = 10.0
"""How many finished plays count as much as what is known of the artist's other songs."""
NOISE = 1.2


def radio_log(
    listeners: WrittenListeners, sessions: int, rng: np.random.Generator
) -> list[LoggedSession]:
    """`sessions` sessions with a plain radio, in BATCHes side by side, the order being of no
    meaning; none is longer than LONGEST songs."""
    log: list[LoggedSession] = []
    while len(log) < sessions:
        log.extend(_batch(listeners, min(listeners.size, sessions - len(log)), rng))
    return log


def _batch(
    listeners: WrittenListeners, sessions: int, rng: np.random.Generator
) -> list[LoggedSession]:
    """One session each of the first `sessions` listeners."""
    active = np.arange(listeners.size) < sessions
    songs = np.full((listeners.size, LONGEST), -1, np.int64)
    heard = np.zeros((listeners.size, LONGEST), np.int8)
    songs[active, 0], heard[active, 0] = listeners.begin(active, rng), Heard.FINISHED
    for place in range(1, LONGEST):
        if not active.any():
            break
        songs[active, place] = _aired(listeners, np.flatnonzero(active), rng)
        outcome = listeners.hear(songs[:, place], active, rng)
        became = Heard.SKIPPED + outcome.finished.astype(np.int8) + outcome.liked
        heard[active, place] = became[active]
        active &= ~outcome.left
    lengths = (songs >= 0).sum(axis=1)
    return [
        LoggedSession(songs[row, : lengths[row]].copy(), heard[row, : lengths[row]].copy())
        for row in range(sessions)
    ]


def _aired(listeners: WrittenListeners, rows: IndexArray, rng: np.random.Generator) -> IndexArray:
    """The radio's next song for each of `rows` (m,); their taste is the station they chose."""
    world, kind = listeners.world, rng.random(len(rows))
    middle = listeners.people.tastes[listeners.who[rows], listeners.taste[rows]]
    songs = rng.integers(0, len(world), len(rows))
    songs = np.where(kind < POPULAR + TASTE, chosen_near(world, middle, rng), songs)
    return np.where(kind < POPULAR, popular(world, len(rows), rng), songs)


def plays_of(log: Sequence[LoggedSession], songs: int) -> IndexArray:
    """How often each song was put on, shape (songs,)."""
    return np.bincount(np.concatenate([each.songs for each in log]), minlength=songs)


def colistening_vectors(
    log: Sequence[LoggedSession], artists: IndexArray, dim: int, seed: int
) -> FloatArray:
    """Vectors of length 1, (songs, dim), from which songs were finished in the same sessions.

    A song that few finished leans on its artist's; one whose artist nobody finished lies near the
    middle of all, a little to any side.
    """
    songs = len(artists)
    finished = _finished(log, songs)
    counts = np.asarray(finished.sum(axis=0)).ravel()
    found = _factors(finished, dim, seed) * counts[:, None]
    of_artist = np.zeros((int(artists.max()) + 1, dim))
    np.add.at(of_artist, artists, found)
    weight = np.bincount(artists, counts, len(of_artist))[:, None]
    of_artist /= np.maximum(weight, 1)
    middle = found.sum(axis=0) / max(counts.sum(), 1)
    rng = np.random.default_rng([seed, 5])
    aside = np.linalg.norm(middle) * rng.standard_normal((songs, dim)) / np.sqrt(dim)
    unknown = np.where(weight[artists] > 0, of_artist[artists], middle + 0.5 * aside)
    return unit((found + SURE * unknown + 1e-6 * aside) / (counts[:, None] + SURE))


def _finished(log: Sequence[LoggedSession], songs: int) -> csr_matrix:
    """1 where a session finished a song, (sessions, songs)."""
    rows = np.repeat(np.arange(len(log)), [len(each.songs) for each in log])
    columns = np.concatenate([each.songs for each in log])
    kept = np.concatenate([each.heard for each in log]) >= Heard.FINISHED
    ones = np.ones(int(kept.sum()))
    matrix = csr_matrix((ones, (rows[kept], columns[kept])), (len(log), songs))
    matrix.data[:] = 1.0
    return matrix


def _factors(finished: csr_matrix, dim: int, seed: int) -> DoubleArray:
    """The mutual information's factors, (songs, dim), zeros where it has fewer."""
    pairs = (finished.T @ finished).tocoo()
    apart = pairs.row != pairs.col
    row, col, together = pairs.row[apart], pairs.col[apart], pairs.data[apart]
    songs = finished.shape[1]
    totals = np.bincount(row, together, songs)
    information = np.log(together * together.sum() / (totals[row] * totals[col]))
    above = information > 0
    matrix = csr_matrix((information[above], (row[above], col[above])), (songs, songs))
    size = min(dim, songs - 2)
    start = np.random.default_rng([seed, 4]).standard_normal(songs)
    left, values, _ = svds(matrix, k=size, v0=start)
    result = np.zeros((songs, dim))
    result[:, :size] = left * np.sqrt(values)
    return result


def blurred_places(world: World, dim: int, seed: int) -> FloatArray:
    """Vectors of length 1, (songs, dim), that show the hidden places through noise; they stand in
    for co-listening where the catalogue is too large for a log to say something of every song."""
    rng = np.random.default_rng([seed, 6])
    turn = np.linalg.qr(rng.standard_normal((max(dim, HIDDEN), HIDDEN)))[0][:dim].astype(np.float32)
    noise = rng.standard_normal((len(world), dim), np.float32)
    noise *= np.float32(NOISE / np.sqrt(dim))
    noise += world.places @ turn.T
    noise /= np.maximum(np.linalg.norm(noise, axis=1, keepdims=True), 1e-9)
    return noise
