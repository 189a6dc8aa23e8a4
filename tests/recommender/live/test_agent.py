"""The agent as the last scorer of the live list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.agents.errors import AgentError
from recommender.api import (
    AgentState,
    EndReason,
    Origin,
    Reaction,
    ReactionKind,
    Retracted,
    Tuning,
)
from recommender.experts.trained import Trained
from recommender.live import LiveRecommender
from recommender.live.agent import LEADING, REACH
from recommender.live.agent_part import TaughtAgent
from recommender.live.agent_record import FEWEST_PLAYS, AgentRecord
from recommender.live.recommender import NOTE_NO_AGENT
from recommender.live.trained_store import read_trained, write_trained
from tests.recommender.listening import NOON_S, library, play, plays
from tests.recommender.live.agents import leaning

SONGS = 60
IDS = range(1, SONGS + 1)
CHOSEN = Tuning(agent=True)


def odd(song_id: int) -> float:
    return 0.9 if song_id % 2 else -0.9


def taught(**named: object) -> TaughtAgent:
    agent = leaning(IDS, odd).agent
    assert agent is not None
    return replace(agent, **named)


def listening(trained: Trained | None = None, agent: bool = True) -> LiveRecommender:
    """A recommender that has heard a little, with the agent in charge."""
    model = LiveRecommender(library(SONGS))
    model.fit(library(SONGS), plays([turn * 5 % SONGS + 1 for turn in range(30)]))
    model.adopt(leaning(IDS, odd) if trained is None else trained)
    model.tune(Tuning(agent=agent))
    return model


def shown(model: LiveRecommender, n: int = 20) -> list[int]:
    return [row.song_id for row in model.recommend(n)]


def test_chosen_it_puts_what_it_likes_further_up() -> None:
    model = listening(agent=False)
    usual = shown(model, 10)
    model.tune(CHOSEN)
    by_agent = shown(model, 10)
    assert sum(song % 2 for song in by_agent) > sum(song % 2 for song in usual)
    model.tune(Tuning())
    assert shown(model, 10) == usual


def test_nothing_is_moved_further_than_the_bound() -> None:
    model = listening()
    scored = model.scored()
    moved = model._state.agent.moved(scored)
    assert moved is not None
    assert np.abs(moved).max() <= REACH
    assert moved.any()
    assert np.count_nonzero(moved) <= LEADING + 20


def test_a_row_that_it_moved_up_says_so_and_one_moved_down_does_not() -> None:
    model = listening()
    up, down = (next(song for song in shown(model) if song % 2 == rest) for rest in (1, 0))
    said = {expert: sentence for expert, _, sentence in model.explain(up).parts}
    assert said["agent"].startswith("The agent moved it up: ")
    assert "agent" not in [expert for expert, _, _ in model.explain(down).parts]
    model.tune(Tuning())
    assert "agent" not in [expert for expert, _, _ in model.explain(up).parts]


def test_a_disliked_song_stays_away_however_much_it_is_worth_to_the_agent() -> None:
    model = listening(leaning(IDS, lambda song: 0.99 if song == 44 else 0.0))
    model.observe(Reaction(99, 44, NOON_S + 60 * 130, ReactionKind.DISLIKE))
    assert 44 not in shown(model, SONGS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda agent: replace(agent, vectors=np.full_like(agent.vectors, np.nan)),
        lambda agent: replace(agent, vectors=agent.vectors[:, :1]),
        lambda agent: replace(agent, weights={}),
        lambda agent: replace(agent, weights={
            name: np.full_like(each, np.inf) for name, each in agent.weights.items()}),
        lambda agent: replace(agent, song_ids=agent.song_ids[:-1]),
        lambda agent: replace(agent, weights=agent.weights | {
            "critic.0.weight": np.full_like(agent.weights["critic.0.weight"], 3e38)}),
    ],
    ids=["vectors", "dimensions", "missing", "numbers", "songs", "overflow"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_one_that_cannot_be_used_leaves_the_usual_order_and_says_so(
    spoil: Callable[[TaughtAgent], TaughtAgent],
) -> None:
    usual = shown(listening(agent=False))
    model = listening(Trained("7", agent=spoil(taught())))
    assert shown(model) == usual
    model.observe(play(99, 3, 130))
    shown(model)
    assert model.standing().state is AgentState.BROKEN
    assert model.standing().trouble
    assert model.note == NOTE_NO_AGENT


def test_an_undo_does_not_bring_back_one_that_went_wrong() -> None:
    usual = shown(listening(agent=False))
    model = listening()
    model.observe(play(99, 3, 130))
    model._state.agent._give_up(AgentError("it values songs by figures that are no numbers"))
    model.observe(Retracted(99))
    assert model.standing().state is AgentState.BROKEN
    assert shown(model) == usual


def test_without_a_training_and_among_strange_songs_the_usual_order_stays() -> None:
    usual = shown(listening(agent=False))
    untrained = listening(Trained("7"))
    assert untrained.standing().state is AgentState.UNTRAINED
    assert shown(untrained) == usual
    blind = listening(leaning(range(900, 950), odd))
    assert blind.standing().state is AgentState.BLIND
    assert shown(blind) == usual


def test_each_outcome_teaches_it_within_bounds() -> None:
    model = listening()
    agent = model._state.agent
    before = agent._served
    assert before is not None
    liked = Reaction(98, 44, NOON_S + 60 * 130, ReactionKind.LIKE)
    model.observe(liked)
    after = agent._served
    assert after is not None
    state, vector = agent._session_now(True), agent._look(np.array([43]))[None]
    assert after.values(state, vector) > before.values(state, vector)
    for number in range(200):
        model.observe(play(100 + number, 44, 131 + number, EndReason.SKIPPED))
    assert agent._served is not None
    assert 0 < agent._served.drift() <= 0.2 + 1e-6


def test_plays_are_judged_by_both_orders_before_they_are_learnt() -> None:
    model = listening(agent=False)
    scored = model.scored()
    usual, slot = scored.scores, scored.pool.slot[6]
    moved = model._state.agent.moved(scored)
    assert moved is not None
    wanted = [
        float(np.log(np.exp(scores[slot]) / np.exp(scores).sum()))
        for scores in (usual.astype(np.float64), (usual + moved).astype(np.float64))
    ]
    model.observe(play(99, 7, 121, EndReason.SKIPPED, Origin.PREDICTED))
    record = model.agent_record
    assert record.event_ids.tolist() == [99]
    assert not record.kept[0]
    assert [record.usual[0], record.agent[0]] == pytest.approx(wanted, abs=1e-4)


def test_a_play_taken_back_leaves_the_record_and_what_it_taught() -> None:
    model = listening()
    rows, before = model.recommend(20), model._state.agent._served
    model.observe(play(98, 7, 121, EndReason.SKIPPED))
    model.observe(Reaction(99, 9, NOON_S + 60 * 122, ReactionKind.LIKE))
    assert len(model.agent_record) == 1
    assert model.recommend(20) != rows
    model.observe(Retracted(99))
    model.observe(Retracted(98))
    assert len(model.agent_record) == 0
    assert model._state.agent._served is before
    assert model.recommend(20) == rows


def judged(better: bool) -> AgentRecord:
    """A record in which one order is right wherever the other is wrong, of plays in the log."""
    made = AgentRecord.empty()
    for turn in range(FEWEST_PLAYS):
        kept = bool(turn % 2)
        right = float(kept)
        agent, usual = (right, -right) if better else (-right, right)
        made = made.noted(turn + 1, NOON_S + turn // 6 * 7200, kept, agent, usual)
    return made


def busy(record: AgentRecord) -> LiveRecommender:
    events = plays([turn * 5 % SONGS + 1 for turn in range(FEWEST_PLAYS)])
    model = LiveRecommender(library(SONGS))
    model.fit(library(SONGS), events)
    model.adopt(leaning(IDS, odd, learnt_to=FEWEST_PLAYS, record=record))
    return model


def test_one_that_is_worse_beyond_doubt_gives_the_last_word_back_by_itself() -> None:
    worse, better = busy(judged(better=False)), busy(judged(better=True))
    usual = shown(worse)
    for model in (worse, better):
        model.tune(CHOSEN)
    assert worse.standing().is_worse
    assert better.standing().is_better
    assert shown(worse) == usual
    assert shown(better) != usual


def test_the_record_outlives_a_restart_with_the_same_training_only(tmp_path: Path) -> None:
    model = listening()
    for number in range(5):
        model.observe(play(100 + number, 7 + number, 121 + number))
    rows = model.recommend(20)
    model.save(tmp_path)
    again = LiveRecommender.load(tmp_path)
    again.adopt(leaning(IDS, odd))
    again.tune(CHOSEN)
    assert again.agent_record.event_ids.tolist() == [100, 101, 102, 103, 104]
    assert [row.song_id for row in again.recommend(20)] == [row.song_id for row in rows]
    for other in (leaning(IDS, lambda song: -odd(song)), Trained("8", agent=taught(learnt_to=3))):
        strange = LiveRecommender.load(tmp_path)
        strange.adopt(other)
        assert len(strange.agent_record) == 0


def test_plays_since_the_training_are_learnt_when_it_is_adopted() -> None:
    late = listening(Trained("7", agent=taught(learnt_to=0)))
    known = listening(Trained("7", agent=taught(learnt_to=30)))
    assert late._state.agent._served is not None
    assert known._state.agent._served is not None
    assert late._state.agent._served.drift() > 0
    assert known._state.agent._served.drift() == 0


def test_songs_that_join_are_not_judged_until_the_next_training() -> None:
    model = listening()
    model.update_songs(library(SONGS + 10))
    assert len(shown(model, SONGS + 10)) == SONGS + 10
    assert "agent" not in [expert for expert, _, _ in model.explain(SONGS + 1).parts]


def test_an_agent_is_the_same_from_its_file(tmp_path: Path) -> None:
    trained = leaning(IDS, odd, learnt_to=30, record=judged(better=True))
    write_trained(tmp_path, trained)
    read = read_trained(tmp_path).agent
    assert read is not None
    assert trained.agent is not None
    assert read.key == trained.agent.key
    assert (read.learnt_to, read.plays) == (30, 100)
    assert read.record.figures == trained.agent.record.figures
    assert (read.vectors == trained.agent.vectors).all()
