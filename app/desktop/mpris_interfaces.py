"""The two MPRIS interfaces on D-Bus. They live on the D-Bus thread and only pass things on."""

# No deferred annotations here: D-Bus reads its types from them, and takes a deferred None amiss.

from collections.abc import Callable
from typing import Annotated, Protocol

from dbus_fast import PropertyAccess, Variant
from dbus_fast.annotations import (
    DBusBool,
    DBusDouble,
    DBusInt64,
    DBusObjectPath,
    DBusSignature,
    DBusStr,
)
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from app.desktop.mpris_state import Metadata, PlayerState, Position, track_path

DBusStrings = Annotated[list[str], DBusSignature("as")]
DBusVariants = Annotated[dict[str, Variant], DBusSignature("a{sv}")]

URI_SCHEMES = ["file", "http", "https"]
MIME_TYPES = [
    "audio/mpeg",
    "audio/flac",
    "audio/ogg",
    "audio/opus",
    "audio/mp4",
    "audio/x-wav",
    "audio/x-mpegurl",
    "audio/x-scpls",
    "application/xspf+xml",
]
READ = PropertyAccess.READ


class Remote(Protocol):
    """What the desktop may ask for; each call goes to the window's thread."""

    def raise_window(self) -> None: ...
    def quit(self) -> None: ...
    def next(self) -> None: ...
    def previous(self) -> None: ...
    def play(self) -> None: ...
    def pause(self) -> None: ...
    def play_pause(self) -> None: ...
    def stop(self) -> None: ...
    def seek_by(self, offset_ms: int) -> None: ...
    def seek_to(self, position_ms: int) -> None: ...
    def open(self, uri: str) -> None: ...
    def set_volume(self, volume: float) -> None: ...
    def set_loop_status(self, status: str) -> None: ...
    def set_shuffle(self, on: bool) -> None: ...


def variants(metadata: Metadata) -> dict[str, Variant]:
    """The metadata as D-Bus variants."""
    return {name: Variant(kind, value) for name, (kind, value) in metadata.items()}


class RootInterface(ServiceInterface):
    """org.mpris.MediaPlayer2: the application as a whole."""

    def __init__(self, remote: Remote, can_quit: bool) -> None:
        super().__init__("org.mpris.MediaPlayer2")
        self._remote = remote
        self._can_quit = can_quit

    @dbus_method(name="Raise")
    def raise_(self) -> None:
        self._remote.raise_window()

    @dbus_method(name="Quit")
    def quit(self) -> None:
        self._remote.quit()

    @dbus_property(READ, name="CanQuit")
    def can_quit(self) -> DBusBool:
        return self._can_quit

    @dbus_property(READ, name="CanRaise")
    def can_raise(self) -> DBusBool:
        return True

    @dbus_property(READ, name="HasTrackList")
    def has_track_list(self) -> DBusBool:
        return False

    @dbus_property(READ, name="Identity")
    def identity(self) -> DBusStr:
        return "Segue"

    @dbus_property(READ, name="DesktopEntry")
    def desktop_entry(self) -> DBusStr:
        return "segue"

    @dbus_property(READ, name="SupportedUriSchemes")
    def supported_uri_schemes(self) -> DBusStrings:
        return URI_SCHEMES

    @dbus_property(READ, name="SupportedMimeTypes")
    def supported_mime_types(self) -> DBusStrings:
        return MIME_TYPES


