"""How long a file sounds, read from its headers."""

from __future__ import annotations

import logging

from app.player.media_errors import local_path

log = logging.getLogger(__name__)


def read_duration_ms(location: str) -> int:
    """Milliseconds of sound in a local file; 0 when it holds none that we know of."""
    path = str(local_path(location))
    return _by_tinytag(path) or _by_mutagen(path)


def _by_tinytag(path: str) -> int:
    from tinytag import TinyTag, TinyTagException

    try:
        duration_s = TinyTag.get(path, tags=False).duration
    except (TinyTagException, OSError, ValueError, ArithmeticError, LookupError) as error:
        log.debug("tinytag on %r: %s", path, error)
        return 0
    return round((duration_s or 0) * 1000)


def _by_mutagen(path: str) -> int:
    import mutagen

    try:
        found = mutagen.File(path)
    except (mutagen.MutagenError, OSError, ValueError, ArithmeticError, LookupError) as error:
        log.debug("mutagen on %r: %s", path, error)
        return 0
    info = getattr(found, "info", None)
    return round(float(getattr(info, "length", 0) or 0) * 1000)
