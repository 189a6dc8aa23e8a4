"""What the desktop is told about the player, as MPRIS names it. No D-Bus and no Qt in here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.library.track import Track
from app.player.engine import PlaybackState

NO_TRACK = "/org/mpris/MediaPlayer2/TrackList/NoTrack"
TEXT_LIMIT = 1000
"""Characters of a tag that are told; nobody shows more."""

STATUS: MappingProxyType[PlaybackState, str] = MappingProxyType(
    {
        PlaybackState.STOPPED: "Stopped",
        PlaybackState.OPENING: "Playing",
        PlaybackState.PLAYING: "Playing",
        PlaybackState.PAUSED: "Paused",
    }
)
LOOP_STATUS: MappingProxyType[str, str] = MappingProxyType(
    {"off": "None", "one": "Track", "all": "Playlist"}
)
REPEAT_MODE: MappingProxyType[str, str] = MappingProxyType(
    {status: mode for mode, status in LOOP_STATUS.items()}
)

Metadata = dict[str, tuple[str, object]]
"""From a name to its D-Bus type and its value."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the track is: `position_ms` at the clock's `measured_at_s`, and whether it runs on."""

    position_ms: int = 0
    measured_at_s: float = 0.0
    runs: bool = False

    def now_ms(self, now_s: float | None = None) -> int:
        """The position at this moment."""
        if not self.runs:
            return self.position_ms
        passed_s = (time.monotonic() if now_s is None else now_s) - self.measured_at_s
        return self.position_ms + max(0, round(passed_s * 1000))


@dataclass(frozen=True, slots=True)
class PlayerState:
    """The player at one moment, all but the position."""

    track: Track | None = None
    stream_title: str = ""
    duration_ms: int = 0
    state: PlaybackState = PlaybackState.STOPPED
    repeat: str = "off"
    shuffle: bool = False
    volume_percent: int = 100
    muted: bool = False
    art: Path | None = None

    @property
    def can_seek(self) -> bool:
        """Whether there is a length to seek in."""
        return self.track is not None and self.duration_ms > 0

    def properties(self) -> dict[str, object]:
        """The values of the player interface that change; `Metadata` with types beside values."""
        return {
            "PlaybackStatus": STATUS[self.state],
            "LoopStatus": LOOP_STATUS[self.repeat],
            "Shuffle": self.shuffle,
            "Volume": 0.0 if self.muted else self.volume_percent / 100,
            "CanSeek": self.can_seek,
            "CanPause": self.track is not None,
            "Metadata": self.metadata(),
        }

    def metadata(self) -> Metadata:
        """The present track in the words of MPRIS and XESAM."""
        track = self.track
        if track is None:
            return {"mpris:trackid": ("o", NO_TRACK)}
        told: Metadata = {
            "mpris:trackid": ("o", track_path(track.track_id)),
            "xesam:title": ("s", clean(self.stream_title or track.title)),
            "xesam:url": ("s", location_url(track)),
        }
        if self.duration_ms > 0:
            told["mpris:length"] = ("x", self.duration_ms * 1000)
        for name, text in (("xesam:artist", track.artist), ("xesam:genre", track.genre)):
            if text:
                told[name] = ("as", [clean(text)])
        if track.album_artist or track.artist:
            told["xesam:albumArtist"] = ("as", [clean(track.album_artist or track.artist)])
        if track.album:
            told["xesam:album"] = ("s", clean(track.album))
        for name, number in (
            ("xesam:trackNumber", track.track_number),
            ("xesam:discNumber", track.disc_number),
        ):
            if number is not None and abs(number) < 2**31:
                told[name] = ("i", number)
        if track.year is not None and 0 < track.year < 10_000:
            told["xesam:contentCreated"] = ("s", f"{track.year:04d}-01-01T00:00:00Z")
        if self.art is not None:
            told["mpris:artUrl"] = ("s", self.art.absolute().as_uri())
        return told


def track_path(track_id: int) -> str:
    """The D-Bus path that stands for a track; ids below zero are allowed too."""
    return f"/org/segue/track/{track_id}".replace("-", "_")


def location_url(track: Track) -> str:
    """The track's location as a URL, as far as there is one."""
    if track.is_stream:
        return clean(track.location, limit=4 * TEXT_LIMIT)
    try:
        return Path(track.location).as_uri()
    except ValueError:
        return ""


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text that D-Bus accepts: valid UTF-8 without nulls, and not endless."""
    return text[:limit].encode("utf-8", "replace").decode("utf-8").replace("\0", "")
