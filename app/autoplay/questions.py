"""What was asked of the recommender's process: each question is answered once, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.autoplay import messages
from app.autoplay.prediction import Finish
from recommender.api import Explanation, Taste

Explained = tuple[str, list[tuple[str, float, str]], Finish | None]
DeliverExplanation = Callable[[str, list[tuple[str, float, str]], Finish | None], None]
DeliverTaste = Callable[[Taste | None], None]
DeliverNear = Callable[[Sequence[int], str], None]

AWAY = "The recommender is restarting; ask again in a moment."
NOT_THERE = "The recommender is not there right now; ask again in a moment."
UNKNOWN = "The recommender does not know this track: it learns only from files of your library."


class Questions:
    """Who waits for which answer; a process that dies leaves nobody waiting."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[Callable[..., None], tuple[Any, ...]]] = {}

    def wait(self, serial: int, deliver: Callable[..., None], *away: Any) -> None:
        """Keep who asked under this serial; `away` is the answer when there will be none."""
        self._waiting[serial] = (deliver, away)

    def answer(self, serial: int, *answer: Any) -> None:
        """Hand over an answer; one that nobody waits for any more is dropped."""
        if serial in self._waiting:
            deliver, _ = self._waiting.pop(serial)
            deliver(*answer)

    def take(self, answer: messages.Answer) -> bool:
        """Hand over what the process answered; false if that answers no question."""
        if isinstance(answer, messages.Explained):
            self.answer(answer.serial, *told(answer.explanation))
        elif isinstance(answer, messages.TasteIs):
            self.answer(answer.serial, answer.taste)
        elif isinstance(answer, messages.Near):
            self.answer(answer.serial, answer.track_ids, answer.words)
        else:
            return False
        return True

    def give_up(self) -> None:
        """Tell all who wait that there will be no answer."""
        waiting, self._waiting = self._waiting, {}
        for deliver, away in waiting.values():
            deliver(*away)


def told(explanation: Explanation | None) -> Explained:
    """An explanation as it is delivered; None stands for a track that the model does not know."""
    if explanation is None:
        return UNKNOWN, [], None
    finish = None
    if explanation.finish is not None:
        finish = Finish(explanation.finish, explanation.finish_reason)
    return explanation.summary, list(explanation.parts), finish
