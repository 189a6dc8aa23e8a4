"""Whether this machine runs on mains power."""

from __future__ import annotations


def on_mains() -> bool:
    """False while it runs on its battery; a machine that has none, or does not tell, runs on
    mains."""
    import psutil  # only on the listener's thread: the start of the window does not wait for it

    sensors = getattr(psutil, "sensors_battery", None)
    try:
        battery = None if sensors is None else sensors()
    except (OSError, RuntimeError, ValueError, NotImplementedError):
        return True
    return battery is None or battery.power_plugged is not False
