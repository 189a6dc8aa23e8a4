"""The choice of the model in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.autoplay.choice import LIVE, OWN, TRAINED, ModelChoice
from app.ui.settings_dialog import SettingsDialog
from app.ui.settings_list import chosen_model
from app.ui.theme import Theme


@pytest.fixture
def open_dialog(qtbot, qapp, settings):
    theme = Theme(qapp, "dark")

    def make() -> SettingsDialog:
        dialog = SettingsDialog(settings, theme, "1.2.3")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.chosen = []
        dialog.model_chosen.connect(dialog.chosen.append)
        return dialog

    return make


def choose(dialog: SettingsDialog, name: str) -> None:
    box = dialog.list.model
    place = next(at for at in range(box.count()) if box.itemData(at).name == name)
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_at_first_segue_itself_makes_the_list(open_dialog, settings):
    dialog = open_dialog()
    assert dialog.list.model.currentText() == "Segue (learns live)"
    assert "learn from each play" in dialog.list.model_words.text()
    assert chosen_model(settings) == OWN


def test_a_model_is_chosen_told_and_remembered(open_dialog, settings):
    dialog = open_dialog()
    choose(dialog, "gru")
    assert dialog.chosen == [ModelChoice("gru")]
    assert "It learns from your plays" in dialog.list.model_words.text()
    assert chosen_model(settings) == ModelChoice("gru")
    assert open_dialog().list.model.currentText() == "GRU"


def test_how_the_model_is_doing_is_said_until_another_is_chosen(open_dialog):
    dialog = open_dialog()
    choose(dialog, "lstm")
    dialog.show_model_state("LSTM, taught by your 1,234 plays.")
    assert dialog.list.model_words.text().endswith("\nLSTM, taught by your 1,234 plays.")
    choose(dialog, LIVE)
    assert "1,234" not in dialog.list.model_words.text()


def test_a_trained_model_is_chosen_by_its_folder(open_dialog, settings, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/models/mine")
    dialog = open_dialog()
    choose(dialog, TRAINED)
    assert dialog.chosen == [ModelChoice(TRAINED, Path("/models/mine"))]
    again = open_dialog()
    assert again.list.model.currentText() == "The model in “mine”"
    choose(again, "markov")
    assert again.list.model.itemText(again.list.model.count() - 1) == "A trained model…"


def test_no_folder_is_no_choice(open_dialog, settings, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    dialog = open_dialog()
    choose(dialog, "gru")
    choose(dialog, TRAINED)
    assert dialog.list.model.currentText() == "GRU"
    assert dialog.chosen == [ModelChoice("gru")]


def test_a_model_whose_package_is_gone_stays_chosen(open_dialog, settings):
    settings.set("model", "harp")
    dialog = open_dialog()
    assert dialog.list.model.currentText() == "harp"
    assert dialog.list.model_words.text().startswith("A model of another package.")


def test_the_window_passes_the_choice_on_and_the_state_back(window, qtbot):
    window.scanning.show_model_state("GRU, taught by your 99 plays.")
    window.scanning.show_settings()
    dialog = window.findChild(SettingsDialog)
    assert dialog.list.model_words.text().endswith("GRU, taught by your 99 plays.")
    with qtbot.waitSignal(window.model_chosen) as told:
        choose(dialog, "gru")
    assert told.args == [ModelChoice("gru")]
    window.scanning.show_model_state("It is there.")
    assert dialog.list.model_words.text().endswith("It is there.")
    dialog.close()
