"""Media keys, headset buttons and the desktop's player widget, through MPRIS on D-Bus.

D-Bus has a thread of its own. It sees only whole states that the window's thread hands over, and
asks for things by posting to the window's thread, so neither waits for the other.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.conductor.interface import Conductor
from app.desktop.mpris_state import REPEAT_MODE, PlayerState, Position
from app.library.track import Track
from app.player.engine import PlaybackState
from app.signals import Post

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

    from app.desktop.mpris_interfaces import PlayerInterface

log = logging.getLogger(__name__)

BUS_NAME = "org.mpris.MediaPlayer2.segue"
OBJECT_PATH = "/org/mpris/MediaPlayer2"
JUMP_MS = 900
"""A position this far from where the clock would be was sought, not played."""
CLOSE_LIMIT_S = 2.0

RaiseWindow = Callable[[list[str]], None]
FindCover = Callable[[Track], Path | None]


def start_media_keys(
    conductor: Conductor,
    post: Post,
    raise_window: RaiseWindow,
    quit_window: Callable[[], None] | None = None,
    find_cover: FindCover | None = None,
) -> MediaKeys:
    """Join the desktop's media controls; call it on the window's thread once the window shows.

    `find_cover` names the picture file of a track; it runs on a thread of its own and may be
    slow. Without a session bus the log says so and nothing else happens.
    """
    keys = MediaKeys(conductor, post, raise_window, quit_window, find_cover)
    conductor.announce()
    keys.start()
    return keys


class MediaKeys:
    """The player's presence on D-Bus, from `start` to `close`."""

    def __init__(
        self,
        conductor: Conductor,
        post: Post,
        raise_window: RaiseWindow,
        quit_window: Callable[[], None] | None = None,
        find_cover: FindCover | None = None,
    ) -> None:
        self._remote = _Remote(conductor, post, raise_window, quit_window, lambda: self._position)
        self._can_quit = quit_window is not None
        self._find_cover = find_cover
        self._state = PlayerState(track=conductor.now_playing, state=conductor.state)
        self._position = Position()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._player: PlayerInterface | None = None
        self._stopped: asyncio.Event | None = None
        self._guard = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="mpris", daemon=True)
        conductor.now_playing_changed.connect(self._track_changed)
        conductor.state_changed.connect(self._state_changed)
        conductor.position_changed.connect(self._position_changed)
        conductor.volume_changed.connect(self._volume_changed)
        conductor.modes_changed.connect(self._modes_changed)
        conductor.stream_title_changed.connect(self._stream_title_changed)

    def start(self) -> None:
        """Appear on the session bus soon."""
        self._thread.start()

    def close(self) -> None:
        """Leave the session bus."""
        with self._guard:
            self._closed = True
        self._on_bus(lambda: self._stopped.set() if self._stopped else None)
        if self._thread.is_alive():
            self._thread.join(CLOSE_LIMIT_S)

    # On the window's thread: what the conductor tells.

    def _track_changed(self, track: Track | None) -> None:
        self._position = Position(0, time.monotonic(), self._runs())
        duration_ms = (track.duration_ms or 0) if track else 0
        same = track and self._state.track and track.track_id == self._state.track.track_id
        art = self._state.art if same else None
        state = replace(self._state, track=track, stream_title="", duration_ms=duration_ms, art=art)
        self._publish(state)
        if track is not None and self._find_cover is not None and not same:
            self._on_bus(lambda: self._look_for_cover(track))

    def _state_changed(self, state: PlaybackState) -> None:
        here_ms = self._position.now_ms()
        self._publish(replace(self._state, state=state))
        self._position = Position(here_ms, time.monotonic(), self._runs())

    def _position_changed(self, position_ms: int, duration_ms: int) -> None:
        expected_ms = self._position.now_ms()
        self._position = Position(position_ms, time.monotonic(), self._runs())
        if duration_ms > 0 and duration_ms != self._state.duration_ms:
            self._publish(replace(self._state, duration_ms=duration_ms))
        if abs(position_ms - expected_ms) > JUMP_MS:
            self._on_bus(lambda: self._tell_seeked(position_ms))

    def _volume_changed(self, percent: int, muted: bool) -> None:
        self._publish(replace(self._state, volume_percent=percent, muted=muted))

    def _modes_changed(self, repeat: str, shuffle: bool) -> None:
        self._publish(replace(self._state, repeat=repeat, shuffle=shuffle))

    def _stream_title_changed(self, title: str) -> None:
        self._publish(replace(self._state, stream_title=title))

    def _runs(self) -> bool:
        return self._state.state == PlaybackState.PLAYING

    def _publish(self, state: PlayerState) -> None:
        self._state = state
        self._on_bus(lambda: self._player.publish(state) if self._player else None)

    def _on_bus(self, work: Callable[[], object]) -> None:
        """Run on the D-Bus thread, when there is a bus."""
        with self._guard:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(work)

    # On the D-Bus thread.

    def _run(self) -> None:
        if sys.platform != "linux":
            return
        try:
            asyncio.run(self._serve())
        except ImportError as error:
            log.info("media keys are off: %s", error)

    async def _serve(self) -> None:
        from dbus_fast import errors
        from dbus_fast.aio import MessageBus

        try:
            bus = await MessageBus().connect()
            await self._join(bus)
        except (errors.InvalidAddressError, errors.AuthError, errors.DBusError) as error:
            log.info("media keys are off, there is no session bus: %s", error)
            return
        except (OSError, EOFError) as error:
            log.info("media keys are off, the session bus does not answer: %s", error)
            return
        leave = asyncio.ensure_future(bus.wait_for_disconnect())
        stop = asyncio.ensure_future(self._stopped.wait() if self._stopped else asyncio.sleep(0))
        await asyncio.wait({leave, stop}, return_when=asyncio.FIRST_COMPLETED)
        with self._guard:
            self._loop, self._player = None, None
        stop.cancel()
        if leave.done():
            gone = leave.exception()
            log.info("media keys are off, the session bus went away: %s", gone or "closed")
        else:
            bus.disconnect()
            await asyncio.gather(leave, return_exceptions=True)

    async def _join(self, bus: MessageBus) -> None:
        from dbus_fast import RequestNameReply

        from app.desktop.mpris_interfaces import PlayerInterface, RootInterface

        player = PlayerInterface(self._remote, lambda: self._position)
        bus.export(OBJECT_PATH, RootInterface(self._remote, self._can_quit))
        bus.export(OBJECT_PATH, player)
        self._stopped = asyncio.Event()
        with self._guard:
            self._loop, self._player = asyncio.get_running_loop(), player
            if self._closed:
                self._stopped.set()
            state = self._state
        player.publish(state)
        reply = await bus.request_name(BUS_NAME)
        if reply not in (RequestNameReply.PRIMARY_OWNER, RequestNameReply.ALREADY_OWNER):
            await bus.request_name(f"{BUS_NAME}.instance{os.getpid()}")
        if state.track is not None and self._find_cover is not None:
            self._look_for_cover(state.track)

    def _tell_seeked(self, position_ms: int) -> None:
        if self._player is not None:
            self._player.seeked(position_ms * 1000)

    def _look_for_cover(self, track: Track) -> None:
        find = self._find_cover
        if find is None:
            return
        search = asyncio.get_running_loop().run_in_executor(None, find, track)
        search.add_done_callback(lambda found: self._cover_found(track, found))

    def _cover_found(self, track: Track, found: asyncio.Future[Path | None]) -> None:
        if found.cancelled():
            return
        error = found.exception()
        if error is not None:
            log.warning("the cover of track %d cannot be told: %s", track.track_id, error)
            return
        art = found.result()
        if art is not None:
            self._remote.post(lambda: self._cover_arrived(track, art))

    def _cover_arrived(self, track: Track, art: Path) -> None:
        now = self._state.track
        if now is not None and now.track_id == track.track_id:
            self._publish(replace(self._state, art=art))


