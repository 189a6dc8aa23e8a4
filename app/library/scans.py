"""Starting and following scans from the window: facade over the scan process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """Where a scan stands. `total` is 0 while the folders are still being walked."""

    current: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did. `error` is empty, or says in words why it ended early."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    problems: int = 0
    cancelled: bool = False
    error: str = ""
