"""The engine that sounds, where libVLC and a sound device are found."""

from __future__ import annotations

from app.player.engine_thread import Backend, Host, ThreadedEngine
from app.player.silent_engine import SilentBackend
from app.player.vlc_item import OPEN_TIMEOUT_S, STALL_TIMEOUT_S
from app.player.vlc_library import NoSoundError, open_vlc
from app.signals import Post


class VlcEngine(ThreadedEngine):
    """Plays through libVLC; goes on silently, with a message, where no sound can be had."""

    def __init__(
        self,
        post: Post,
        *,
        open_timeout_s: float = OPEN_TIMEOUT_S,
        stall_timeout_s: float = STALL_TIMEOUT_S,
    ) -> None:
        def open_backend(host: Host) -> Backend:
            from app.player.vlc_backend import VlcBackend

            try:
                vlc, instance = open_vlc()
            except NoSoundError as error:
                host.message(str(error))
                return SilentBackend(host)
            return VlcBackend(
                host, vlc, instance, open_timeout_s, stall_timeout_s, lambda: open_backend(host)
            )

        super().__init__("vlc", post, open_backend)
