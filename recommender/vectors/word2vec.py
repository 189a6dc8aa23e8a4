"""Vectors of words learnt from what stands beside them, with gensim.

Mikolov and others, "Distributed representations of words and phrases", NIPS 2013. A session is
read as a sentence of its artists, a song as a sentence of its artist, genre and words: on radio
playlists that is as good as sentences of all words of a session's songs, at a quarter of the time.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from sys import intern

import numpy as np

from recommender.api import Song
from recommender.data.arrays import FloatArray
from recommender.vectors.lexicon import Lexicon, unit
from recommender.vectors.words import artist_of, genre_of, words_of

DIM = 64
WINDOW = 5
NEGATIVES = 5
SAMPLE = 1e-3
TOKENS, FEWEST_TURNS, MOST_TURNS = 1_500_000, 3, 60
"""About so many words are read in all, in so many turns."""

SEEN = 2
"""A word of fewer songs is known by its pieces alone."""

LYRIC_WORDS = 60
LONGEST_LYRICS = 20_000


def lyric_words(text: str) -> list[str]:
    """The first distinct words of a song's lyrics."""
    return list(dict.fromkeys(map(intern, words_of(text, LONGEST_LYRICS))))[:LYRIC_WORDS]


def learn(
    songs: Sequence[Song],
    sessions: Iterable[Sequence[int]],
    sung: Sequence[list[str]],
    seed: int,
    tell: Callable[[float], None],
) -> Lexicon:
    """The words of these songs, of which `sung` are their lyrics' words, a list a song.

    `tell` is called with the share that is done, and may raise.
    """
    titles = [words_of(song.title) for song in songs]
    names = [words_of(song.artist) for song in songs]
    seen = Counter(
        word
        for title, name, text in zip(titles, names, sung, strict=True)
        for word in {*title, *name, *text}
    )
    sentences = _of_songs(songs, titles, names, sung, seen) + _of_sessions(songs, sessions)
    held = Counter(word for sentence in sentences for word in sentence)
    if not held:
        none = np.zeros((0, DIM), np.float32)
        return Lexicon.of([], none, none[:, 0])
    words, matrix = _trained(sentences, seed, tell)
    matrix = unit(matrix - matrix.mean(axis=0))
    rarity = np.array([np.log((1 + len(songs)) / (seen.get(word, 0) + 1)) for word in words])
    return Lexicon.of(words, matrix, np.maximum(rarity, 0.1).astype(np.float32))


def _of_songs(
    songs: Sequence[Song],
    titles: Sequence[list[str]],
    names: Sequence[list[str]],
    sung: Sequence[list[str]],
    seen: Mapping[str, int],
) -> list[list[str]]:
    sentences = []
    for song, title, name, text in zip(songs, titles, names, sung, strict=True):
        spelt = [word for word in (*name, *title) if seen[word] >= SEEN]
        marked = [each for each in (artist_of(song), genre_of(song)) if each]
        sentences.append([*marked, *spelt])
        lines = [word for word in text if seen[word] >= SEEN]
        for start in range(0, len(lines), WINDOW):
            sentences.append([*marked[:1], *lines[start : start + WINDOW]])
    return sentences


def _of_sessions(songs: Sequence[Song], sessions: Iterable[Sequence[int]]) -> list[list[str]]:
    artists = {song.song_id: artist_of(song) for song in songs}
    found = ([artists[each] for each in session if artists.get(each)] for session in sessions)
    return [sentence for sentence in found if len(sentence) > 1]


def _trained(
    sentences: list[list[str]], seed: int, tell: Callable[[float], None]
) -> tuple[list[str], FloatArray]:
    """Words and their vectors, (words, dim): the same for the same sentences and seed."""
    from gensim.models import Word2Vec

    size = sum(map(len, sentences))
    turns = int(np.clip(TOKENS // size, FEWEST_TURNS, MOST_TURNS))
    model = Word2Vec(
        vector_size=DIM, window=WINDOW, sg=1, negative=NEGATIVES, sample=SAMPLE, min_count=1,
        workers=1, seed=seed + 1, hashfxn=_hashed,
    )  # fmt: skip
    model.build_vocab(sentences)
    rates = np.linspace(model.alpha, model.min_alpha, turns + 1)
    for turn in range(turns):
        model.train(
            sentences, total_examples=len(sentences), epochs=1, start_alpha=float(rates[turn]),
            end_alpha=float(rates[turn + 1]),
        )  # fmt: skip
        tell((turn + 1) / turns)
    return list(model.wv.index_to_key), np.asarray(model.wv.vectors, np.float32)


def _hashed(word: str) -> int:
    """Python's own hash differs from one process to the next."""
    return zlib.crc32(word.encode("utf-8", "replace"))
