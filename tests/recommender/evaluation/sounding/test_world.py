"""Simulated artists, albums and songs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.sounding.causes import CAUSES, appeals
from recommender.evaluation.sounding.world import content_of, make_world, names_of

NAMES = st.text(st.characters(blacklist_characters="\t"))


@given(NAMES, NAMES)
def test_a_sounds_name_tells_artist_and_title(artist: str, title: str) -> None:
    assert names_of(content_of(artist, title)) == (artist, title)


def test_a_name_that_is_a_files_tells_no_song() -> None:
    with pytest.raises(ValueError, match="not enough"):
        names_of("0f3a")


def test_the_same_seed_gives_the_same_world() -> None:
    first, again, other = make_world(50, 1), make_world(50, 1), make_world(50, 2)
    assert first.contents() == again.contents()
    assert np.array_equal(first.causes.values, again.causes.values)
    assert np.array_equal(first.sound(3, 2.0), again.sound(3, 2.0))
    assert first.contents() != other.contents()


def test_every_song_has_a_name_of_its_own_and_every_artist_several_songs() -> None:
    world = make_world(400, 1)
    assert len(world) == len(set(world.contents())) == 400
    assert 30 <= len(set(world.artists)) <= 50
    assert world.popularity.sum() == pytest.approx(1, rel=1e-4)


def test_songs_of_an_artist_are_alike_but_not_the_same() -> None:
    world = make_world(800, 1)
    values = world.causes.values[:, : CAUSES.index("minor")]
    within = np.mean([values[world.artist_of == artist].var(0).mean()
                      for artist in np.unique(world.artist_of)])  # fmt: skip
    assert 0.3 < within / values.var(0).mean() < 0.8


def test_what_is_liked_is_not_linear_in_the_causes() -> None:
    causes = make_world(2_000, 1).causes
    liked_for = appeals(causes)
    rows = np.column_stack([causes.values, np.ones(len(causes))])
    fitted = rows @ np.linalg.lstsq(rows, liked_for, rcond=None)[0]
    explained = 1 - (liked_for - fitted).var(0) / liked_for.var(0)
    assert (explained > 0.99).sum() == 3
    assert (explained < 0.3).sum() == liked_for.shape[1] - 3


def test_nobody_likes_a_song_for_its_key_or_its_mastering() -> None:
    causes = make_world(100, 1).causes
    before = appeals(causes)
    causes.tonic[:] = 0
    causes.mastering[:] = 0
    assert np.array_equal(appeals(causes), before)
