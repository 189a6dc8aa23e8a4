"""Text vectors: what is heard or written together is near, also for songs never seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.api import CheckpointError, Song
from recommender.vectors.text import TextVectors
from recommender.vectors.words import artist_of, words_of

BANDS = [f"{word} Band" for word in ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord")]
NIGHT = ("Midnight", "Moonlight", "Darkness", "Starlight")
DAY = ("Sunshine", "Morning", "Daylight", "Summer")


def library() -> list[Song]:
    """The first three bands sing of the night, the others of the day; twenty songs each."""
    rng = np.random.default_rng(0)
    return [
        Song(number, " ".join(rng.choice(NIGHT if number // 20 < 3 else DAY, 2)),
             BANDS[number // 20])
        for number in range(120)
    ]  # fmt: skip


def sessions(lists: int = 150) -> list[list[int]]:
    """Each of the night's songs, or of the day's."""
    rng = np.random.default_rng(1)
    return [(rng.integers(0, 60, 10) + 60 * (number % 2)).tolist() for number in range(lists)]


@pytest.fixture(scope="module")
def learnt() -> TextVectors:
    return TextVectors.fit(library(), sessions())


def test_bands_that_are_heard_together_are_near(learnt: TextVectors) -> None:
    together, apart = [], []
    for song in (0, 25, 50):
        likeness = learnt.songs.matrix @ learnt.songs.matrix[song]
        together.append(likeness[:60].mean())
        apart.append(likeness[60:].mean())
    assert min(together) > max(apart) + 0.3


def test_a_new_song_of_a_known_band_is_near_the_band(learnt: TextVectors) -> None:
    new = learnt.vector_for(Song(900, "Unheard of", "amber  BAND"))
    bands = (learnt.songs.matrix @ new).reshape(6, 20).mean(axis=1)
    assert bands[:3].min() > 0.5 > bands[3:].max()


def test_a_new_song_of_a_stranger_goes_by_its_title(learnt: TextVectors) -> None:
    new = learnt.vector_for(Song(900, "Midnight Moonlight", "Zyx"))
    assert (learnt.songs.nearest(new, 10)[0] < 60).all()


def test_a_word_that_was_never_seen_goes_by_its_pieces(learnt: TextVectors) -> None:
    spelt, known = (learnt.vector_for(Song(900, each, "")) for each in ("Moonlights", "Moonlight"))
    other = learnt.vector_for(Song(900, "Sunshine", ""))
    assert spelt @ known > spelt @ other + 0.2


def test_a_song_that_says_nothing_has_no_vector(learnt: TextVectors) -> None:
    assert not learnt.vector_for(Song(900, "", "")).any()
    assert not learnt.vector_for(Song(900, "?!", "…")).any()


def test_every_vector_has_length_one(learnt: TextVectors) -> None:
    assert np.allclose(np.linalg.norm(learnt.songs.matrix, axis=1), 1, atol=1e-3)


def test_new_songs_are_treated_as_those_of_the_library(learnt: TextVectors) -> None:
    assert np.allclose(learnt.vectors_for(library()), learnt.songs.matrix, atol=1e-3)


def test_a_process_of_other_hashes_learns_the_same(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.recommender.vectors.test_text import *\n"
        "TextVectors.fit(library(), sessions(20)).save(Path(sys.argv[1]))"
    )
    for seed in ("1", "2"):
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], check=True,
                       env={**os.environ, "PYTHONHASHSEED": seed})  # fmt: skip
    first, second = (TextVectors.load(tmp_path / seed) for seed in ("1", "2"))
    assert np.array_equal(first.songs.matrix, second.songs.matrix)
    assert first.lexicon.words == second.lexicon.words


def test_another_seed_gives_other_vectors() -> None:
    one, two = (TextVectors.fit(library()[:30], seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.songs.matrix, two.songs.matrix)


def test_without_plays_the_genre_brings_bands_together() -> None:
    songs = [Song(each.song_id, each.title, each.artist, genre="Jazz" if each.song_id < 60 else
                  "Rock") for each in library()]  # fmt: skip
    matrix = TextVectors.fit(songs).songs.matrix
    assert (matrix[:20] @ matrix[20:60].T).mean() > (matrix[:20] @ matrix[60:].T).mean() + 0.2


def test_lyrics_bring_songs_together() -> None:
    songs = [Song(number, f"Untitled {number}", "") for number in range(40)]
    words = ["rain and river and sea", "engine and road and wheel"]
    lyrics = {number: f"{words[number % 2]} and more" for number in range(40)}
    matrix = TextVectors.fit(songs, lyrics=lyrics).songs.matrix
    same = matrix[0] @ matrix[2::2].T
    assert same.mean() > (matrix[0] @ matrix[1::2].T).mean() + 0.2


def test_the_share_that_is_done_rises_to_one_and_an_error_ends_it() -> None:
    told: list[float] = []
    TextVectors.fit(library(), tell=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        TextVectors.fit(library(), tell=stop)


@pytest.mark.parametrize("songs", [[], [Song(1, "", "")], [Song(1, "A", "B")]])
def test_libraries_of_hardly_anything(songs: list[Song], tmp_path: Path) -> None:
    text = TextVectors.fit(songs, [[1, 1], [1, 77], []])
    text.save(tmp_path)
    assert len(TextVectors.load(tmp_path).songs) == len(songs)
    assert np.isfinite(text.vector_for(Song(5, "A", "B"))).all()


def test_they_are_the_same_after_a_save_and_a_load(learnt: TextVectors, tmp_path: Path) -> None:
    learnt.save(tmp_path)
    again = TextVectors.load(tmp_path)
    new = Song(900, "Moonlights", "Stranger")
    assert np.array_equal(again.songs.matrix, learnt.songs.matrix)
    assert np.array_equal(again.vector_for(new), learnt.vector_for(new))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="damaged"):
        TextVectors.load(tmp_path)


def test_words_are_folded() -> None:
    assert words_of("Ünder_the Don't—(Remix) 99") == ["under", "the", "don't", "remix", "99"]
    assert artist_of(Song(1, "", "BJÖRK")) == artist_of(Song(2, "", " björk "))
    assert artist_of(Song(1, "", "!!!"))
    assert not artist_of(Song(1, "", " "))
