"""Teaching the agent by a listener's own plays."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.served import ServedAgent
from recommender.api import EndReason, Play, Reaction, ReactionKind
from recommender.experts.trained import Trained
from recommender.live.agent_lessons import DIM, lessons_of, song_space, taught_agent
from recommender.live.agent_session import heard_in, reward_of
from recommender.live.parts import Choices, Material, taught_factors, taught_text
from recommender.simulation.crowd import Heard
from tests.recommender.listening import NOON_S, library, play

SONGS = 24
SKIPPED = EndReason.SKIPPED


def genre_lover(sessions: int) -> list[Play]:
    """Plays of twelve songs an evening, by chance; only the folk songs are finished."""
    rng = np.random.default_rng(0)
    events: list[Play] = []
    for evening in range(sessions):
        for turn, song in enumerate(rng.permutation(SONGS)[:12].tolist()):
            end = EndReason.FINISHED if song % 3 == 2 else SKIPPED
            events.append(play(len(events) + 1, song + 1, evening * 1440 + turn * 3, end))
    return events


def told(_: float) -> None:
    """Nobody listens."""


def vectors_of(material: Material) -> Trained:
    history = material.history()
    text = taught_text(material, history, Choices(), told)
    return Trained("1", text=text, factors=taught_factors(history, Choices()))


def test_likes_and_dislikes_belong_to_the_play_nearest_in_time() -> None:
    events = [play(1, 5, 0), play(2, 6, 4, SKIPPED), play(3, 5, 300), play(4, 7, 304)]
    history = Material(library(SONGS), events).history()
    said = [
        Reaction(5, 5, NOON_S + 60 * 5, ReactionKind.LIKE),
        Reaction(6, 6, NOON_S + 60 * 5, ReactionKind.LIKE),
        Reaction(7, 7, NOON_S + 60 * 303, ReactionKind.LIKE),
        Reaction(8, 7, NOON_S + 60 * 305, ReactionKind.DISLIKE),
        Reaction(9, 5, NOON_S + 60 * 900, ReactionKind.LIKE),
        Reaction(10, 99, NOON_S + 60 * 900, ReactionKind.LIKE),
    ]
    heard = heard_in(history, said, 0)
    assert heard.tolist() == [Heard.LIKED, Heard.SKIPPED, Heard.FINISHED, Heard.SKIPPED]
    assert heard_in(history, said, 2).tolist() == [Heard.FINISHED, Heard.SKIPPED]
    assert reward_of(heard).tolist() == [2.0, -0.5, 1.0, -0.5]


def test_plays_become_transitions_that_end_with_their_session() -> None:
    events = [play(1, 1, 0), play(2, 2, 4, SKIPPED), play(3, 3, 300), play(4, 9, 304)]
    history = Material(library(SONGS), events).history()
    vectors = np.zeros((SONGS, 2), np.float32)
    vectors[:3] = [[1, 0], [0, 1], [0.6, 0.8]]
    lessons = lessons_of(history, heard_in(history, [], 0), vectors)
    assert lessons.rewards.tolist() == [1.0, -0.5, 1.0]  # of the fourth song nothing is known
    assert lessons.ended.tolist() == [False, True, False]
    assert (lessons.actions == vectors[:3]).all()
    assert (lessons.next_states[0] == lessons.states[1]).all()
    assert (lessons.states[0] == lessons.states[2]).all()  # a new session begins with nothing
    assert lessons.states[1, :2].tolist() == [1.0, 0.0]  # where the finished songs lie


def test_every_kind_of_vectors_gives_its_part_of_the_space() -> None:
    material = Material(library(SONGS + 2), genre_lover(10))
    trained = vectors_of(material)
    ids, vectors = song_space(trained, [3, 1, 2, 999, SONGS + 2])
    assert ids.tolist() == [1, 2, 3, SONGS + 2]
    assert vectors.shape == (4, 2 * DIM)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert not vectors[3, :DIM].any()  # never played, so in no session
    assert song_space(Trained("1"), [1, 2])[0].size == 0


def test_an_agent_learns_what_its_listener_finishes() -> None:
    material = Material(library(SONGS), genre_lover(30))
    trained, history = vectors_of(material), material.history()
    agent = taught_agent(history, [], trained, material.last_event_id, 0, told)
    assert agent is not None
    assert agent.plays == 360
    served = ServedAgent(agent.weights, agent.dim)
    state = np.zeros((1, served.state_size), np.float32)
    values = served.values(state, agent.vectors[None])[0]
    folk = (agent.song_ids - 1) % 3 == 2
    above = values[folk][:, None] > values[~folk][None, :]
    assert above.mean() > 0.9


@pytest.mark.parametrize("sessions", [0, 5])
def test_too_few_plays_teach_none(sessions: int) -> None:
    material = Material(library(SONGS), genre_lover(sessions))
    trained = Trained("1", text=taught_text(material, material.history(), Choices(), told))
    assert taught_agent(material.history(), [], trained, 0, 0, told) is None


def test_who_never_skips_and_who_has_no_vectors_gets_none() -> None:
    events = [play(turn + 1, turn % SONGS + 1, turn * 4) for turn in range(150)]
    material = Material(library(SONGS), events)
    assert taught_agent(material.history(), [], vectors_of(material), 0, 0, told) is None
    many = Material(library(SONGS), genre_lover(20)).history()
    assert taught_agent(many, [], Trained("1"), 0, 0, told) is None
