"""What the window asks of the scan process. Light, since the window imports it at its start."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace


def _worker_count() -> int:
    return max(2, min(4, os.cpu_count() or 2))


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Folders to take in or out first, then what to scan (`only` None: all folders).

    `read` names the function that reads one file, `limit_s` is the time it may take.
    """

    database: str
    add: tuple[str, ...] = ()
    remove: tuple[int, ...] = ()
    only: tuple[str, ...] | None = None
    workers: int = field(default_factory=_worker_count)
    read: str = "app.library.tags:read_file"
    limit_s: float = 5.0
    backups: bool = True

    def joined(self, later: ScanRequest) -> ScanRequest:
        """One request that does both."""
        only = None if self.only is None or later.only is None else self.only + later.only
        return replace(
            later, add=self.add + later.add, remove=self.remove + later.remove, only=only
        )

    def to_json(self) -> str:
        """As text, for the process's arguments."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ScanRequest:
        """What `to_json` wrote."""
        values = json.loads(text)
        for name in ("add", "remove", "only"):
            values[name] = None if values[name] is None else tuple(values[name])
        return cls(**values)
