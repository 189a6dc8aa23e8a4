"""What goes wrong where agents are judged."""


class JudgingError(Exception):
    """Something that cannot be judged; the message says why and what to do."""
