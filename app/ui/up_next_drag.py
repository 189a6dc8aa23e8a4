"""What a drag of songs carries between the views of the window."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QMimeData

TRACKS_MIME = "application/x-segue-tracks"
ENTRY_MIME = "application/x-segue-entry"
"""Set besides `TRACKS_MIME` when the song comes from the queue itself."""


def track_data(track_ids: Sequence[int], entry_id: int | None = None) -> QMimeData:
    """The songs of a drag; `entry_id` when it is an entry of the queue."""
    data = QMimeData()
    data.setData(TRACKS_MIME, json.dumps(list(track_ids)).encode())
    if entry_id is not None:
        data.setData(ENTRY_MIME, json.dumps(entry_id).encode())
    return data


def dragged_tracks(data: QMimeData) -> list[int]:
    """The track ids of a drag, or none when it carries something else."""
    ids = _decoded(data, TRACKS_MIME)
    if not isinstance(ids, list):
        return []
    return [each for each in ids if isinstance(each, int) and not isinstance(each, bool)]


def dragged_entry(data: QMimeData) -> int | None:
    """The queue entry of a drag, if it came from there."""
    entry_id = _decoded(data, ENTRY_MIME)
    return entry_id if isinstance(entry_id, int) and not isinstance(entry_id, bool) else None


def _decoded(data: QMimeData, mime: str) -> object:
    if not data.hasFormat(mime):
        return None
    try:
        return json.loads(bytes(data.data(mime).data()))
    except ValueError:
        return None
