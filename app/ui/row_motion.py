"""Where rows are painted while a list changes: slides, fades and glows, as plain numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

SLIDE_MS = 180.0
GLOW_MS = 1400.0
FIRST_OPACITY = 0.45
"""A new row can be read in the very first frame."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a row differs from rest: `rise` is how many places it went up, negative when down."""

    offset_px: float = 0.0
    opacity: float = 1.0
    glow: float = 0.0
    rise: int = 0


REST = Pose()


@dataclass(frozen=True, slots=True)
class Ghost:
    """A row that is gone, still fading at `top_px` of the content."""

    key: Hashable
    top_px: float
    opacity: float


@dataclass(frozen=True, slots=True)
class _Tween:
    """A number on its way to another."""

    start: float
    since_ms: float

    def towards(self, end: float, now_ms: float, length_ms: float) -> float:
        left = 1.0 - min(1.0, max(0.0, (now_ms - self.since_ms) / length_ms))
        return end + (self.start - end) * left**3


def order_changes(old: Sequence[Hashable], new: Sequence[Hashable]) -> dict[Hashable, int]:
    """Which survivors changed their place among the survivors, and by how many places (+ is up).

    The longest run that kept its order stays still, so one song that climbs does not count as
    nineteen that fell.
    """
    kept = set(old) & set(new)
    place = {key: i for i, key in enumerate(key for key in old if key in kept)}
    order = [key for key in new if key in kept]
    still = _longest_rising([place[key] for key in order])
    return {
        key: place[key] - i for i, key in enumerate(order) if i not in still and place[key] != i
    }


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The positions of a longest increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, number in enumerate(numbers):
        slot = bisect_left(tails, number)
        if slot == len(tails):
            tails.append(number)
            ends.append(position)
        else:
            tails[slot] = number
            ends[slot] = position
        previous.append(ends[slot - 1] if slot else -1)
    chosen: set[int] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        chosen.add(position)
        position = previous[position]
    return chosen


class RowMotions:
    """All motions of one list. Rows are named by their keys; times come from the caller.

    A change during a motion starts from where the rows are painted at that moment.
    """

    def __init__(self) -> None:
        self._slides: dict[Hashable, _Tween] = {}
        self._fades: dict[Hashable, _Tween] = {}
        self._glows: dict[Hashable, tuple[int, float]] = {}
        self._ghosts: dict[Hashable, tuple[float, _Tween]] = {}

    def change(
        self,
        now_ms: float,
        before: Mapping[Hashable, float],
        after: Mapping[Hashable, float],
        rises: Mapping[Hashable, int],
        lost: Mapping[Hashable, float],
    ) -> None:
        """Begin the way from `before` to `after` (row tops at rest, in one frame of reference).

        Keys only in `after` fade in, those of `lost` (with their tops in the new frame) fade out.
        """
        painted = {key: top + self.pose(key, now_ms).offset_px for key, top in before.items()}
        faded = {key: self.pose(key, now_ms).opacity for key in (*before, *lost)}
        returning = {ghost.key: ghost.opacity for ghost in self.ghosts(now_ms)}
        self._settle(now_ms)
        for key, top in after.items():
            if key in painted:
                shift = painted[key] - top
                if abs(shift) >= 0.5:
                    self._slides[key] = _Tween(shift, now_ms)
                else:
                    self._slides.pop(key, None)
            else:
                self._slides.pop(key, None)
                self._fades[key] = _Tween(returning.get(key, FIRST_OPACITY), now_ms)
        for key in (*after, *before):
            self._ghosts.pop(key, None)
        for key, top in lost.items():
            offset = self.pose(key, now_ms).offset_px
            self._ghosts[key] = (top + offset, _Tween(faded[key] * 0.8, now_ms))
            self._forget(key)
        for key, rise in rises.items():
            if rise:
                self._glows[key] = (rise, now_ms)

    def pose(self, key: Hashable, now_ms: float) -> Pose:
        """How to paint a row now."""
        slide, fade = self._slides.get(key), self._fades.get(key)
        glow = self._glows.get(key)
        if slide is None and fade is None and glow is None:
            return REST
        strength = 0.0
        if glow is not None:
            strength = 1.0 - min(1.0, max(0.0, (now_ms - glow[1]) / GLOW_MS))
        return Pose(
            slide.towards(0.0, now_ms, SLIDE_MS) if slide else 0.0,
            fade.towards(1.0, now_ms, SLIDE_MS) if fade else 1.0,
            strength,
            glow[0] if glow is not None and strength > 0 else 0,
        )

    def ghosts(self, now_ms: float) -> list[Ghost]:
        """The rows that are gone and still seen."""
        seen = []
        for key, (top, fade) in self._ghosts.items():
            opacity = fade.towards(0.0, now_ms, SLIDE_MS)
            if opacity > 0.01:
                seen.append(Ghost(key, top, opacity))
        return seen

    def sliding(self, now_ms: float) -> bool:
        """Whether any row is away from its place or half seen."""
        tweens = [*self._slides.values(), *self._fades.values()]
        tweens += [fade for _, fade in self._ghosts.values()]
        return any(now_ms - tween.since_ms < SLIDE_MS for tween in tweens)

    def active(self, now_ms: float) -> bool:
        """Whether another frame is needed."""
        return self.sliding(now_ms) or any(
            now_ms - since < GLOW_MS for _, since in self._glows.values()
        )

    def glowing(self) -> list[Hashable]:
        """The rows that lately changed their place."""
        return list(self._glows)

    def clear(self) -> None:
        """Put every row to rest at once."""
        for motions in (self._slides, self._fades, self._glows, self._ghosts):
            motions.clear()

    def _forget(self, key: Hashable) -> None:
        self._slides.pop(key, None)
        self._fades.pop(key, None)
        self._glows.pop(key, None)

    def _settle(self, now_ms: float) -> None:
        """Drop what has ended, so that a long session holds no old keys."""
        for tweens in (self._slides, self._fades):
            for key in [k for k, t in tweens.items() if now_ms - t.since_ms >= SLIDE_MS]:
                del tweens[key]
        for key in [k for k, g in self._glows.items() if now_ms - g[1] >= GLOW_MS]:
            del self._glows[key]
        for key in [k for k, (_, t) in self._ghosts.items() if now_ms - t.since_ms >= SLIDE_MS]:
            del self._ghosts[key]
