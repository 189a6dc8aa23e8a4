"""DQN over candidates."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.dqn import DQN, DQNSettings
from recommender.agents.errors import AgentError
from recommender.agents.practice import agent_vectors
from recommender.simulation.crowd import Heard
from recommender.simulation.sessions import Sessions
from tests.recommender.agents.tastes import COLOURS, Tastes

SMALL = DQNSettings(hidden=(16,), warmup=64, batch=32, near=8, last=4, known=4)


def agent(crowd: Tastes, settings: DQNSettings = SMALL) -> DQN:
    return DQN(settings, agent_vectors(crowd), crowd.plays)


def begun(songs: np.ndarray) -> Sessions:
    made = Sessions.none_yet(len(songs))
    made.songs[:, -1], made.heard[:, -1] = songs, Heard.FINISHED
    return made


def test_it_learns_which_songs_are_worth_playing() -> None:
    crowd, rng = Tastes(1), np.random.default_rng(0)
    made = agent(crowd)
    for _ in range(60):
        seen = begun(rng.integers(0, 120, 32))
        songs = made.explore(seen, 1, rng)[:, 0]
        paid = np.where(songs % COLOURS == seen.songs[:, -1] % COLOURS, 1.0, -1.0)
        made.remember(seen, songs, paid, begun(songs), np.ones(32, bool))
        made.learn(4)
    seen = begun(np.arange(60))
    chosen = made.choose(seen, 3, rng)
    assert (chosen % COLOURS == (np.arange(60) % COLOURS)[:, None]).mean() > 0.9


def test_exploring_becomes_less() -> None:
    crowd, rng = Tastes(1), np.random.default_rng(0)
    made = agent(crowd, DQNSettings(hidden=(8,), epsilon=1.0, least_epsilon=0.0, epsilon_steps=100))
    seen = begun(np.arange(50))
    best = made.choose(seen, 1, rng)
    assert (made.explore(seen, 1, rng) != best).mean() > 0.5
    made.explore(seen, 1, rng)
    assert np.array_equal(made.explore(seen, 1, rng), best)


def test_nothing_is_learnt_before_the_warm_up_ends() -> None:
    crowd, rng = Tastes(1), np.random.default_rng(0)
    made, seen = agent(crowd), begun(np.arange(32))
    before = made.arrays()
    songs = made.explore(seen, 1, rng)[:, 0]
    made.remember(seen, songs, np.ones(32), begun(songs), np.zeros(32, bool))
    assert np.isnan(made.learn())
    made.remember(seen, songs, np.ones(32), begun(songs), np.zeros(32, bool))
    assert np.isfinite(made.learn())
    assert any(not np.array_equal(before[name], each) for name, each in made.arrays().items())


def test_a_reward_that_is_no_number_is_refused_in_words() -> None:
    made, seen = agent(Tastes(1)), begun(np.arange(3))
    with pytest.raises(AgentError, match="not a finite number"):
        made.remember(seen, np.arange(3), np.array([1, np.nan, 0]), seen, np.zeros(3, bool))


@pytest.mark.parametrize(
    ("choices", "said"),
    [({"near": 0}, "near is 0"), ({"hidden": ()}, "hidden layer"), ({"lr": 0.0}, "lr is 0"),
     ({"discount": 1.0}, "discount"), ({"epsilon": 2.0}, "epsilon")],
)  # fmt: skip
def test_choices_that_cannot_be_are_refused_in_words(choices: dict, said: str) -> None:
    with pytest.raises(AgentError, match=said):
        DQNSettings(**choices)
