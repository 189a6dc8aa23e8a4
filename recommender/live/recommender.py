"""The live recommender: five verbs over one listener's state, answering event by event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from numpy.typing import NDArray

from recommender.api import AgentStanding, Event, Origin, Play, Song, Taste, Tuning
from recommender.audio.hearing import Hearing
from recommender.data.arrays import FloatArray, IndexArray
from recommender.data.catalogue import Catalogue
from recommender.experts.base import moment_of
from recommender.experts.factors import Factors
from recommender.experts.sound import Sound
from recommender.experts.staying import Staying
from recommender.experts.trained import Trained
from recommender.live.agent_record import AgentRecord
from recommender.live.checkpoint import read_checkpoint, write_checkpoint
from recommender.live.events import without_retracted
from recommender.live.listed import ListedRecommender, Ranking
from recommender.live.state import ListenerState
from recommender.live.taste import taste_of
from recommender.pipeline.ranker import Scored
from recommender.pipeline.reasons import Reasons

MODEL_VERSION = "live-4"
LESSONS = 300
LESSON_SONGS = 3_000_000
NOTE_FEW = "Only a few plays yet: the list is still getting to know you."
FEW_PLAYS = 20
NOTE_NO_AGENT = "The agent cannot be used now, so the usual ranking has the last word."


class LiveRecommender(ListedRecommender):
    """Learns from each event at once; the same events give the same list.

    `without` names experts to leave out; `deep` adds the network to the linear stage.
    """

    model_version = MODEL_VERSION

    def __init__(
        self, songs: Sequence[Song] = (), *, without: Collection[str] = (), seed: int = 0,
        deep: bool = True,
    ) -> None:  # fmt: skip
        self._without, self._deep = frozenset(without), deep
        self._state = ListenerState(Catalogue(songs), self._without, seed, deep)
        super().__init__(self._state, seed)

    def fit(self, songs: Sequence[Song], events: Iterable[Event]) -> None:
        """Learn from a catalogue and its events in order of time, forgetting what was before.

        All plays enter the log; the weights are taught by the latest of them, so that a long
        history is read within seconds.
        """
        self._take_over(ListenerState(Catalogue(songs), self._without, self._seed, self._deep))
        self._started = None
        standing = without_retracted(events, songs)
        plays = [event for event in standing if isinstance(event, Play)]
        lessons = min(LESSONS, LESSON_SONGS // max(1, len(songs)) + 20)
        cut = plays[-lessons].event_id if len(plays) > lessons else -1
        at = next((n for n, event in enumerate(standing) if event.event_id == cut), 0)
        old, late = standing[:at], standing[at:]
        self._state.load(old)
        for event in late:
            self._state.observe(event)

    def adopt(self, trained: Trained | None) -> None:
        """Go on with what a training gave, None for without; what the events taught stays."""
        self._state.adopt(trained)
        self.model_version = f"{MODEL_VERSION}+{trained.version}" if trained else MODEL_VERSION

    def stacker(self) -> dict[str, NDArray[Any]]:
        """A copy of the scoring stage's weights as the plays have taught them."""
        return self._state.ranker.stacker()

    def scored(self) -> Scored:
        """The candidates with every expert's columns for what comes next, for comparison."""
        return self._ranking()

    def finish_of(self, play: Play) -> float | None:
        """The chance that this play, not yet observed, goes to the end, from what was before it;
        None while too little is known. Raises KeyError for a song not in the catalogue."""
        song, state = self.index_of(play.song_id), self._state
        moment = moment_of(state.history, None, play.at_s - play.heard_ms / 1000)
        listed = play.origin is Origin.PREDICTED
        chances = state.ranker.board.expert(Staying).chances(moment, [song], listed)
        return None if chances is None else float(chances[0])

    def taste(self) -> Taste:
        """What the model believes of its listener now."""
        return taste_of(self._state, self._state.diary, self.model_version, *self._context())

    def standing(self) -> AgentStanding:
        """How the agent did against the usual order, whether it has the last word or not."""
        return self._state.agent.standing()

    @property
    def agent_record(self) -> AgentRecord:
        """Play by play what the agent's order and the usual one thought of the songs."""
        return self._state.agent.record

    def save(self, folder: Path) -> None:
        """Write a checkpoint: `weights.safetensors`, `config.json`, `vocabulary.json`."""
        write_checkpoint(folder, self._state, MODEL_VERSION)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a checkpoint; raises CheckpointError in words for one that cannot be read."""
        made = cls()
        state = read_checkpoint(folder)
        made._without = state.ranker.board.without
        made._take_over(state)
        return made

    def tune(self, tuning: Tuning) -> None:
        """Hold the list so from now on, with `without` beside the experts left out for good."""
        super().tune(tuning)
        self._state.mute(tuning.without)

    def hear(self, hearing: Hearing | None) -> None:
        """Go on with these sounds, None for without; a checkpoint does not keep them."""
        super().hear(hearing)
        self._state.hear(hearing)

    def _take_over(self, state: ListenerState) -> None:
        self._state = self._events = state
        if self._hearing is not None:
            state.hear(self._hearing)
        state.mute(self._tuning.without)

    def _ranking(self, also: Collection[int] = ()) -> Scored:
        return self._state.scored(*self._context(), also)

    def _directions(self, songs: IndexArray) -> FloatArray | None:
        return self._state.ranker.board.expert(Factors).directions(songs)

    def _speaker(self, ranking: Ranking) -> Reasons:
        assert isinstance(ranking, Scored)
        weights = self._state.ranker.linear.effective(ranking.signals)
        asked = self._state.rocchio.asked(ranking.moment)
        sound = self._state.ranker.board.expert(Sound)
        return Reasons(self._state.history, ranking, weights, self._state.liked, asked, sound,
                       self._last_word(ranking))  # fmt: skip

    def _last_word(self, ranking: Ranking) -> FloatArray | None:
        agent = self._state.agent
        if not (self._tuning.agent and agent.is_trusted and isinstance(ranking, Scored)):
            return None
        return agent.moved(ranking)

    def _finishes(self, ranking: Ranking, songs: Sequence[int]) -> list[float | None]:
        chances = self._state.ranker.board.expert(Staying).chances(ranking.moment, songs)
        return [None] * len(songs) if chances is None else chances.tolist()

    def _finish_reason(self, ranking: Ranking, song: int) -> str:
        return self._state.ranker.board.expert(Staying).reason(ranking.moment, song)

    def _usual_note(self) -> str:
        if self._tuning.agent and self._state.agent.trouble:
            return NOTE_NO_AGENT
        return NOTE_FEW if self._state.history.size < FEW_PLAYS else ""
