"""Mains power or battery, as the system tells it."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from app.sound.power import on_mains


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, True),
        (SimpleNamespace(power_plugged=True), True),
        (SimpleNamespace(power_plugged=False), False),
        (SimpleNamespace(power_plugged=None), True),
    ],
)
def test_a_battery_in_use_is_no_mains_power(
    battery: object, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert on_mains() is expected


def test_a_system_that_does_not_tell_is_taken_to_be_on_mains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise OSError("no such file")

    monkeypatch.setattr(psutil, "sensors_battery", fail, raising=False)
    assert on_mains()
    monkeypatch.delattr(psutil, "sensors_battery")
    assert on_mains()
