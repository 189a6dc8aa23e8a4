"""What the tags say of an artist as a vector, and which artists are alike by it."""

from __future__ import annotations

import zlib

import numpy as np
from scipy import sparse

from recommender.data.arrays import FloatArray, IntArray
from recommender.data.catalogue import Catalogue
from recommender.data.titles import grams_of

DIM = 32
GENRE, YEAR, TEXT, SPELLING = 1.0, 0.35, 0.7, 0.25
"""How much each kind of tag weighs."""

YEAR_WIDTH = 8.0
MOST_EXACT = 12_000
"""Among more artists than this the nearest are searched for in a graph, not one by one."""


def artist_features(catalogue: Catalogue, text: FloatArray | None) -> FloatArray:
    """One row an artist, (artists, dim), length 1 or 0; near by genre, year and what is written."""
    size, artists = len(catalogue), catalogue.artists
    owner = catalogue.artist[:size]
    blocks = [
        GENRE * _unit(_mean(_genre_codes(catalogue), owner, artists)),
        YEAR * _unit(_mean(_year_codes(catalogue), owner, artists)),
        SPELLING * _unit(_mean(_spelling_codes(catalogue), owner, artists)),
    ]
    if text is not None and text.any():
        blocks.append(TEXT * _unit(_mean(_folded(text), owner, artists)))
    return _unit(np.concatenate(blocks, axis=1))


def nearest(vectors: FloatArray, count: int) -> sparse.csr_array:
    """The `count` most similar other rows of each row, weighted by how similar they are."""
    rows = len(vectors)
    count = min(count, rows - 1)
    if count < 1:
        return sparse.csr_array((rows, rows))
    found = (_searched if rows > MOST_EXACT else _compared)(vectors, count + 1)
    likeness = np.stack([np.einsum("ij,ij->i", vectors, vectors[each]) for each in found.T], axis=1)
    own = np.repeat(np.arange(rows), found.shape[1])
    weight = np.maximum(likeness.ravel(), 0.0) ** 2 + 1e-6
    kept = (own != found.ravel()) & np.repeat(vectors.any(axis=1), found.shape[1])
    return sparse.csr_array((weight[kept], (own[kept], found.ravel()[kept])), (rows, rows))


def _compared(vectors: FloatArray, count: int) -> IntArray:
    found = np.empty((len(vectors), count), np.int32)
    for start in range(0, len(vectors), 1024):
        cosine = vectors[start : start + 1024] @ vectors.T
        found[start : start + 1024] = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
    return found


def _searched(vectors: FloatArray, count: int) -> IntArray:
    from voyager import Index, Space

    index = Index(Space.InnerProduct, vectors.shape[1], M=8, ef_construction=60, random_seed=1)
    index.add_items(vectors, num_threads=1)
    found: IntArray = index.query(vectors, k=count, num_threads=1, query_ef=60)[0].astype(np.int32)
    return found


def _code_of(word: str) -> FloatArray:
    """A direction for a word, always the same."""
    code = np.random.default_rng(zlib.crc32(word.encode())).standard_normal(DIM)
    return (code / np.linalg.norm(code)).astype(np.float32)


def _genre_codes(catalogue: Catalogue) -> FloatArray:
    """A genre is its whole name and its words: "Indie Rock" is near "Rock"."""
    codes = np.zeros((int(catalogue.genre.max(initial=0)) + 1, DIM), np.float32)
    for song, genre in zip(catalogue.songs, catalogue.genre.tolist(), strict=True):
        if genre and not codes[genre].any():
            name = song.genre.casefold().strip()
            words = "".join(each if each.isalnum() else " " for each in name).split()
            codes[genre] = _code_of(name) + sum(_code_of(word) for word in words)
    return codes[catalogue.genre[: len(catalogue)]]


def _year_codes(catalogue: Catalogue) -> FloatArray:
    year = catalogue.year[: len(catalogue)]
    centres = np.linspace(1955, 2025, 15)
    near = np.exp(-(((year[:, None] - centres) / YEAR_WIDTH) ** 2))
    return np.where(year[:, None] > 0, near, 0).astype(np.float32)


def _spelling_codes(catalogue: Catalogue) -> FloatArray:
    """Artist and title as written: what is left of songs without other tags."""
    owner, bucket = grams_of([f"{song.artist} {song.title}" for song in catalogue.songs])
    share = np.bincount(bucket)[bucket]
    weight = np.log1p(len(catalogue) / share).astype(np.float32)
    table = np.random.default_rng(0).standard_normal((int(bucket.max(initial=0)) + 1, DIM))
    sums = sparse.csr_array((weight, (owner, bucket)), (len(catalogue), len(table)))
    codes: FloatArray = (sums @ table).astype(np.float32)
    return codes


def _folded(text: FloatArray) -> FloatArray:
    """Long vectors in DIM numbers, their dot products nearly kept."""
    if text.shape[1] <= DIM:
        return text.astype(np.float32)
    turn = np.random.default_rng(2).standard_normal((text.shape[1], DIM)) / np.sqrt(DIM)
    folded: FloatArray = (text @ turn).astype(np.float32)
    return folded


def _mean(codes: FloatArray, owner: IntArray, owners: int) -> FloatArray:
    rows = np.arange(len(codes))
    sums = sparse.csr_array((np.ones(len(codes), np.float32), (owner, rows)), (owners, len(codes)))
    means: FloatArray = (sums @ codes).astype(np.float32)
    return means


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return unit
