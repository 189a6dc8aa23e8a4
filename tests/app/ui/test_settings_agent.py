"""Who has the last word on the order: the choice in the settings, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from app.ui.agent_words import (
    ANEW,
    BLIND,
    OTHER_MODEL,
    RANKING,
    UNTRAINED,
    WAITING,
    agent_words,
    doubt_words,
)
from app.ui.list_settings import save_tuning
from app.ui.settings_dialog import SettingsDialog
from app.ui.theme import Theme
from recommender.api import AgentStanding, AgentState, Tuning


def judged(agent: float, usual: float, low: float, high: float) -> AgentStanding:
    return AgentStanding(AgentState.JUDGED, 214, 60, 20, 5, agent, usual, low, high)


WORSE = judged(0.58, 0.61, -0.05, -0.01)
BROKEN = AgentStanding(AgentState.BROKEN, trouble="its figures are lost.")
EARLY = "It is too early to say how the agent does"
SAID = (
    "Where you let one song play and skipped another in the same session, the agent had put the "
    "one you let play higher {} times in 100, Segue's ranking {} times (your last 214 plays, each "
    "judged before Segue learnt from it). "
)


@pytest.mark.parametrize(
    ("standing", "is_chosen", "words"),
    [
        (None, True, WAITING),
        (AgentStanding(), False, UNTRAINED),
        (AgentStanding(), True, f"{UNTRAINED} {RANKING}"),
        (AgentStanding(AgentState.BLIND), True, f"{BLIND} {RANKING}"),
        (BROKEN, False, f"The agent cannot be used: its figures are lost. {ANEW}"),
        (AgentStanding(AgentState.FEW, 12, 60, 1, 5), False,
         f"{EARLY}: that takes 60 plays, and so far it was tried on 12."),
        (AgentStanding(AgentState.FEW, 80, 60, 2, 5), True,
         f"{EARLY}: that takes 5 sessions in which you let a song play and skipped another, and "
         "there are 2. Until then it has the last word."),
        (WORSE, False, SAID.format(58, 61)
         + "That is more than chance: for now Segue's ranking is better for you."),
        (WORSE, True, SAID.format(58, 61) + "That is more than chance, so Segue's ranking has the "
         "last word again until the agent has caught up."),
        (judged(0.602, 0.604, -0.1, 0.1), True,
         SAID.format(60.2, 60.4) + "The difference may be chance."),
        (judged(0.66, 0.61, 0.01, 0.1), True,
         SAID.format(66, 61)
         + "That is more than chance: for now the agent is better for you."),
    ],
)  # fmt: skip
def test_the_line_says_what_is_known(
    standing: AgentStanding | None, is_chosen: bool, words: str
) -> None:
    assert agent_words(standing, is_chosen) == words


def test_the_tip_of_the_line_says_how_sure_it_is() -> None:
    assert doubt_words(None) == doubt_words(BROKEN) == ""
    assert doubt_words(WORSE) == (
        "With 95 % certainty the agent has between -5 and -1 in 100 more than Segue's ranking, "
        "judged by 20 sessions. A tie counts half."
    )


@pytest.fixture
def open_dialog(qtbot, qapp, settings) -> Callable[[], SettingsDialog]:
    def make() -> SettingsDialog:
        dialog = SettingsDialog(settings, Theme(qapp, "dark"), "1.2.3")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        return dialog

    return make


def choose(dialog: SettingsDialog, title: str) -> None:
    box = dialog.list.last_word
    box.setCurrentText(title)
    box.activated.emit(box.currentIndex())


def test_at_first_segues_ranking_has_the_last_word(open_dialog):
    dialog = open_dialog()
    assert dialog.list.last_word.currentText() == "Segue's ranking"
    assert dialog.list.agent_words.text() == WAITING


def test_a_choice_is_told_and_the_line_follows_it(open_dialog):
    dialog = open_dialog()
    chosen: list[bool] = []
    dialog.agent_chosen.connect(chosen.append)
    dialog.show_agent(WORSE)
    choose(dialog, "The agent")
    assert chosen == [True]
    assert dialog.list.agent_words.text().endswith("until the agent has caught up.")
    choose(dialog, "Segue's ranking")
    assert chosen == [True, False]
    assert dialog.list.agent_words.text().endswith("Segue's ranking is better for you.")


def test_what_was_chosen_is_shown_again(open_dialog, settings):
    save_tuning(settings, Tuning(agent=True))
    assert open_dialog().list.last_word.currentText() == "The agent"


def test_with_another_model_there_is_nothing_to_choose_and_it_says_why(open_dialog, settings):
    settings.set("model", "gru")
    dialog = open_dialog()
    dialog.show_agent(WORSE)
    assert not dialog.list.last_word.isEnabled()
    assert dialog.list.agent_words.text() == OTHER_MODEL
    box = dialog.list.model
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert dialog.list.last_word.isEnabled()
    assert dialog.list.agent_words.text().startswith("Where you let")
