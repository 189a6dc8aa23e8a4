"""What the user says, and skips: saved first, then shown, told to the recommender, undoable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from app.autoplay.client import AutoplayClient
from app.conductor.list_keeper import ListKeeper
from app.conductor.undo import ReactionStep, SkipStep, UndoStack
from app.conductor.up_next import Notice
from app.library.track import Track
from app.listening.events import (
    OPINIONS,
    Correction,
    Feedback,
    FeedbackKind,
    Forgotten,
    Recorded,
    Said,
    Undone,
)
from app.listening.store import ListeningStore
from app.signals import Signal

_NAMES = {
    FeedbackKind.LIKE: "the like of",
    FeedbackKind.DISLIKE: "the dislike of",
    FeedbackKind.CLEAR: "the change of mind about",
    FeedbackKind.MORE: "the wish for more like",
    FeedbackKind.LESS: "the wish for less like",
    FeedbackKind.NOT_NOW: "the refusal of",
}

_OF_THE_MOMENT = {
    FeedbackKind.MORE: "More like “{}”.",
    FeedbackKind.LESS: "Less like “{}”.",
    FeedbackKind.NOT_NOW: "“{}” stays out for this session.",
}

Skip = Callable[[], SkipStep | None]
"""Gives the skip that came along, once that is saved."""


def no_skip() -> None:
    """Nothing was skipped."""


class Reactions:
    """What the user said of tracks and of their own taste, and the way back."""

    def __init__(
        self,
        listening: ListeningStore,
        autoplay: AutoplayClient,
        predicted: ListKeeper,
        undo: UndoStack,
    ) -> None:
        self.opinion_changed: Signal[[int, bool, bool]] = Signal()
        self.noticed: Signal[[Notice]] = Signal()
        self.forgotten: Signal[[]] = Signal()
        """A forgetting was saved, or its undo."""
        self._listening = listening
        self._autoplay = autoplay
        self._predicted = predicted
        self._undo = undo
        self._opinions: dict[int, FeedbackKind] = {}

    def like(self, track: Track) -> None:
        """Like a track, or take the like back."""
        if self.opinion(track) is FeedbackKind.LIKE:
            self._say(track, FeedbackKind.CLEAR, f"“{track.title}” is no longer liked.")
        else:
            self._say(track, FeedbackKind.LIKE, f"Liked “{track.title}”.")

    def dislike(self, track: Track, skip: Skip = no_skip) -> None:
        """Dislike a track, or take that back; `skip` is of the track when it was on."""
        if self.opinion(track) is FeedbackKind.DISLIKE:
            self._say(track, FeedbackKind.CLEAR, f"“{track.title}” may be predicted again.")
        else:
            text = f"“{track.title}” will not be predicted again."
            self._say(track, FeedbackKind.DISLIKE, text, skip)

    def wish(self, track: Track, kind: FeedbackKind, skip: Skip = no_skip) -> None:
        """More or less like a track, or not that one now: for this session only."""
        self._say(track, kind, _OF_THE_MOMENT[kind].format(track.title), skip)

    def believe(self, said: Correction | Forgotten, name: str) -> None:
        """Correct what the recommender believes, or let it forget; `name` is for people."""
        if isinstance(said, Forgotten):
            text, what = f"What you played of {name} is forgotten.", f"the forgetting of {name}"
        elif said.value:
            text = f"{'More' if said.value > 0 else 'Less'} of {name} from now on."
            what = f"your word on {name}"
        else:
            text = f"Your word on {name} no longer counts."
            what = f"the change of mind about {name}"
        self._record(said, text, what, self._believed)

    def opinion(self, track: Track) -> FeedbackKind | None:
        """What holds for a track, with what is still being saved."""
        kind = self._opinions.get(track.track_id)
        if kind is not None:
            return None if kind is FeedbackKind.CLEAR else kind
        if track.liked:
            return FeedbackKind.LIKE
        return FeedbackKind.DISLIKE if track.disliked else None

    def skipped(self, step: SkipStep) -> None:
        """A skip on its own was saved."""
        self._undo.push(step)
        self._predicted.request_with_story(f"Skipped “{step.playing.track.title}”.")

    def take_back(self, step: ReactionStep) -> None:
        """Undo a reaction, and the skip that came with it."""
        self._listening.undo(step.event_id, self._on_undone, self._refused)
        if step.skip is not None:
            self._listening.undo(step.skip.event_id, self._on_undone)
        self.noticed.emit(Notice(f"Taken back: {step.text}."))

    def take_back_skip(self, step: SkipStep) -> None:
        """Undo a skip."""
        self._listening.undo(step.event_id, self._on_undone, self._refused)
        self.noticed.emit(Notice(f"Taken back: the skip of “{step.playing.track.title}”."))

    def _say(self, track: Track, kind: FeedbackKind, text: str, skip: Skip = no_skip) -> None:
        lasts = kind in OPINIONS
        if lasts:
            self._opinions[track.track_id] = kind

        def saved(recorded: Recorded) -> None:
            if lasts and self._opinions.get(track.track_id) is kind:
                del self._opinions[track.track_id]
            if lasts:
                self._tell_opinion(track.track_id, kind)

        said = Feedback(track.track_id, kind, datetime.now(UTC))
        self._record(said, text, f"{_NAMES[kind]} “{track.title}”", saved, skip)

    def _record(
        self, said: Said, text: str, what: str, saved: Callable[[Recorded], None],
        skip: Skip = no_skip,
    ) -> None:  # fmt: skip
        """Save what was said; then tell it, offer its undo and ask for the list that follows it."""

        def on_saved(recorded: Recorded) -> None:
            self._undo.push(ReactionStep(recorded.event_id, what, skip()))
            saved(recorded)
            self._autoplay.observe_feedback(recorded)
            self._predicted.request_with_story(text)

        self._listening.record_feedback(said, on_saved)

    def _believed(self, recorded: Recorded) -> None:
        if isinstance(recorded.event, Forgotten):
            self.forgotten.emit()

    def _on_undone(self, undone: Undone) -> None:
        event = undone.undone.event
        self._believed(undone.undone)
        if isinstance(event, Feedback) and event.kind in OPINIONS:
            self._tell_opinion(event.track_id, undone.opinion)
        self._autoplay.retract(undone.undone.event_id)
        self._predicted.request()

    def _refused(self, sentence: str) -> None:
        self.noticed.emit(Notice(sentence))

    def _tell_opinion(self, track_id: int, kind: FeedbackKind | None) -> None:
        liked, disliked = kind is FeedbackKind.LIKE, kind is FeedbackKind.DISLIKE
        self.opinion_changed.emit(track_id, liked, disliked)
