"""Where Segue keeps its things on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one installation; `SEGUE_HOME` puts all of them into one folder."""

    data: Path
    cache: Path

    @classmethod
    def default(cls) -> Paths:
        """The places this platform prefers, unless `SEGUE_HOME` names another."""
        home = os.environ.get("SEGUE_HOME")
        if home:
            return cls(Path(home) / "data", Path(home) / "cache")
        return cls(
            platformdirs.user_data_path("segue", appauthor=False),
            platformdirs.user_cache_path("segue", appauthor=False),
        )

    @property
    def database(self) -> Path:
        """The SQLite file that holds library, listening and session."""
        return self.data / "segue.db"

    @property
    def thumbnails(self) -> Path:
        """Small covers, safe to delete."""
        return self.cache / "covers"

    @property
    def sounds(self) -> Path:
        """What was heard of the music's files, safe to delete."""
        return self.cache / "sounds.db"

    @property
    def demo_music(self) -> Path:
        """The synthesised demo library."""
        return self.data / "demo-music"

    @property
    def log(self) -> Path:
        """The log of the latest runs."""
        return self.data / "segue.log"
