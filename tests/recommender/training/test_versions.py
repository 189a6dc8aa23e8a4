"""The versions that trainings made: kept, gone back to, and skipped where damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.training.versions import CURRENT, REPORT, Figures, Reckoned, Report, Versions

REPORTED = Report(1_000.0, 240, 80, 300, ("text",), True, "Your list learnt from 240 plays.")


def filled(versions: Versions, plays: int = 240) -> int:
    draft = versions.draft()
    (draft / "weights").write_text(str(plays))
    report = Report(1_000.0, plays, 80, 300, ("text",), True, "Learnt.")
    return versions.publish(draft, report).number


def test_nothing_is_in_use_at_first(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "not there")
    assert versions.current() is None
    assert versions.all() == []
    assert versions.latest() is None
    assert versions.back() is None


def test_a_version_that_is_published_is_in_use_with_its_report(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    version = versions.publish(versions.draft(), REPORTED)
    found = Versions(tmp_path).current()
    assert found is not None
    assert (found.number, found.report) == (1, REPORTED)
    assert found.folder == version.folder


def test_the_last_three_are_kept(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    for plays in range(5):
        filled(versions, plays)
    assert [each.number for each in versions.all()] == [5, 4, 3]


def test_one_goes_back_step_by_step_and_at_last_to_none(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    filled(versions)
    before = versions.back()
    assert before is not None
    assert before.number == 1
    assert versions.back() is None
    assert versions.current() is None


def test_one_goes_forth_again(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    filled(versions)
    versions.back()
    versions.use(versions.all()[0])
    current = versions.current()
    assert current is not None
    assert current.number == 2


def test_a_new_version_after_going_back_has_a_number_of_its_own(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    filled(versions)
    versions.back()
    assert filled(versions) == 3


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format_version": 99}', '{"plays": 1}'])
def test_a_damaged_version_gives_way_to_the_one_before(tmp_path: Path, damage: str) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    filled(versions)
    (versions.all()[0].folder / REPORT).write_text(damage)
    current = versions.current()
    assert current is not None
    assert current.number == 1


def test_a_draft_that_was_left_half_written_is_no_version_and_is_cleared(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    left = versions.folder / "draft-1"
    left.mkdir()
    (left / "weights").write_text("half")
    assert [each.number for each in versions.all()] == [1]
    filled(versions)
    assert not left.exists()


def test_a_disk_without_room_leaves_the_version_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    draft = versions.draft()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recommender.training.versions.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        versions.publish(draft, REPORTED)
    current = versions.current()
    assert current is not None
    assert current.number == 1


def test_a_pointer_that_cannot_be_read_means_no_version(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    (tmp_path / CURRENT).write_text("x")
    assert versions.current() is None


def test_a_tie_in_the_reciprocal_rank_is_broken_by_the_first_ten() -> None:
    assert Figures(10, 0.2, 0.5).beat(Figures(10, 0.2, 0.4))
    assert Figures(10, 0.3, 0.1).beat(Figures(10, 0.2, 0.9))
    assert not Figures(10, 0.2, 0.4).beat(Figures(10, 0.2, 0.4))


def test_what_was_refused_is_remembered_as_the_latest(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    refused = Report(2_000.0, 400, 80, 480, (), False, "No better in the last week.")
    versions.note(refused)
    assert Versions(tmp_path).latest() == refused
    current = versions.current()
    assert current is not None
    assert current.number == 1


def test_what_is_dropped_is_gone_for_good_and_numbers_go_on(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    first = filled(versions)
    filled(versions)
    versions.use(versions.all()[1])
    versions.reckon(40)
    versions.drop()
    assert versions.all() == []
    assert versions.current() is None
    assert not (tmp_path / "versions" / str(first)).exists()
    assert versions.latest() is not None
    assert versions.reckoned() == Reckoned(forgettings=40, dropped=2)
    assert filled(versions) == 3
    assert [each.number for each in versions.all()] == [3]
    assert versions.back() is None


def test_what_cannot_be_deleted_is_not_used_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = Versions(tmp_path)
    filled(versions)
    monkeypatch.setattr("shutil.rmtree", lambda place, ignore_errors: None)
    versions.drop()
    assert versions.all() == []
    assert versions.current() is None
