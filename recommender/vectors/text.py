"""Vectors of songs from what is written of them: artist, title, genre, and lyrics if there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from recommender.api import Song
from recommender.data.arrays import FloatArray
from recommender.vectors import files
from recommender.vectors.lexicon import Lexicon, unit
from recommender.vectors.song_vectors import EXACT, SongVectors
from recommender.vectors.word2vec import learn, lyric_words
from recommender.vectors.words import artist_of, genre_of, words_of

ARTIST, TITLE, GENRE, LYRICS = 1.0, 0.3, 0.3, 0.3
"""How much each part of a song's vector weighs; the artist comes first."""

KIND, SONGS = "text", "songs"
BLOCK = 20_000


def _silent(share: float) -> None:
    """Nobody wants to know."""


class TextVectors:
    """A vector of length 1 for each song of a library, and for any other song; nothing changes.

    `songs` holds the library's vectors under song ids, `lexicon` the words they are made of.
    """

    def __init__(self, lexicon: Lexicon, songs: SongVectors) -> None:
        self.lexicon, self.songs = lexicon, songs

    @classmethod
    def fit(
        cls,
        songs: Sequence[Song],
        sessions: Iterable[Sequence[int]] = (),
        lyrics: Mapping[int, str] | None = None,
        seed: int = 0,
        tell: Callable[[float], None] = _silent,
        exact: int = EXACT,
    ) -> TextVectors:
        """Learn the words of a library; the same songs, sessions and seed give the same vectors.

        `sessions` are song ids heard together, in order; `lyrics` texts by song id. `tell` is
        called now and then with the share that is done; it may wait, and may raise to end it.
        """
        texts = lyrics or {}
        sung = [lyric_words(texts.get(song.song_id, "")) if texts else [] for song in songs]
        lexicon = learn(songs, sessions, sung, seed, lambda share: tell(0.9 * share))
        matrix = _vectors(lexicon, songs, sung)
        vectors = SongVectors([song.song_id for song in songs], matrix, exact)
        if len(songs) > exact:
            vectors.index()
        tell(1.0)
        return cls(lexicon, vectors)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return self.lexicon.dim

    def vector_for(self, song: Song) -> FloatArray:
        """The vector of any song by its tags, (dim,): zeros when none of its words says a thing."""
        vector: FloatArray = self.vectors_for([song])[0]
        return vector

    def vectors_for(self, songs: Sequence[Song]) -> FloatArray:
        """The same of many songs, (songs, dim)."""
        return _vectors(self.lexicon, songs, ())

    def save(self, folder: Path) -> None:
        """Write `weights.safetensors`, `config.json` and the folder `songs`; raises OSError."""
        self.songs.save(folder / SONGS)
        files.write(folder, KIND, self.lexicon.arrays(), {"words": self.lexicon.words})

    @classmethod
    def load(cls, folder: Path, exact: int = EXACT) -> TextVectors:
        """Read what `save` wrote; raises CheckpointError in words."""
        config, arrays = files.read(folder, KIND)
        with files.in_words(folder):
            lexicon = Lexicon(config["words"], arrays)
        return cls(lexicon, SongVectors.load(folder / SONGS, exact))


def _vectors(lexicon: Lexicon, songs: Sequence[Song], sung: Sequence[Sequence[str]]) -> FloatArray:
    """Vectors of songs, (songs, dim), a block at a time so that many take little room."""
    found = np.zeros((len(songs), lexicon.dim), np.float32)
    for start in range(0, len(songs), BLOCK):
        block = songs[start : start + BLOCK]
        total = ARTIST * _artists(lexicon, block)
        total += TITLE * lexicon.means([words_of(song.title) for song in block])
        total += GENRE * lexicon.means(
            [[word] if (word := genre_of(song)) else [] for song in block]
        )
        if any(sung[start : start + BLOCK]):
            total += LYRICS * lexicon.means(sung[start : start + BLOCK])
        found[start : start + BLOCK] = unit(total.astype(np.float32))
    return found


def _artists(lexicon: Lexicon, songs: Sequence[Song]) -> FloatArray:
    """What each song's artist sounds like by the company kept; a stranger goes by the name."""
    known = lexicon.means([[name] if (name := artist_of(song)) else [] for song in songs])
    strange = np.flatnonzero(~known.any(axis=1))
    if len(strange):
        known[strange] = lexicon.means(
            [words_of(songs[place].artist) for place in strange.tolist()]
        )
    return known
