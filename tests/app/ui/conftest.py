"""What the tests of the window share."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.theme import Theme
from tests.app.ui.fake_conductor import FakeConductor


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "dark")


@pytest.fixture
def conductor() -> FakeConductor:
    return FakeConductor()
