"""What a training makes of the sounds that were heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.audio.moments import read_moments
from recommender.live.parts import Choices, Material
from recommender.live.refit import Progress, Refit
from recommender.live.sound_part import LEAST_ON_MAP, SOUND, heard_now
from recommender.live.trained_store import read_trained
from recommender.training.versions import Report, Version, Versions
from recommender.vectors.song_map import read_map
from tests.recommender.listening import library
from tests.recommender.live.oracle import SONGS, kinds, random_then_ruled
from tests.recommender.live.sounds import KINDS, kept_sounds

QUICK = Choices(net="knowing", sound_s=2.0)
PLACED = SONGS - 4


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.live.parts.model_class", kinds)
    monkeypatch.setattr("recommender.models.checkpoint.model_class", kinds)
    monkeypatch.setattr("recommender.live.recommender.LESSONS", 30)


def refitted(folder: Path, material: Material) -> tuple[Report, Version]:
    report = Refit(Versions(folder / "versions"), material, _untold, QUICK).run()
    current = Versions(folder / "versions").current()
    assert current is not None
    return report, current


def _untold(_: Progress) -> None:
    """Nobody listens."""


def material(folder: Path, heard: int = SONGS, ruled: int = 0) -> Material:
    sounds = kept_sounds(folder / "sounds.db", list(range(1, heard + 1)))
    events = random_then_ruled(ruled) if ruled else []
    return Material(library(SONGS), events, sounds=sounds)


def test_without_plays_songs_are_compared_by_hand_made_features(tmp_path: Path) -> None:
    report, version = refitted(tmp_path, material(tmp_path))
    sound = read_trained(version.folder).sound
    assert sound is not None
    assert "hand-made" in sound.model.name
    assert SOUND in report.parts
    assert report.heard == SONGS
    near, _ = sound.songs.nearest(1, 5)
    assert {int(song) % KINDS for song in near} == {1}


def test_a_version_tells_what_it_hears_and_where_songs_lie_by_sound(tmp_path: Path) -> None:
    _, version = refitted(tmp_path, material(tmp_path, heard=PLACED))
    moments, placed = read_moments(version.folder / SOUND), read_map(version.folder / SOUND)
    assert moments is not None
    assert moments.dimensions
    assert {each.song_id for every in moments.dimensions for each in every.moments} <= set(
        range(1, PLACED + 1)
    )
    assert placed is not None
    assert sorted(placed.song_ids.tolist()) == list(range(1, PLACED + 1))
    own = placed.places_of([song for song in range(1, PLACED + 1) if song % KINDS == 0])
    assert own.std(0).mean() < placed.xy.std(0).mean()


def test_too_few_sounds_are_left_out(tmp_path: Path) -> None:
    report, version = refitted(tmp_path, material(tmp_path, heard=3))
    assert read_trained(version.folder).sound is None
    assert SOUND not in report.parts


def test_too_few_songs_for_a_map_get_none(tmp_path: Path) -> None:
    _, version = refitted(tmp_path, material(tmp_path, heard=LEAST_ON_MAP - 1))
    assert read_map(version.folder / SOUND) is None
    assert read_moments(version.folder / SOUND) is not None


def test_plays_teach_with_the_sounds_and_what_is_taken_holds_them(tmp_path: Path) -> None:
    report, version = refitted(tmp_path, material(tmp_path, ruled=60))
    assert report.taken
    assert read_trained(version.folder).sound is not None


def test_songs_heard_later_renew_what_needs_no_plays(tmp_path: Path) -> None:
    first, _ = refitted(tmp_path, material(tmp_path, heard=PLACED, ruled=60))
    report, version = refitted(tmp_path, material(tmp_path, ruled=60))
    sound = read_trained(version.folder).sound
    assert report.taken
    assert (first.heard, report.heard) == (PLACED, SONGS)
    assert sound is not None
    assert len(sound.songs) == SONGS


def test_what_is_in_use_takes_in_songs_heard_since(tmp_path: Path) -> None:
    _, version = refitted(tmp_path, material(tmp_path, heard=PLACED))
    in_use = read_trained(version.folder).sound
    now = heard_now(material(tmp_path).sounds, in_use)
    assert in_use is not None
    assert now is not None
    assert now.model.name == in_use.model.name
    assert len(now.songs) == SONGS
    assert np.array_equal(now.songs.vectors([1]), in_use.songs.vectors([1]))


def test_sounds_that_cannot_be_read_cost_nothing_else_of_a_version(tmp_path: Path) -> None:
    _, version = refitted(tmp_path, material(tmp_path))
    (version.folder / SOUND / "model" / "config.json").write_text("{", encoding="utf-8")
    trained = read_trained(version.folder)
    assert trained.sound is None
    assert trained.text is not None


def test_a_training_without_sounds_is_what_it_was(tmp_path: Path) -> None:
    report, version = refitted(tmp_path, replace(material(tmp_path), sounds=None))
    assert read_trained(version.folder).sound is None
    assert report.heard == 0
