"""The versions that trainings made: a folder each, one of them in use, the last three kept.

Needs nothing but Python, so that the window's process can look at them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT_VERSION = 1
KEPT = 3
CURRENT, LATEST, REPORT = "current.json", "latest.json", "report.json"
FORGOTTEN = "forgotten.json"
_VERSIONS, _DRAFT = "versions", "draft-"


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the judged plays were foretold: mean reciprocal rank and share within the first 10.

    >>> Figures(200, 0.17, 0.4).beat(Figures(200, 0.17, 0.39))
    True
    """

    plays: int = 0
    mrr: float = 0.0
    hr_10: float = 0.0

    def beat(self, other: Figures) -> bool:
        """Whether the first song was better foretold; a tie is broken by the first ten."""
        return (round(self.mrr, 6), self.hr_10) > (round(other.mrr, 6), other.hr_10)


NOT_JUDGED = Figures()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a training, in words and figures.

    `plays` and `songs` are what there was, up to the event `read_to`; what learns from plays has
    learnt up to `last_event_id`. `heard` is how many of the songs had been listened to. `parts`
    names what was made. `before` are the figures of what was
    in use, `after` those of the new one; without a comparison both are of no plays.
    """

    at_s: float
    plays: int
    songs: int
    last_event_id: int
    parts: tuple[str, ...]
    taken: bool
    words: str
    before: Figures = NOT_JUDGED
    after: Figures = NOT_JUDGED
    device: str = "cpu"
    seconds: float = 0.0
    read_to: int = 0
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A whole version: its number, where it lies, and how it was made."""

    number: int
    folder: Path
    report: Report


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the versions know of forgetting: they reckon with the forgettings up to the event
    `forgettings`, and those with numbers up to `dropped` are gone, since they did not."""

    forgettings: int = 0
    dropped: int = 0


class Versions:
    """A folder of versions. Whatever is damaged or half-written counts as not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Version]:
        """The versions that can be read, the newest first."""
        found, dropped = [], self.reckoned().dropped
        for place in sorted(self._places(), key=lambda each: -int(each.name)):
            if int(place.name) <= dropped:
                break
            report = read_report(place / REPORT)
            if report is not None:
                found.append(Version(int(place.name), place, report))
        return found

    def current(self) -> Version | None:
        """The version in use; the newest older one where it is damaged, None for none."""
        number = self._current_number()
        return next((each for each in self.all() if each.number <= number), None)

    def before(self) -> Version | None:
        """The version that `back` would go to; None means going on without a training."""
        now = self.current()
        return None if now is None else self._below(now)

    def back(self) -> Version | None:
        """Put the version before the current one in use, or none if there is no such."""
        version = self.before()
        self.use(version)
        return version

    def use(self, version: Version | None) -> None:
        """Put a version in use, at once; raises OSError and leaves what was there."""
        content = {"format_version": FORMAT_VERSION, "version": version.number if version else 0}
        _replace(self.folder / CURRENT, content)

    def draft(self) -> Path:
        """A new empty folder to write a version into; those left by others are dropped."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        place = self.folder / f"{_DRAFT}{os.getpid()}"
        place.mkdir()
        return place

    def publish(self, draft: Path, report: Report) -> Version:
        """Make a filled draft the version in use, whole or not at all, and drop the oldest.

        Raises OSError; then the one in use stays.
        """
        _replace(draft / REPORT, _encoded(report))
        number = 1 + self._highest()
        place = self.folder / _VERSIONS / str(number)
        place.parent.mkdir(exist_ok=True)
        draft.rename(place)
        version = Version(number, place, report)
        self.use(version)
        self.note(report)
        self._prune()
        return version

    def note(self, report: Report) -> None:
        """Keep what came of the latest training, also of one that was not taken."""
        _replace(self.folder / LATEST, _encoded(report))

    def latest(self) -> Report | None:
        """What came of the latest training, None before the first."""
        return read_report(self.folder / LATEST)

    def reckoned(self) -> Reckoned:
        """What the versions know of forgetting."""
        try:
            value = json.loads((self.folder / FORGOTTEN).read_text(encoding="utf-8"))
            return Reckoned(int(value["forgettings"]), int(value["dropped"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Reckoned()

    def reckon(self, forgettings: int) -> None:
        """From now on the versions reckon with the forgettings up to this event."""
        self._reckon(Reckoned(forgettings, self.reckoned().dropped))

    def drop(self) -> None:
        """Delete all versions, which hold what was forgotten; none is used from now on, also
        where a file cannot be deleted. Numbers go on. Raises OSError."""
        dropped = self._highest()
        if dropped:
            self._reckon(Reckoned(self.reckoned().forgettings, dropped))
        for place in (*self._places(), *self.folder.glob(f"{_DRAFT}*")):
            shutil.rmtree(place, ignore_errors=True)

    def _reckon(self, reckoned: Reckoned) -> None:
        _replace(self.folder / FORGOTTEN, {"format_version": FORMAT_VERSION, **asdict(reckoned)})

    def _highest(self) -> int:
        """The highest number that was ever given."""
        numbers = [int(each.name) for each in self._places()]
        return max([0, self._current_number(), self.reckoned().dropped, *numbers])

    def _below(self, version: Version) -> Version | None:
        return next((each for each in self.all() if each.number < version.number), None)

    def _prune(self) -> None:
        for old in sorted(self._places(), key=lambda each: -int(each.name))[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)

    def _places(self) -> list[Path]:
        return [each for each in (self.folder / _VERSIONS).glob("*") if each.name.isdecimal()]

    def _current_number(self) -> int:
        try:
            return int(json.loads((self.folder / CURRENT).read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0


def read_report(path: Path) -> Report | None:
    """A report; None where there is none, or one that cannot be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value.pop("format_version") > FORMAT_VERSION:
            return None
        figures = {name: Figures(**value.pop(name)) for name in ("before", "after")}
        return Report(**{**value, **figures, "parts": tuple(value["parts"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _encoded(report: Report) -> Mapping[str, Any]:
    return {"format_version": FORMAT_VERSION, **asdict(report)}


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file as a whole, on the disk before it takes the old one's place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1))
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
