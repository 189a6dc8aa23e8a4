"""Whether the user wants things to move."""

from __future__ import annotations

import os

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStyle, QWidget

VARIABLE = "SEGUE_REDUCE_MOTION"


def motion_reduced(widget: QWidget) -> bool:
    """Whether the environment, the system or the style asks for a still picture."""
    if os.environ.get(VARIABLE, "0") not in ("", "0"):
        return True
    hints = QGuiApplication.styleHints()
    ask = getattr(hints, "accessibility", None)
    if ask is not None:
        preference = getattr(ask(), "motionPreference", None)
        if preference is not None and preference().name == "ReducedMotion":
            return True
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return widget.style().styleHint(hint, None, widget) == 0
