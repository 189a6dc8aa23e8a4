"""What people read for the experts that make the list together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_WORDS = {
    "markov": ("What followed before", "Songs that you let follow the present one before."),
    "cooccurrence": ("Heard together", "Songs of the sessions in which the latest songs were."),
    "session_knn": ("Sessions like this one", "What you played when you listened like now."),
    "artists": ("Artists you play", "Artists you come back to, and those that go with them."),
    "popularity": ("Played often", "What you played most, lately more than long ago."),
    "recency": ("Played lately", "How long it is since you heard a song."),
    "clock": ("Time of day", "What you play at this hour and on this day of the week."),
    "novelty": ("New to you", "Songs you have not heard yet, or hardly."),
    "content": ("Tags", "Artist, genre, year and album, as your files name them."),
    "sound": ("Sound", "Songs that sound like what you play, above all those never played."),
    "factors": ("Hidden likeness", "Songs that end up in the same corner of all your listening."),
    "text": ("Words", "Titles, tags and lyrics that speak of the same things."),
    "sequence": ("Flow of the session", "A small net that reads your songs in their order."),
    "skips": ("What you skip", "Songs and artists that you tend to leave early."),
    "staying": ("What you let play", "Songs that you are likely to let play to the end now."),
    "rocchio": ("Your reactions", "Your likes, dislikes and skips of this session and before."),
    "agent": ("The agent", "What it expects your session to be worth, song by song."),
    "library": ("From your library", "A song that waits to be heard."),
    "fallback": ("Simple list", "A plain list, made while the recommender is away."),
}

TITLES: Mapping[str, str] = MappingProxyType({name: words[0] for name, words in _WORDS.items()})

NOT_TO_CHOOSE = ("agent", "library", "fallback")
"""Names in a list's reasons that stand for no expert, or for one that is chosen elsewhere."""


def expert_title(name: str) -> str:
    """The plain name of an expert; one that has none yet is shown under its own."""
    return TITLES.get(name) or name.replace("_", " ").strip().capitalize()


def expert_words(name: str) -> str:
    """What an expert goes by, in a sentence; empty for one that is not known here."""
    return _WORDS[name][1] if name in _WORDS else ""
