"""Which engine plays on this machine."""

from __future__ import annotations

from typing import Literal

from app.player.engine import Engine
from app.player.silent_engine import SilentEngine
from app.player.vlc_engine import VlcEngine
from app.signals import Post

EngineKind = Literal["auto", "vlc", "silent"]


def make_engine(post: Post, kind: EngineKind = "auto") -> Engine:
    """An engine, at once: it looks for libVLC on its own thread while commands queue up.

    Where there is no libVLC or no sound device it goes on silently; `message_changed` then says
    how to get sound, and `name` becomes "silent".
    """
    if kind == "silent":
        return SilentEngine(post)
    return VlcEngine(post)
