"""The settings of listening to files."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget

from app.sound.state import Doing
from app.ui.problems_dialog import ProblemsDialog
from app.ui.settings_dialog import SettingsDialog
from app.ui.sound_source import MAINS_KEY, ON_KEY, WHOLE_KEY
from app.ui.unheard import show_unheard
from tests.app.ui.fake_sound import FakeSound


@pytest.fixture
def sound() -> FakeSound:
    return FakeSound()


@pytest.fixture
def dialog(qtbot, theme, settings, sound) -> SettingsDialog:
    made = SettingsDialog(settings, theme, "1.2.3", sound=sound)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.show_page(made.sound)
    return made


@pytest.fixture
def page(dialog):
    return dialog.sound


def test_at_first_it_listens_to_excerpts_on_mains_power(page, sound):
    assert (page.on.isChecked(), page.mains.isChecked(), page.whole.isChecked()) == (
        True, True, False,
    )  # fmt: skip
    assert sound.calls == []


@pytest.mark.parametrize(
    ("box", "key", "value", "call"),
    [
        ("on", ON_KEY, "0", ("set_on", False)),
        ("mains", MAINS_KEY, "0", ("set_only_on_mains", False)),
        ("whole", WHOLE_KEY, "1", ("set_whole", True)),
    ],
)
def test_a_choice_holds_at_once_and_is_remembered(
    dialog, page, settings, sound, theme, qtbot, box, key, value, call
):
    chosen = getattr(page, box)
    chosen.click()
    assert sound.calls == [call]
    assert settings.text(key) == value
    again = SettingsDialog(settings, theme, "1.2.3", sound=sound)
    qtbot.addWidget(again)
    assert getattr(again.sound, box).isChecked() is chosen.isChecked()


def test_who_does_not_listen_has_nothing_to_choose_of_it(page):
    page.on.click()
    assert not any(each.isEnabled() for each in (page.mains, page.whole, page.pause))
    page.on.click()
    assert all(each.isEnabled() for each in (page.mains, page.whole, page.pause))


def test_how_far_it_is_is_told_as_it_goes_on(page, sound):
    assert page.state.text().splitlines() == [
        "1,204 of 10,000 songs heard; compared by hand-made features.",
        "About 2 h 5 min left",
    ]
    sound.tell(heard=1_205, left_s=None)
    assert page.state.text() == "1,205 of 10,000 songs heard; compared by hand-made features."
    sound.tell(doing=Doing.TROUBLE, trouble="The drive is full: make room on it.")
    assert page.state.text().endswith("The drive is full: make room on it.")
    sound.in_use = ""
    sound.tell(doing=Doing.RESTING, heard=0)
    assert page.state.text() == "0 of 10,000 songs heard."


def test_it_is_paused_and_resumed(page, sound):
    page.pause.click()
    sound.tell(doing=Doing.PAUSED)
    assert page.pause.text() == "Resume"
    page.pause.click()
    sound.tell(doing=Doing.TROUBLE)
    assert page.pause.text() == "Try again"
    page.pause.click()
    assert sound.calls == [("pause",), ("resume",), ("resume",)]


def test_files_that_could_not_be_heard_are_counted_and_listed(dialog, page, sound, qtbot):
    assert page.problems.isHidden()
    sound.tell(problems=12)
    assert page.problems.text() == "12 files could not be heard…"
    with qtbot.waitSignal(dialog.unheard_asked):
        page.problems.click()


def test_the_list_of_files_that_could_not_be_heard_names_each_and_says_why(
    dialog, sound, reader, theme, qtbot
):
    sound.problems = ((3, "It ends in the middle."), (9_000, "It is gone."))
    show_unheard(sound, reader, theme, dialog)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(ProblemsDialog)))
    listed = dialog.findChild(ProblemsDialog)
    assert listed.windowTitle() == "Files that could not be heard"
    rows = listed.findChild(QTreeWidget)
    assert rows.topLevelItemCount() == 1
    assert rows.topLevelItem(0).text(0) == "3.flac"
    assert rows.topLevelItem(0).text(1) == "It ends in the middle."
    listed.close()


def test_what_happens_after_the_settings_were_closed_reaches_nobody(qtbot, theme, settings, sound):
    dialog = SettingsDialog(settings, theme, "1.2.3", sound=sound)
    dialog.show()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    sound.tell(heard=5)


def test_settings_without_a_listener_have_no_such_page(qtbot, theme, settings):
    dialog = SettingsDialog(settings, theme, "1.2.3")
    qtbot.addWidget(dialog)
    titles = [dialog.tabs.tabText(place) for place in range(dialog.tabs.count())]
    assert (dialog.sound, titles) == (None, ["Music", "Up next"])


def test_the_sound_page_leads_to_these_settings(make_window, sound, qtbot):
    window = make_window(sound=sound)
    window.sound.settings_asked.emit()
    dialog = window.findChild(SettingsDialog)
    assert dialog.sound.isVisible()
    assert dialog.tabs.tabText(dialog.tabs.currentIndex()) == "Sound"
    dialog.sound.mains.click()
    assert sound.calls == [("set_only_on_mains", False)]
    sound.tell(problems=1)
    dialog.sound.problems.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(ProblemsDialog)))
    dialog.findChild(ProblemsDialog).close()
    dialog.close()
