"""Practising on simulated listeners."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.anchors import PopularityPolicy, RandomPolicy
from recommender.agents.dqn import DQN, DQNSettings
from recommender.agents.errors import AgentError
from recommender.agents.practice import Look, Plan, agent_vectors, practise, session_returns
from recommender.simulation.crowd import Rewards
from tests.recommender.agents.tastes import Tastes

QUICK = DQNSettings(
    hidden=(16,), warmup=64, batch=32, near=6, last=2, known=4, epsilon_steps=500, lr=5e-3
)


def agent(crowd: Tastes, settings: DQNSettings = QUICK) -> DQN:
    return DQN(settings, agent_vectors(crowd), crowd.plays)


def test_an_agent_beats_chance_and_fame_with_listeners_it_has_not_met() -> None:
    crowd, others, judging = Tastes(12), Tastes(6), Tastes(16)
    made, looks = agent(crowd), list[Look]()
    done = practise(
        made, crowd, others, Plan(steps=60, look=30, sessions=1, learn=3), tell=looks.append
    )
    assert tuple(looks) == done.looks
    assert [look.step for look in looks] == [30, 60]
    assert done.best.mean == max(look.mean for look in looks)
    mine = session_returns(made, judging, 2, seed=5)
    for policy in (RandomPolicy(120), PopularityPolicy(crowd)):
        assert mine.mean() > session_returns(policy, judging, 2, seed=5).mean() + 4


def test_the_weights_that_did_best_are_kept() -> None:
    crowd, others = Tastes(8), Tastes(6)
    made, plan = agent(crowd), Plan(steps=40, look=10, sessions=1)
    done = practise(made, crowd, others, plan)
    again = session_returns(made, others, plan.sessions, seed=plan.seed).mean()
    assert again == pytest.approx(done.best.mean)


def test_one_seed_gives_one_agent() -> None:
    first, second = agent(Tastes(6)), agent(Tastes(6))
    for made in (first, second):
        practise(made, Tastes(6), Tastes(6), Plan(steps=15, look=15, slate=3, seed=4))
    for name, each in first.arrays().items():
        assert np.array_equal(each, second.arrays()[name])


class Noting(DQN):
    """Writes down what it is told."""

    def remember(self, before, songs, rewards, after, ended) -> None:
        self.told.append((before, songs, rewards, after, ended))


def test_each_song_of_a_slate_is_remembered_with_its_own_reward() -> None:
    crowd = Tastes(8)
    made = Noting(QUICK, agent_vectors(crowd), crowd.plays)
    made.told = []
    rewards = Rewards(finish=1, skip=-0.25, like=0.5, leave=-2)
    practise(made, crowd, Tastes(2), Plan(steps=12, slate=3, look=12), rewards)
    for before, songs, paid, after, ended in made.told:
        assert np.array_equal(after.songs[:, -1], songs)
        assert np.array_equal(after.songs[:, :-1], before.songs[:, 1:])
        heard = after.heard[:, -1]
        assert (heard > 0).all()
        due = np.select([heard == 1, heard == 2], [-0.25, 1.0], 1.5) - 2 * ended
        assert np.allclose(paid, due)
    assert any(ended.any() for *_, ended in made.told)


def test_an_agent_meets_what_its_guides_choose_at_first() -> None:
    crowd = Tastes(8)
    first = int(crowd.plays.argmax())
    shares = []
    for guides in ([PopularityPolicy(crowd)], []):
        made = Noting(QUICK, agent_vectors(crowd), crowd.plays)
        made.told = []
        practise(made, crowd, Tastes(2), Plan(steps=20, look=20, guided=1.0), guides=guides)
        shares.append(np.mean([(songs == first).mean() for _, songs, *_ in made.told[:2]]))
    assert shares[0] > shares[1] + 0.3


def test_practice_that_diverges_ends_with_a_sentence() -> None:
    crowd = Tastes(8)
    wild = DQNSettings(hidden=(16,), warmup=8, lr=1e30, near=4, last=2, known=2)
    with pytest.raises(AgentError, match=r"diverged.*lower learning rate"):
        practise(agent(crowd, wild), crowd, Tastes(2), Plan(steps=60, look=60, learn=4))


def test_each_listener_counts_with_the_same_number_of_sessions() -> None:
    found = session_returns(RandomPolicy(120), Tastes(5), 3)
    assert found.shape == (15,)
    assert np.array_equal(found, session_returns(RandomPolicy(120), Tastes(5), 3))


def test_what_agents_see_tells_fame_and_how_often_a_song_is_finished() -> None:
    crowd = Tastes(2, 60)
    seen = agent_vectors(crowd)
    assert np.allclose(np.linalg.norm(seen, axis=1), 1, atol=1e-5)
    assert seen[crowd.plays.argmax(), -3] > seen[crowd.plays.argmin(), -3]


def test_the_less_a_log_says_of_a_song_the_less_agents_see_of_where_it_lies() -> None:
    crowd = Tastes(2, 60)
    known = np.linalg.norm(agent_vectors(crowd)[:, :8], axis=1)
    assert known[crowd.plays.argmax()] > known[crowd.plays.argmin()]
    crowd._plays = np.maximum(crowd._plays // 10, 1)
    assert (np.linalg.norm(agent_vectors(crowd)[:, :8], axis=1) <= known + 1e-6).mean() > 0.9


@pytest.mark.parametrize("name", ["steps", "slate", "learn", "look", "sessions"])
def test_a_plan_of_nothing_is_refused_in_words(name: str) -> None:
    with pytest.raises(AgentError, match=f"{name} is 0; give 1 or more"):
        Plan(**{name: 0})


def test_a_chance_of_being_guided_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(AgentError, match="guided is 2"):
        Plan(guided=2)