class PlayerInterface(ServiceInterface):
    """org.mpris.MediaPlayer2.Player: what plays, and the keys of a keyboard or headset."""

    def __init__(self, remote: Remote, position: Callable[[], Position]) -> None:
        super().__init__("org.mpris.MediaPlayer2.Player")
        self._remote = remote
        self._position_of = position
        self._state = PlayerState()

    def publish(self, state: PlayerState) -> None:
        """Take a new state and tell the desktop what changed in it."""
        before, after = self._state.properties(), state.properties()
        self._state = state
        changed = {name: value for name, value in after.items() if before[name] != value}
        if "Metadata" in changed:
            changed["Metadata"] = variants(state.metadata())
        if changed:
            self.emit_properties_changed(changed)

    @dbus_method(name="Next")
    def next(self) -> None:
        self._remote.next()

    @dbus_method(name="Previous")
    def previous(self) -> None:
        self._remote.previous()

    @dbus_method(name="Pause")
    def pause(self) -> None:
        self._remote.pause()

    @dbus_method(name="PlayPause")
    def play_pause(self) -> None:
        self._remote.play_pause()

    @dbus_method(name="Stop")
    def stop(self) -> None:
        self._remote.stop()

    @dbus_method(name="Play")
    def play(self) -> None:
        self._remote.play()

    @dbus_method(name="Seek")
    def seek(self, offset_us: DBusInt64) -> None:
        if not self._state.can_seek:
            return
        if self._position_of().now_ms() + offset_us // 1000 > self._state.duration_ms:
            self._remote.next()
        else:
            self._remote.seek_by(offset_us // 1000)

    @dbus_method(name="SetPosition")
    def set_position(self, track: DBusObjectPath, position_us: DBusInt64) -> None:
        now = self._state.track
        if now is None or track != track_path(now.track_id):
            return  # asked for a track that is over already
        if 0 <= position_us <= self._state.duration_ms * 1000:
            self._remote.seek_to(position_us // 1000)

    @dbus_method(name="OpenUri")
    def open_uri(self, uri: DBusStr) -> None:
        self._remote.open(uri)

    @dbus_signal(name="Seeked")
    def seeked(self, position_us: int) -> DBusInt64:
        return position_us

    @dbus_property(READ, name="PlaybackStatus")
    def playback_status(self) -> DBusStr:
        return str(self._state.properties()["PlaybackStatus"])

    @dbus_property(name="LoopStatus")
    def loop_status(self) -> DBusStr:
        return str(self._state.properties()["LoopStatus"])

    @loop_status.setter
    def set_loop_status(self, status: DBusStr) -> None:
        self._remote.set_loop_status(status)

    @dbus_property(name="Shuffle")
    def shuffle(self) -> DBusBool:
        return self._state.shuffle

    @shuffle.setter
    def set_shuffle(self, on: DBusBool) -> None:
        self._remote.set_shuffle(on)

    @dbus_property(name="Volume")
    def volume(self) -> DBusDouble:
        return 0.0 if self._state.muted else self._state.volume_percent / 100

    @volume.setter
    def set_volume(self, volume: DBusDouble) -> None:
        self._remote.set_volume(volume)

    @dbus_property(name="Rate")
    def rate(self) -> DBusDouble:
        return 1.0

    @rate.setter
    def set_rate(self, rate: DBusDouble) -> None:
        if rate == 0:  # the specification: a rate of zero means pause
            self._remote.pause()

    @dbus_property(READ, name="MinimumRate")
    def minimum_rate(self) -> DBusDouble:
        return 1.0

    @dbus_property(READ, name="MaximumRate")
    def maximum_rate(self) -> DBusDouble:
        return 1.0

    @dbus_property(READ, name="Metadata")
    def metadata(self) -> DBusVariants:
        return variants(self._state.metadata())

    @dbus_property(READ, name="Position")
    def position(self) -> DBusInt64:
        return self._position_of().now_ms() * 1000 if self._state.track else 0

    @dbus_property(READ, name="CanGoNext")
    def can_go_next(self) -> DBusBool:
        return True

    @dbus_property(READ, name="CanGoPrevious")
    def can_go_previous(self) -> DBusBool:
        return True

    @dbus_property(READ, name="CanPlay")
    def can_play(self) -> DBusBool:
        return True

    @dbus_property(READ, name="CanPause")
    def can_pause(self) -> DBusBool:
        return self._state.track is not None

    @dbus_property(READ, name="CanSeek")
    def can_seek(self) -> DBusBool:
        return self._state.can_seek

    @dbus_property(READ, name="CanControl")
    def can_control(self) -> DBusBool:
        return True
