"""The songs behind a file of simulated sounds, played or not."""

from __future__ import annotations

from pathlib import Path

from recommender.audio.store import SoundStore
from recommender.data.formats.lines import ReadError
from recommender.evaluation.sounding.world import names_of


def library_in(sounds: Path) -> list[tuple[str, str]]:
    """Artist and title of every song in a file of `simulate --sounds`; raises ReadError for any
    other."""
    if not sounds.is_file():
        raise ReadError(f"There is no file {sounds}; `simulate --sounds` writes one.")
    with SoundStore(sounds) as store:
        contents = store.contents()
    try:
        library = [names_of(content) for content in contents]
    except ValueError as error:
        raise ReadError(
            f"{sounds} tells how files sound, not which songs they are; give one that "
            "`simulate --sounds` has written."
        ) from error
    if not library:
        raise ReadError(f"{sounds} holds no sounds; write it anew with `simulate --sounds`.")
    return library
