"""How likely a song is played to the end, in words that claim no more than is known."""

from __future__ import annotations

VERDICTS = (
    (8, "You will most likely let this play to the end"),
    (6, "You will probably let this play to the end"),
    (4, "You may let this play to the end, or skip it"),
    (2, "You will probably skip this"),
    (0, "You will most likely skip this"),
)
"""By the tenths that are told, so that figure and words never disagree."""


def verdict(chance: float) -> str:
    """What a chance from 0 to 1 comes to.

    >>> verdict(0.72)
    'You will probably let this play to the end'
    """
    tenths = round(chance * 10)
    return next((words for least, words in VERDICTS if tenths >= least), VERDICTS[-1][1])


def in_ten(chance: float) -> str:
    """A chance from 0 to 1 to the tenth, which is as far as it can be known.

    >>> in_ten(0.72), in_ten(0.98)
    ('about 7 in 10', 'over 9 in 10')
    """
    tenths = round(chance * 10)
    if tenths <= 0:
        return "under 1 in 10"
    return f"about {tenths} in 10" if tenths < 10 else "over 9 in 10"


def finish_line(chance: float) -> str:
    """Both in a line, for tips and screen readers."""
    return f"Chance that you let it play to the end: {in_ten(chance)}"
