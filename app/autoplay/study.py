"""A lesson learnt on a thread of its own, while the model that is there goes on serving."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Any, Protocol, runtime_checkable

from recommender.training.settings import TrainingError

log = logging.getLogger(__name__)

NICENESS = 10
BROKE_OFF = "it broke off; the log says where"


class Lesson(Protocol):
    """All that is needed to learn, apart from the model that serves."""

    def learn(self) -> Any:
        """What was learnt; raises TrainingError in words."""


@runtime_checkable
class Learner(Protocol):
    """A recommender whose weights change by lessons, not with each event."""

    def lesson(self) -> Lesson | None:
        """What it should learn by now, None for nothing."""

    def adopt(self, lesson: Any, learnt: Any) -> None:
        """Go on with what a lesson gave, or with why it gave nothing: a TrainingError."""


class Study:
    """Begins at once; `learnt` is what came of it once `is_over`.

    Numbers are best crunched at a low priority. A lesson that is mostly Python holds the
    interpreter, which at a low priority it could not give back on a busy machine: let its
    `niceness` be 0.
    """

    def __init__(self, lesson: Lesson, niceness: int = NICENESS) -> None:
        self.lesson, self._niceness = lesson, niceness
        self.learnt: Any = TrainingError(BROKE_OFF)
        self._thread = threading.Thread(target=self._learn, name="lesson", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the lesson has ended, well or not."""
        return not self._thread.is_alive()

    def _learn(self) -> None:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        try:
            self.learnt = self.lesson.learn()
        except TrainingError as error:
            log.warning("The model could not learn: %s", error)
            self.learnt = error
