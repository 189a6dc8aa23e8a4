"""What was in the list while other songs were played."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

from recommender.data.history import SESSION_GAP_S

PLAYS = 30
IN_SIGHT = 10


class Shown:
    """The rows in sight at each of the last plays of a session; a play taken back takes them back.

    Nothing of it is kept for later: the next session begins without.
    """

    def __init__(self) -> None:
        self._rows: tuple[int, ...] = ()
        self._passed: deque[tuple[int, float, tuple[int, ...]]] = deque(maxlen=PLAYS)

    def show(self, rows: Sequence[int]) -> None:
        """These songs are in the list now, the best first."""
        self._rows = tuple(rows[:IN_SIGHT])

    def play(self, event_id: int, at_s: float) -> None:
        """A song was played to its end at `at_s`, while the list stood as it was shown last."""
        self._passed.append((event_id, at_s, self._rows))

    def take_back(self, event_id: int) -> None:
        """The play never was."""
        kept = [each for each in self._passed if each[0] != event_id]
        self._passed = deque(kept, maxlen=PLAYS)

    def times(self, now_s: float) -> Counter[int]:
        """How often each song was shown and passed over, in the session that goes on at `now_s`."""
        found: Counter[int] = Counter()
        for _, at_s, rows in reversed(self._passed):
            if now_s - at_s > SESSION_GAP_S:
                break
            found.update(rows)
            now_s = at_s
        return found
