"""What goes wrong with agents."""


class AgentError(Exception):
    """An agent cannot be made or used; the message tells a person why."""
