"""The music folders and the files in them that could not be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder the user chose. Not available: it, or its drive, is not there now."""

    folder_id: int
    path: str
    available: bool
    track_count: int


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """A file that is not in the library, and why, in words."""

    location: str
    problem: str
    seen_at_ms: int
