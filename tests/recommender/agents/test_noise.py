"""How an agent tries things, and how that becomes less."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.agents.errors import AgentError
from recommender.agents.noise import GaussianNoise, Noise, OrnsteinUhlenbeckNoise, Schedule


def test_a_schedule_falls_in_a_straight_line_and_stays() -> None:
    schedule = Schedule(1.0, 0.2, 10)
    assert [schedule.at(step) for step in (0, 5, 10, 99)] == pytest.approx([1.0, 0.6, 0.2, 0.2])


@pytest.mark.parametrize("numbers", [(0.1, 0.2, 5), (0.1, -0.1, 5), (float("nan"), 0.0, 5)])
def test_a_schedule_that_grows_or_is_no_number_is_refused(
    numbers: tuple[float, float, int],
) -> None:
    with pytest.raises(AgentError, match="must not grow"):
        Schedule(*numbers)
    with pytest.raises(AgentError, match="1 or more"):
        Schedule(1.0, 0.0, 0)


@pytest.mark.parametrize("kind", [GaussianNoise, OrnsteinUhlenbeckNoise])
def test_noise_is_as_large_as_the_schedule_says(
    kind: type[GaussianNoise] | type[OrnsteinUhlenbeckNoise],
) -> None:
    steady: Noise = kind(3, Schedule(0.5, 0.5, 1))
    drawn = np.stack([steady.next(400) for _ in range(60)])[30:]
    assert drawn.shape == (30, 400, 3)
    assert drawn.std() == pytest.approx(0.5, rel=0.1)
    fading: Noise = kind(3, Schedule(0.5, 0.0, 100))
    assert np.abs(fading.next(100)).max() > 0.0
    assert np.abs(fading.next(100)).max() == 0.0


@pytest.mark.parametrize("kind", [GaussianNoise, OrnsteinUhlenbeckNoise])
def test_one_seed_gives_the_same_noise(
    kind: type[GaussianNoise] | type[OrnsteinUhlenbeckNoise],
) -> None:
    schedule = Schedule(1.0, 0.1, 50)
    one, same, other = kind(2, schedule, 5), kind(2, schedule, 5), kind(2, schedule, 6)
    for _ in range(3):
        drawn = one.next(4)
        assert np.array_equal(drawn, same.next(4))
        assert not np.array_equal(drawn, other.next(4))


def test_wandering_noise_hangs_together_and_forgets_at_the_start_of_an_episode() -> None:
    noise = OrnsteinUhlenbeckNoise(1, Schedule(1.0, 1.0, 1))
    drawn = np.stack([noise.next(500)[:, 0] for _ in range(40)])
    assert np.corrcoef(drawn[-2], drawn[-1])[0, 1] == pytest.approx(0.85, abs=0.05)
    noise.begin(np.arange(500) < 250)
    after = noise.next(500)[:, 0]
    assert abs(np.corrcoef(drawn[-1][:250], after[:250])[0, 1]) < 0.2
    assert np.corrcoef(drawn[-1][250:], after[250:])[0, 1] > 0.7
