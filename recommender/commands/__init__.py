"""The commands behind `python -m recommender`, a module each.

A module has `add_arguments(parser)` and `run(arguments)`, which returns the text to print and
raises CommandError, or one of the errors in `mendable`, for what the user can mend.
"""

from __future__ import annotations


class CommandError(Exception):
    """A command that could not be done; the message says why in a sentence."""


def mendable() -> tuple[type[Exception], ...]:
    """The errors whose message is a sentence for the user; imported only when one is due."""
    from recommender.agents.errors import AgentError
    from recommender.api import CheckpointError
    from recommender.data.formats import ReadError
    from recommender.models.base import OptionError
    from recommender.models.registry import UnknownModelError
    from recommender.simulation.crowd import SimulationError
    from recommender.training.settings import TrainingError

    known = (CheckpointError, ReadError, OptionError, UnknownModelError, TrainingError)
    return (CommandError, AgentError, SimulationError, *known, OSError)
