from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.listening.exchange import Contents
from app.signals import Signal
from app.ui.learning_source import LearningState
from app.ui.settings_dialog import SettingsDialog
from app.ui.settings_learning import contents_in_words
from recommender.api import Tuning


class FakeLearning:
    """Records what it is asked to do; a file brings what a test puts into `contents`."""

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        self.state = LearningState()
        self.calls: list[tuple[object, ...]] = []
        self.contents: Contents | str = Contents(new=3, tracks=2)

    def devices(self) -> frozenset[str]:
        return frozenset({"auto", "cpu"})

    def look_into(
        self, source: Path, deliver: Callable[[Contents], None], told: Callable[[str], None]
    ) -> None:
        if isinstance(self.contents, str):
            told(self.contents)
        else:
            deliver(self.contents)

    def bring_in(self, source: Path, told: Callable[[str], None]) -> None:
        self.calls.append(("bring_in", source))
        told("3 events were added.")

    def export(self, target: Path, told: Callable[[str], None]) -> None:
        self.calls.append(("export", target))
        told("9 events are in it.")

    def __getattr__(self, verb: str) -> Callable[..., None]:
        return lambda *arguments: self.calls.append((verb, *arguments))


@pytest.fixture
def learning() -> FakeLearning:
    return FakeLearning()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def dialog(qtbot, theme, settings, learning, told) -> SettingsDialog:
    made = SettingsDialog(settings, theme, "1.2.3", learning=learning, notify=told.append)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.show_page(made.learning)
    return made


@pytest.fixture
def page(dialog):
    return dialog.learning


def answer(page, words: str) -> QMessageBox:
    box = page.findChildren(QMessageBox)[-1]
    next(each for each in box.buttons() if each.text() == words).click()
    return box


def test_a_device_that_is_not_here_says_so_and_cannot_be_chosen(page, settings, learning):
    box = page.device
    assert box.itemText(box.findData("cuda")) == "Nvidia graphics (CUDA): not on this machine"
    assert not box.model().item(box.findData("cuda")).isEnabled()
    box.setCurrentIndex(box.findData("cpu"))
    box.activated.emit(box.currentIndex())
    assert learning.calls == [("set_device", "cpu")]
    assert settings.text("training/device") == "cpu"


def test_learning_by_itself_is_switched_off_and_stays_off(page, settings, learning):
    page.automatic.click()
    assert learning.calls == [("set_automatic", False)]
    assert settings.text("training/automatic") == "0"


def test_the_versions_are_told_and_gone_back_to(page, learning, qtbot):
    assert page.version.text() == "Nothing was trained yet."
    assert not page.back.isEnabled()
    learning.state = LearningState("In use: that of today.", "Before it: none.", True, True)
    learning.changed.emit()
    assert page.version.text() == "In use: that of today. Before it: none."
    assert (page.now.text(), page.now.isEnabled()) == ("Learning…", False)
    page.back.click()
    assert learning.calls == [("go_back",)]


def test_a_reset_says_what_stays_and_asks_first(page, learning):
    page.reset.click()
    box = answer(page, "Cancel")
    assert "plays and likes" in box.informativeText()
    assert learning.calls == []
    page.reset.click()
    answer(page, "Reset")
    assert learning.calls == [("reset",)]


def test_an_export_goes_into_the_file_that_was_chosen(page, learning, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    page.export.click()
    assert learning.calls == [("export", tmp_path / "mine.segue")]
    assert page.result == "9 events are in it."


def test_an_import_shows_its_counts_before_it_writes(page, learning, monkeypatch, tmp_path):
    file = tmp_path / "theirs.segue"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page.bring_in.click()
    box = answer(page, "Cancel")
    assert box.informativeText().startswith("3 events will be added, about 2 tracks")
    assert learning.calls == []
    page.bring_in.click()
    answer(page, "Import")
    assert learning.calls == [("bring_in", file)]
    assert page.result == "3 events were added."


@pytest.mark.parametrize("contents", [Contents(present=4), "x.segue is damaged."])
def test_a_file_with_nothing_new_or_a_damaged_one_is_told_and_not_asked_about(
    page, learning, monkeypatch, contents
):
    learning.contents = contents
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/tmp/x.segue", ""))
    page.bring_in.click()
    assert page.findChildren(QMessageBox) == []
    assert "nothing new" in page.result or "damaged" in page.result


def test_what_comes_after_the_settings_were_closed_is_told_by_the_window(
    qtbot, theme, settings, learning, told
):
    dialog = SettingsDialog(settings, theme, "1.2.3", learning=learning, notify=told.append)
    page = dialog.learning
    dialog.show()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    page._tell("9 events are in it.")
    learning.changed.emit()
    assert told == ["9 events are in it."]


def test_counts_are_told_in_words():
    words = contents_in_words(Contents(5, 1, 2, 3, 1))
    assert words == (
        "5 events will be added, about 3 tracks of your library. 1 event is here already. "
        "2 events about 1 track that you do not have here are left out. Segue then learns anew."
    )


def test_an_expert_that_is_switched_off_takes_no_part_from_then_on(window, conductor, qtbot):
    window.scanning.show_settings()
    dialog = window.findChild(SettingsDialog)
    dialog.list.experts["clock"].click()
    dialog.list.experts["text"].click()
    tunings = [call[1] for call in conductor.calls if call[0] == "tune"]
    assert [tuning.without for tuning in tunings] == [("clock",), ("clock", "text")]
    assert tunings[-1].discover == Tuning().discover
    dialog.close()


def test_experts_belong_to_segues_own_model(dialog):
    page = dialog.list
    assert all(box.isEnabled() for box in page.experts.values())
    place = next(at for at in range(page.model.count()) if page.model.itemData(at).name == "gru")
    page.model.setCurrentIndex(place)
    page.model.activated.emit(place)
    assert not any(box.isEnabled() for box in page.experts.values())