class _Remote:
    """Carries each wish of the desktop to the conductor on the window's thread."""

    def __init__(
        self,
        conductor: Conductor,
        post: Post,
        raise_window: RaiseWindow,
        quit_window: Callable[[], None] | None,
        position: Callable[[], Position],
    ) -> None:
        self.post = post
        self._conductor = conductor
        self._raise_window = raise_window
        self._quit_window = quit_window
        self._position = position

    def raise_window(self) -> None:
        self.post(lambda: self._raise_window([]))

    def quit(self) -> None:
        if self._quit_window is not None:
            self.post(self._quit_window)

    def next(self) -> None:
        self.post(self._conductor.skip)

    def previous(self) -> None:
        self.post(self._conductor.previous)

    def play_pause(self) -> None:
        self.post(self._conductor.toggle_play)

    def stop(self) -> None:
        self.post(self._conductor.stop)

    def play(self) -> None:
        self.post(lambda: self._toggle_unless(playing=True))

    def pause(self) -> None:
        self.post(lambda: self._toggle_unless(playing=False))

    def _toggle_unless(self, playing: bool) -> None:
        plays = self._conductor.state in (PlaybackState.PLAYING, PlaybackState.OPENING)
        if plays != playing:
            self._conductor.toggle_play()

    def seek_by(self, offset_ms: int) -> None:
        self.post(lambda: self._conductor.seek(max(0, self._position().now_ms() + offset_ms)))

    def seek_to(self, position_ms: int) -> None:
        self.post(lambda: self._conductor.seek(position_ms))

    def open(self, uri: str) -> None:
        self.post(lambda: self._conductor.open_location(uri))

    def set_volume(self, volume: float) -> None:
        if volume != volume:
            return
        percent = round(100 * min(1.0, max(0.0, volume)))

        def apply() -> None:
            self._conductor.set_volume(percent)
            if percent:
                self._conductor.set_muted(False)

        self.post(apply)

    def set_loop_status(self, status: str) -> None:
        mode = REPEAT_MODE.get(status)
        if mode is not None:
            self.post(lambda: self._conductor.set_repeat(mode))

    def set_shuffle(self, on: bool) -> None:
        self.post(lambda: self._conductor.set_shuffle(on))
