"""A training of all parts: what it makes, when it is taken, and that it breaks off cleanly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.api import CheckpointError
from recommender.live import LiveRecommender
from recommender.live.parts import Choices, Material, checked_device, taught_net
from recommender.live.refit import Progress, Refit
from recommender.live.trained_store import SEQUENCE, read_trained
from recommender.training.settings import TrainingError
from recommender.training.versions import Report, Versions
from recommender.vectors.song_map import read_map
from tests.recommender.listening import library, plays
from tests.recommender.live.oracle import SONGS, kinds, random_then_ruled

TINY = Choices(options={"dim": 8, "hidden": 8, "softmax": "full"})


def told(_: Progress) -> None:
    """Nobody listens."""


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.live.parts.model_class", kinds)
    monkeypatch.setattr("recommender.models.checkpoint.model_class", kinds)
    monkeypatch.setattr("recommender.live.recommender.LESSONS", 30)


def trained(
    folder: Path, net: str, ruled: int = 60, tell: Callable[[Progress], None] = told
) -> Report:
    material = Material(library(SONGS), random_then_ruled(ruled))
    return Refit(Versions(folder), material, tell, Choices(net=net)).run()


def test_a_version_that_foretells_the_last_week_better_is_taken(tmp_path: Path) -> None:
    report = trained(tmp_path, "knowing")
    current = Versions(tmp_path).current()
    assert report.taken
    assert report.after.mrr > report.before.mrr
    assert report.after.plays == report.before.plays == 60
    assert report.words == "Your list learnt from 180 plays."
    assert current is not None
    assert read_trained(current.folder).sequence is not None


def test_a_first_version_that_is_no_better_gives_the_map_alone_and_says_why(
    tmp_path: Path,
) -> None:
    report = trained(tmp_path, "mistaken")
    current = Versions(tmp_path).current()
    assert report.words.startswith("No better in the last 60 plays: a score of 0.")
    assert f"{report.after.mrr:.3f} against {report.before.mrr:.3f}" in report.words
    assert report.words.endswith("your list stays as it was, and the map is drawn.")
    assert report.parts == ("map",)
    assert current is not None
    assert read_map(current.folder) is not None
    assert read_trained(current.folder).sequence is None


def test_the_taken_version_knows_the_judged_plays_too(tmp_path: Path) -> None:
    report = trained(tmp_path, "knowing")
    assert (report.plays, report.last_event_id) == (180, 180)


def test_a_worse_one_does_not_replace_a_better_one(tmp_path: Path) -> None:
    trained(tmp_path, "knowing")
    report = trained(tmp_path, "mistaken", ruled=140)
    assert not report.taken
    assert report.words.endswith("; kept what was there.")
    assert Versions(tmp_path).latest() == report
    assert report.before.plays == 40  # the later half of 80 new ones
    current = Versions(tmp_path).current()
    assert current is not None
    assert current.number == 1


def test_with_few_plays_only_what_needs_none_is_made_and_it_says_so(tmp_path: Path) -> None:
    material = Material(library(SONGS), plays([1, 2, 3]))
    report = Refit(Versions(tmp_path), material).run()
    current = Versions(tmp_path).current()
    assert report.taken
    assert "With 100 plays the rest follows; there are 3." in report.words
    assert current is not None
    assert not (current.folder / SEQUENCE).exists()
    song_map = read_map(current.folder)
    assert song_map is not None
    assert len(song_map.song_ids) == SONGS


def test_with_few_new_plays_nothing_is_done_and_it_says_so(tmp_path: Path) -> None:
    trained(tmp_path, "knowing")
    report = trained(tmp_path, "knowing", ruled=65)
    assert not report.taken
    assert "Too little is new" in report.words


def test_new_songs_renew_the_words_and_keep_what_the_plays_taught(tmp_path: Path) -> None:
    trained(tmp_path, "knowing")
    material = Material(library(SONGS + 20), random_then_ruled(65))
    report = Refit(Versions(tmp_path), material, told, Choices(net="knowing")).run()
    current = Versions(tmp_path).current()
    assert report.taken
    assert "sequence" in report.parts
    assert current is not None
    assert current.report.last_event_id == 180
    assert read_trained(current.folder).sequence is not None


def test_progress_goes_from_nothing_to_nearly_all_and_names_its_steps(tmp_path: Path) -> None:
    seen: list[Progress] = []
    trained(tmp_path, "knowing", tell=seen.append)
    shares = [progress.share for progress in seen]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] > 0.9
    assert len({progress.step for progress in seen}) >= 5


class GoneError(Exception):
    """Somebody wants it to end."""


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_training_that_breaks_off_changes_nothing(tmp_path: Path, share: float) -> None:
    def tell(progress: Progress) -> None:
        if progress.share >= share:
            raise GoneError

    with pytest.raises(GoneError):
        trained(tmp_path, "knowing", tell=tell)
    versions = Versions(tmp_path)
    assert versions.all() == []
    assert versions.current() is None
    assert versions.latest() is None
    assert trained(tmp_path, "knowing").taken


def test_a_version_in_use_that_is_damaged_counts_as_none(tmp_path: Path) -> None:
    trained(tmp_path, "knowing")
    current = Versions(tmp_path).current()
    assert current is not None
    (current.folder / SEQUENCE / "weights.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match="damaged"):
        read_trained(current.folder)
    assert trained(tmp_path, "knowing").taken


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(tmp_path, "knowing")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recommender.live.refit.write_trained", full)
    with pytest.raises(OSError, match="No space"):
        Refit(
            Versions(tmp_path), Material(library(SONGS + 5), random_then_ruled(60)),
            told, Choices(net="knowing"),
        ).run()  # fmt: skip
    assert [each.number for each in Versions(tmp_path).all()] == [1]


def test_a_device_that_is_not_there_is_named_in_words() -> None:
    with pytest.raises(TrainingError, match="Choose another device in the settings"):
        checked_device("mps")
    assert checked_device("cpu") == "cpu"


def test_a_real_net_is_the_same_for_the_same_plays() -> None:
    events = random_then_ruled(60)
    history = Material(library(SONGS), events).history()
    one, two = (taught_net(history, TINY) for _ in range(2))
    for model in (one, two):
        assert len(model.vocabulary) == SONGS
    state = one.observe(one.start(), 3)
    assert (one.log_probabilities(state) == two.log_probabilities(state)).all()


def test_sessions_of_one_song_each_teach_no_net_but_the_rest() -> None:
    events = plays([turn % SONGS + 1 for turn in range(50)], gap_min=90)
    assert taught_net(Material(library(SONGS), events).history(), TINY) is None


def test_an_adopted_version_shows_in_the_models_name_and_can_be_laid_down(tmp_path: Path) -> None:
    trained(tmp_path, "knowing")
    current = Versions(tmp_path).current()
    assert current is not None
    model = LiveRecommender(library(SONGS))
    model.fit(library(SONGS), random_then_ruled())
    before = model.scores()
    model.adopt(read_trained(current.folder))
    adopted = model.scores()
    assert model.model_version.endswith("+1")
    assert (adopted != before).any()
    model.adopt(None)
    assert "+" not in model.model_version
    assert (model.scores() != adopted).any()
