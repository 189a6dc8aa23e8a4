"""How much louder or softer a track is played, by its ReplayGain tags."""

from __future__ import annotations

import math
from enum import StrEnum

from app.library.track import Track

MAX_GAIN_DB = 15.0
MIN_GAIN_DB = -40.0


class ReplayGain(StrEnum):
    """Which tags decide the loudness."""

    OFF = "off"
    TRACK = "track"
    ALBUM = "album"


def gain_db(
    track: Track,
    mode: ReplayGain = ReplayGain.TRACK,
    *,
    preamp_db: float = 0.0,
    untagged_db: float = 0.0,
    prevent_clipping: bool = True,
) -> float:
    """Decibels to add to a track, 0 when `mode` is off.

    The other kind of tag stands in for a missing one; a track without tags gets `untagged_db`.
    With `prevent_clipping` the loudest sample stays below full scale: by the peak in the tags,
    or, without one, by never amplifying.
    """
    if mode is ReplayGain.OFF:
        return 0.0
    gain, peak = _tagged(track, mode)
    wanted_db = untagged_db if gain is None or not math.isfinite(gain) else gain + preamp_db
    if prevent_clipping:
        wanted_db = min(wanted_db, headroom_db(peak))
    return min(max(wanted_db, MIN_GAIN_DB), MAX_GAIN_DB)


def headroom_db(peak: float | None) -> float:
    """How many decibels louder a track with this linear peak may get without clipping."""
    if peak is None or not math.isfinite(peak) or peak <= 0:
        return 0.0
    return -20 * math.log10(peak)


def _tagged(track: Track, mode: ReplayGain) -> tuple[float | None, float | None]:
    of_track = (track.track_gain_db, track.track_peak)
    of_album = (track.album_gain_db, track.album_peak)
    first, second = (of_album, of_track) if mode is ReplayGain.ALBUM else (of_track, of_album)
    return first if first[0] is not None else second
