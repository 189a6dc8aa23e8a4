"""What is worked out once for a moment, so that proposing and filling share it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from recommender.data.history import History
from recommender.experts.base import Moment

Answer = TypeVar("Answer")


class Once(Generic[Answer]):
    """Calls `make` for a moment, and keeps the answer until another moment or log is asked for."""

    def __init__(self, history: History, make: Callable[[Moment], Answer]) -> None:
        self._history, self._make = history, make
        self._kept: tuple[Moment, int, Answer] | None = None

    def __call__(self, moment: Moment) -> Answer:
        size = self._history.size
        if self._kept is None or self._kept[0] is not moment or self._kept[1] != size:
            self._kept = (moment, size, self._make(moment))
        return self._kept[2]
