"""Keeps the predicted list: asks for it, fills it with tracks, tells what a reaction moved."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from app.autoplay.client import AutoplayClient
from app.autoplay.prediction import PredictedList
from app.conductor.playing import Choice
from app.conductor.up_next import Notice, PredictedRow, PredictedView
from app.library.library import Library
from app.listening.events import Impression, Origin
from app.listening.store import ListeningStore
from app.signals import Signal

LENGTH = 20


class ListKeeper:
    """The latest predicted list as the window shows it."""

    def __init__(
        self,
        autoplay: AutoplayClient,
        library: Library,
        listening: ListeningStore,
        excluded: Callable[[], AbstractSet[int]],
    ) -> None:
        self.changed: Signal[[PredictedView]] = Signal()
        self.noticed: Signal[[Notice]] = Signal()
        self.view = PredictedView()
        self.model_version = ""
        self.broken: set[int] = set()
        """Tracks that could not be played in this run; they are not predicted again."""
        self._autoplay = autoplay
        self._library = library
        self._listening = listening
        self._seen: tuple[int, ...] = ()
        self._excluded = excluded
        self._story: tuple[int, str, PredictedView] | None = None
        autoplay.list_changed.connect(self._on_list)

    def request(self) -> int:
        """Ask for a new list; the serial comes back as the list's `answers`."""
        return self._autoplay.request(LENGTH, self._excluded() | self.broken)

    def request_with_story(self, text: str) -> None:
        """Ask for a new list, and notice `text` with the number of songs that it moved up."""
        before = self.view
        self._story = (self.request(), text, before)
        self.noticed.emit(Notice(text, undoable=True))

    def forget_story(self) -> None:
        """The latest reaction is no longer what undo would take back."""
        self._story = None

    def shown(self) -> None:
        """The first rows are on the screen: keep what they were, once for each list.

        The plain list is no prediction, and the same tracks in the same order are the same list.
        """
        view, ids = self.view, tuple(row.track.track_id for row in self.view.rows)
        if view.is_fallback or not ids or ids == self._seen:
            return
        self._seen = ids
        now = datetime.now(UTC)
        self._listening.record_impressions(
            [
                Impression(
                    now, position, row.track.track_id, row.prediction.score,
                    row.prediction.probability, self.model_version,
                )
                for position, row in enumerate(view.rows)
            ]
        )  # fmt: skip

    def choice_of(self, track_id: int) -> Choice | None:
        """The choice that the row of this track stands for, None when it is not in the list."""
        for position, row in enumerate(self.view.rows):
            if row.track.track_id == track_id:
                return chosen_row(row, position, self.model_version)
        return None

    def _on_list(self, latest: PredictedList) -> None:
        tracks = {
            track.track_id: track
            for track in self._library.tracks([row.track_id for row in latest.rows])
        }
        unwanted = self._excluded() | self.broken
        rows = tuple(
            PredictedRow(tracks[row.track_id], row)
            for row in latest.rows
            if row.track_id in tracks and row.track_id not in unwanted
        )
        self.model_version = latest.model_version
        self.view = PredictedView(rows, latest.note, latest.is_fallback, latest.answers)
        self.changed.emit(self.view)
        if self._story is not None and latest.answers >= self._story[0]:
            _, text, before = self._story
            self._story = None
            count = risen(before, self.view)
            if count:
                songs = "1 song" if count == 1 else f"{count} songs"
                self.noticed.emit(Notice(f"{text} {songs} moved up.", undoable=True))


def chosen_row(row: PredictedRow, position: int, model_version: str) -> Choice:
    """The choice that a predicted row stands for."""
    return Choice(
        row.track,
        Origin.PREDICTED,
        list_position=position,
        score=row.prediction.score,
        model_version=model_version,
    )


def risen(before: PredictedView, after: PredictedView) -> int:
    """How many rows overtook another, or came in above one.

    Closing the gap that a song left is no rise: after a skip every row would have one.
    """
    ids = [row.track.track_id for row in after.rows]
    stayed = [row.track.track_id for row in before.rows if row.track.track_id in set(ids)]
    old = {track_id: place for place, track_id in enumerate(stayed)}
    count = below = 0
    for track_id in reversed(ids):
        if track_id in old:
            below += 1
            count += old[track_id] > len(stayed) - below
        else:
            count += below > 0
    return count
