"""Learning how songs sound: a network where it knows more, hand-made features where it does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from recommender.api import Song
from recommender.audio.hearing import ByHand, Hearing
from recommender.audio.learn import SoundChoices, learn, learn_sound, predict_targets
from recommender.audio.net_steps import HeardNet
from recommender.audio.store import SoundStore
from recommender.audio.targets import cosine, joined
from recommender.audio.training_set import TrainingSet
from recommender.vectors.song_vectors import SongVectors
from tests.recommender.audio.sounds import causes, named, places, sounds

SONGS, ARTISTS = 240, 60
QUICK = SoundChoices(fewest=60, most_s=60.0, effort=0.05)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("heard") / "sounds.db"
    with SoundStore(path) as store:
        for number, each in enumerate(sounds(causes(SONGS, ARTISTS)[0])):
            store.put(f"sound {number}", each)
    return path


def songs() -> list[Song]:
    by = causes(SONGS, ARTISTS)[1]
    return [Song(number, f"Title {number}", f"Artist {by[number]}") for number in range(SONGS)]


def target(known: int = SONGS) -> SongVectors:
    rows = places(causes(SONGS, ARTISTS)[0])
    return SongVectors(list(range(known)), rows[:known])


def test_a_network_is_used_where_it_foretells_better_than_hand_made_features(
    library: Path, tmp_path: Path
) -> None:
    told: list[float] = []
    with SoundStore(library) as store:
        learnt = learn(store, named(range(SONGS)), songs(), [target()], QUICK, told.append)
        assert learnt is not None
        assert learnt.net > learnt.ridge > learnt.mean
        hearing = learnt.hearing
        assert hearing.model.name == "a network that learnt from 240 songs you play"
        assert len(hearing.songs) == SONGS
        np.testing.assert_allclose(np.linalg.norm(hearing.songs.matrix, axis=1), 1, atol=1e-4)
        assert told == sorted(told)
        assert told[-1] == 1.0
        hearing.save(tmp_path)
        again = Hearing.load(tmp_path)
        assert isinstance(again.model, HeardNet)
        found, rows = again.model.vectors(store, ["sound 3", "sound 9", "nobody heard this"])
    assert found == ["sound 3", "sound 9"]
    np.testing.assert_allclose(rows, hearing.songs.vectors([3, 9]), atol=1e-4)


def test_too_few_songs_with_plays_are_heard_by_hand_and_it_says_so(library: Path) -> None:
    with SoundStore(library) as store:
        hearing = learn_sound(store, named(range(SONGS)), songs(), [target(41)], SoundChoices())
    assert hearing is not None
    assert hearing.model.name == (
        "hand-made features: 41 songs with plays, the network needs 150"
    )  # fmt: skip
    assert len(hearing.songs) == SONGS


def test_what_cannot_be_foretold_is_left_to_hand_made_features(
    library: Path, tmp_path: Path
) -> None:
    chance = np.random.default_rng(5).normal(size=(SONGS, 8)).astype(np.float32)
    wanted = SongVectors(list(range(SONGS)), chance)
    with SoundStore(library) as store:
        hearing = learn_sound(store, named(range(SONGS)), songs(), [wanted], QUICK)
        assert hearing is not None
        assert isinstance(hearing.model, ByHand)
        assert hearing.model.name.startswith("hand-made features: a network that learnt from 240")
        hearing.save(tmp_path)
        assert Hearing.load(tmp_path).model.name == hearing.model.name


def test_one_artist_alone_teaches_no_network(library: Path) -> None:
    alone = [Song(number, f"Title {number}", "Mira Vale") for number in range(SONGS)]
    with SoundStore(library) as store:
        hearing = learn_sound(store, named(range(SONGS)), alone, [target()], QUICK)
    assert hearing is not None
    assert "one artist" in hearing.model.name


def test_of_a_few_sounds_nothing_is_said(tmp_path: Path) -> None:
    with SoundStore(tmp_path / "sounds.db") as store:
        for number, each in enumerate(sounds(causes(5, 5)[0])):
            store.put(f"sound {number}", each)
        assert learn_sound(store, named(range(9)), [], [target()], QUICK) is None


def test_the_listener_may_be_stopped(library: Path) -> None:
    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with SoundStore(library) as store, pytest.raises(KeyboardInterrupt):
        learn_sound(store, named(range(SONGS)), songs(), [target()], QUICK, stop)
    assert torch.tensor(1e-40) * 1.0 > 0  # numbers are no longer rounded to zero


def test_every_way_of_foretelling_is_measured_on_the_same_songs() -> None:
    made, by = causes(SONGS, ARTISTS)
    whole = TrainingSet.of(sounds(made), places(made), by)
    unseen = by >= 48
    train, test = whole.select(np.flatnonzero(~unseen)), whole.select(np.flatnonzero(unseen))
    near = {
        kind: cosine(predict_targets(kind, train, test, effort=0.05), test.targets)
        for kind in ("mean", "ridge", "seed", "sound")
    }
    assert near["mean"] < near["ridge"] < near["sound"]
    assert near["mean"] < near["seed"]


def test_vectors_of_several_models_weigh_the_same() -> None:
    one = SongVectors([1, 2], np.array([[3.0, 4.0], [0.0, 5.0]]))
    other = SongVectors([2, 3], np.array([[100.0], [100.0]]))
    rows = joined([one, other], [1, 2, 3, 4])
    np.testing.assert_allclose(rows[1], [0.0, 1.0, 1.0])
    np.testing.assert_allclose(rows[0], [0.6, 0.8, 0.0])
    assert not rows[3].any()
