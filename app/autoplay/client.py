"""The player's side of the recommender: tells it what happened, hands its list to the window."""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from pathlib import Path

from app.autoplay import fallback, messages, questions
from app.autoplay.bulletin import Bulletin
from app.autoplay.catalogue import to_event
from app.autoplay.choice import LIVE, LIVE_MODEL, OWN, ModelChoice
from app.autoplay.link import Handover, Link, Loss
from app.autoplay.prediction import PredictedList, Prediction, prediction_of
from app.autoplay.process import Job
from app.autoplay.questions import DeliverExplanation, DeliverNear, DeliverTaste, Questions
from app.autoplay.substitute import Substitute
from app.listening.events import PlayEvent, Recorded
from app.listening.records import to_ms
from app.signals import Post, Signal
from recommender.api import AgentStanding, Retracted, Started, Tuning

log = logging.getLogger(__name__)


STARTING = "The recommender is getting ready"
RESTARTING = "The recommender is restarting"
OFF = "The recommender is switched off"
GIVE_UP_AT_START, GIVE_UP = 2, 4
"""After so many crashes in a row a chosen model is left: before it was ever ready, or later."""


class AutoplayClient:
    """Used on the window's thread; every call returns at once, every signal comes through `post`.

    Events must have been saved before they are told: a process that dies takes nothing with it,
    the next one reads the database. Until it answers, `list_changed` brings a plain list that
    says so. `checkpoints` is a folder for what the model learned; it may be deleted at any time.
    """

    def __init__(
        self,
        database: Path,
        post: Post,
        *,
        spawn: bool = True,
        checkpoints: Path | None = None,
        model: str = LIVE_MODEL,
        sounds: Path | None = None,
    ) -> None:
        """`model` stands for Segue's own, as long as no other is chosen; `sounds` is where it is
        kept how the library's files sound."""
        self.list_changed: Signal[[PredictedList]] = Signal()
        self.status_changed: Signal[[str]] = Signal()
        self.model_changed: Signal[[str]] = Signal()
        """How the chosen model is doing, in words; empty when there is nothing to say."""
        self.model_refused: Signal[[str]] = Signal()
        """The chosen model cannot be had, and Segue's own makes the list; the words say why."""
        self.adopted: Signal[[str, str]] = Signal()
        """The training's version that serves now, empty for none; and why, if it is not the one
        that was asked for."""
        self._bulletin = Bulletin()
        self.hearing_changed = self._bulletin.hearing_changed
        self.agent_changed = self._bulletin.agent_changed
        self._database, self._post, self._sounds = database, post, sounds
        self._checkpoints = checkpoints or database.parent / "recommender"
        self._own_model = model
        self._choice = self._serving = OWN
        self._generation = 0
        self._link = self._make_link()
        self._substitute = Substitute(database, post, self._on_substitute)
        self._spawn = spawn
        self._opening = STARTING if spawn else OFF
        self._status = ""
        self._is_ready = self._was_ready = False
        self._is_started = self._is_closed = False
        self._handover = Handover()
        self._serial = 0
        self._request: messages.Recommend | None = None
        self._started: Started | None = None
        self._relearn: messages.Relearn | None = None
        self._trained = ""
        self._tuning = Tuning()
        self._questions = Questions()

    @property
    def pid(self) -> int | None:
        """The recommender's process, None while there is none."""
        return self._link.pid

    @property
    def serves_own(self) -> bool:
        """Whether Segue's own model makes the list, or is to make it."""
        return self._serving.name == LIVE

    @property
    def hearing(self) -> str:
        """What compares sounds, in words; empty as long as too few songs were heard."""
        return self._bulletin.hearing.words

    @property
    def agent(self) -> AgentStanding | None:
        """How the agent did against the usual order; None while that is not known, and where
        another model makes the list."""
        return self._bulletin.agent

    def start(self) -> None:
        """Start the process; a plain list answers requests until it is ready."""
        self._is_started = self._spawn
        if self._spawn:
            self._set_status(f"{self._opening}.")
            self._link.start()

    def choose(self, choice: ModelChoice) -> None:
        """Let another model make the list; until it is ready a plain list says so.

        A model that cannot be had gives way to Segue's own; choosing it again is another try.
        """
        self._choice = choice
        if choice != self._serving:
            self._serve(choice)
            if self._spawn and choice.name != LIVE:
                self._opening = f"{choice.title} is getting ready"
            self._say_opening()
        self.model_changed.emit("")

    def started(self, track_id: int, at: datetime) -> None:
        """A track has begun to sound: what follows it is wanted."""
        self._started = Started(track_id, to_ms(at) / 1000)
        if self._is_ready:
            self._link.send(messages.Observe(self._started))

    def observe_play(self, recorded: Recorded) -> None:
        """A play was saved."""
        play = recorded.event
        if isinstance(play, PlayEvent) and self._started == _start_of(play):
            self._started = None
        self._link.send(messages.Observe(to_event(recorded)))

    def observe_feedback(self, recorded: Recorded) -> None:
        """What the listener said was saved: of a track, or of their own taste."""
        self.observe_play(recorded)

    def retract(self, event_id: int) -> None:
        """The undo of an earlier event was saved."""
        self._link.send(messages.Observe(Retracted(event_id)))

    def relearn(self) -> None:
        """Drop what the model keeps, and let it learn again from what is saved; a process that
        dies before it has done so leaves it to the next."""
        self._serial += 1
        self._relearn = messages.Relearn(self._serial)
        if self._is_ready:
            self._link.send(self._relearn)

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on, whatever model makes it; a new one comes by itself."""
        self._tuning = tuning
        if self._is_ready:
            self._link.send(messages.Tune(tuning))

    def adopt(self, folder: str) -> None:
        """Let Segue's own model go on with what a training gave, empty for without."""
        self._trained = folder
        if self._is_ready and self.serves_own:
            self._bulletin.await_agent(bool(folder))
            self._link.send(messages.Adopt(folder))

    def request(self, n: int = 20, exclude: AbstractSet[int] = frozenset()) -> int:
        """Ask for a list without the tracks in `exclude`; the serial comes back as `answers`."""
        self._serial += 1
        self._request = messages.Recommend(self._serial, n, tuple(sorted(exclude)))
        if self._is_ready:
            self._link.send(self._request)
        else:
            self._substitute.ask(self._request)
        return self._serial

    def explain(self, track_id: int, deliver: DeliverExplanation) -> None:
        """Ask why a track stands where it does: summary, `(expert, share, sentence)` rows, and how
        likely it is played to the end, None where that cannot be said."""
        asked = partial(messages.Explain, track_id=track_id)
        self._ask(asked, deliver, questions.AWAY, [], None)

    def ask_taste(self, deliver: DeliverTaste) -> None:
        """Ask what the model believes of its listener; None while there is no model, which the
        status puts into words, and from one that holds no beliefs."""
        self._ask(messages.AskTaste, deliver, None)

    def ask_near(self, track_id: int, n: int, deliver: DeliverNear) -> None:
        """Ask which tracks sound most like this one, the nearest first; or none, and why."""
        asked = partial(messages.AskNear, track_id=track_id, n=n)
        self._ask(asked, deliver, (), questions.NOT_THERE)

    def sounds_changed(self) -> None:
        """Files were listened to; may be called often. A process that starts reads all anyway."""
        self._link.send(messages.SoundsChanged())

    def catalogue_changed(self) -> None:
        """Tracks came, went or changed; may be called often."""
        self._link.send(messages.CatalogueChanged())
        if not self._is_ready and self._request is not None:
            self._substitute.ask(self._request)

    def close(self) -> None:
        """Let the process save and exit; takes 3 s at most, then it is killed."""
        self._is_closed = True
        self._is_ready = False
        self._link.close()
        self._handover.wait()

    def _make_link(self) -> Link:
        """A link to the model that is to serve; what older links still say is not heard."""
        self._generation += 1
        serving, number = self._serving, self._generation
        model = self._own_model if serving.name == LIVE else serving.factory
        kept = serving.checkpoints(self._checkpoints)
        job = Job(self._database, kept, model, serving, sounds=self._sounds)
        return Link(
            job, self._post, partial(self._on_answer, number), partial(self._on_loss, number)
        )

    def _serve(self, choice: ModelChoice) -> None:
        """End the process that there is, and start one with another model once it is gone."""
        self._serving = choice
        old, self._link = self._link, self._make_link()
        self._is_ready = self._was_ready = False
        self._opening = STARTING if self._spawn else OFF
        self._bulletin.set_agent(None)
        if self._is_started:
            self._handover.begin(old, self._link)

    def _say_opening(self) -> None:
        """Tell that there is no model now: in words, and by the plain list."""
        if not self._is_started:
            return
        self._set_status(f"{self._opening}.")
        self._questions.give_up()
        if self._request is not None:
            self._substitute.ask(self._request)

    def _refuse(self, reason: str) -> None:
        """Leave the chosen model for Segue's own, which makes the list until another choice."""
        words = f"{reason} Segue's own model makes the list now."
        log.warning("%s", words)
        self._serve(OWN)
        self._say_opening()
        self.model_changed.emit(words)
        self.model_refused.emit(words)

    def _on_answer(self, generation: int, answer: messages.Answer) -> None:
        if self._is_closed or generation != self._generation:
            return
        if self._questions.take(answer) or self._bulletin.take(answer):
            return
        if isinstance(answer, messages.Ready):
            self._greet(answer)
        elif isinstance(answer, messages.NewList):
            self._show(answer)
        elif isinstance(answer, messages.Adopted):
            self._bulletin.await_agent(False)
            self.adopted.emit(answer.version, answer.trouble)
        elif isinstance(answer, messages.Relearnt):
            if self._relearn == messages.Relearn(answer.serial):
                self._relearn = None
        elif isinstance(answer, messages.Busy) and answer.text:
            self._set_status(answer.text)
        elif isinstance(answer, messages.Refused):
            self._refuse(answer.text)
        elif isinstance(answer, messages.Failed):
            log.warning("The recommender: %s", answer.text)
            self._set_status(answer.text)

    def _greet(self, ready: messages.Ready) -> None:
        """Tell the new process what no database holds: how the list is held, what sounds now and
        which list is wanted."""
        log.info("The recommender knows %d songs and %d events.", ready.songs, ready.events)
        self._is_ready = self._was_ready = True
        self._set_status("")
        if self._relearn is not None:
            self._link.send(self._relearn)
        self._link.send(messages.Tune(self._tuning))
        if self._trained and self.serves_own:
            self._bulletin.await_agent(True)
            self._link.send(messages.Adopt(self._trained))
        if self._started is not None:
            self._link.send(messages.Observe(self._started))
        if self._request is not None:
            self._link.send(self._request)

    def _show(self, answer: messages.NewList) -> None:
        self._set_status("")
        if self._serving == self._choice:
            self.model_changed.emit(answer.note if self._choice.name != LIVE else "")
        rows = tuple(prediction_of(row) for row in answer.rows)
        self.list_changed.emit(
            PredictedList(rows, answer.note, answer.model_version, answers=answer.serial)
        )

    def _ask(
        self, made: Callable[[int], messages.Request], deliver: Callable[..., None], *away: object
    ) -> None:
        """Send a question under a new serial; `away` answers it when no process will."""
        if not self._is_ready:
            deliver(*away)
            return
        self._serial += 1
        self._questions.wait(self._serial, deliver, *away)
        self._link.send(made(self._serial))

    def _on_loss(self, generation: int, loss: Loss) -> None:
        if self._is_closed or generation != self._generation:
            return
        self._is_ready = False
        most = GIVE_UP if self._was_ready else GIVE_UP_AT_START
        if not self.serves_own and loss.crashes >= most:
            times = "twice" if loss.crashes == 2 else f"{loss.crashes} times"
            self._refuse(f"{self._serving.title} failed {times} in a row: {loss.reason}.")
            return
        self._opening = RESTARTING
        if loss.restart_in_s >= 2.0:
            self._opening = (
                f"The recommender keeps stopping ({loss.reason}); "
                f"the next try is in {loss.restart_in_s:g} s"
            )
        self._say_opening()

    def _on_substitute(self, request: messages.Recommend, rows: tuple[Prediction, ...]) -> None:
        if self._is_closed or self._is_ready:
            return
        note = fallback.note_for(rows, self._opening)
        self.list_changed.emit(
            PredictedList(rows, note, "fallback", is_fallback=True, answers=request.serial)
        )

    def _set_status(self, text: str) -> None:
        if text != self._status:
            self._status = text
            self.status_changed.emit(text)


def _start_of(play: PlayEvent) -> Started:
    return Started(play.track_id, to_ms(play.started_at) / 1000)
