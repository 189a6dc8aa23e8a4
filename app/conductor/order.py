"""What plays next: repeat, then the user's queue, then the top of the predicted list."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from app.conductor.list_keeper import ListKeeper, chosen_row
from app.conductor.playing import Choice
from app.conductor.queue_keeper import QueueKeeper
from app.conductor.up_next import PredictedRow, PredictedView
from app.library.track import Track
from app.listening.events import Origin
from app.player.queue import Queue


class PlayOrder:
    """Decides what comes next from the queue and the predicted list."""

    def __init__(self) -> None:
        self.repeat = "off"
        """One of "off", "one" and "all"."""
        self.latest: Choice | None = None
        """What is on, or was last."""
        self.avoid_artist = ""
        """Whose songs come last just now."""

    def choose(self, by_itself: bool, queue: QueueKeeper, predicted: ListKeeper) -> Choice | None:
        """What comes next; `by_itself` when the present track ends on its own."""
        if by_itself and self.repeat == "one" and self.latest is not None:
            return Choice(self.latest.track, self.latest.origin)
        queued = from_queue(queue.queue, queue.tracks(), predicted.broken)
        if queued is not None:
            return queued
        avoid = self.excluded(queue.queue) | predicted.broken
        return from_predicted(predicted.view, predicted.model_version, avoid, self.avoid_artist)

    def excluded(self, queue: Queue) -> set[int]:
        """What must not be predicted: the queue and what is on."""
        ids = {entry.track_id for entry in queue.entries}
        if self.latest is not None:
            ids.add(self.latest.track.track_id)
        return ids

    def rotate(self, queue: QueueKeeper, choice: Choice) -> None:
        """Under repeat all what the user chose goes to the end of the queue."""
        if self.repeat == "all" and choice.origin is not Origin.PREDICTED:
            queue.set(queue.queue.add([choice.track.track_id]))


def from_queue(queue: Queue, tracks: dict[int, Track], broken: Collection[int]) -> Choice | None:
    """The first entry that can be played now; others stay where they are."""
    for entry in queue.entries:
        track = tracks.get(entry.track_id)
        if track is not None and track.available and track.track_id not in broken:
            return Choice(track, Origin.QUEUE, entry_id=entry.entry_id)
    return None


def from_predicted(
    view: PredictedView,
    model_version: str,
    avoid: Collection[int],
    avoid_artist: str = "",
) -> Choice | None:
    """The top row that can be played and is not to be avoided.

    Rows by `avoid_artist` come last: a list made before a dislike may still be full of them.
    """
    rows = sorted(
        _playable(view, avoid),
        key=lambda item: bool(avoid_artist) and item[1].track.artist == avoid_artist,
    )
    if not rows:
        return None
    position, row = rows[0]
    return chosen_row(row, position, model_version)


def _playable(view: PredictedView, avoid: Collection[int]) -> Iterator[tuple[int, PredictedRow]]:
    for position, row in enumerate(view.rows):
        track = row.track
        if track.available and not track.disliked and track.track_id not in avoid:
            yield position, row
