"""Why a medium cannot be played, in words that say what to do."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit


class MediaError(Exception):
    """A medium cannot be played; the text is a sentence for the user."""


def is_stream(location: str) -> bool:
    """Whether the location is fetched from a server."""
    return "://" in location and not location.lower().startswith("file://")


def local_path(location: str) -> Path:
    """The file that a path or a `file://` URL names."""
    if location.lower().startswith("file://"):
        return Path(os.fsdecode(unquote_to_bytes(urlsplit(location).path)))
    return Path(location)


def shown_name(location: str) -> str:
    """The last part of a location, safe to show even if its bytes are not UTF-8."""
    if is_stream(location):
        parts = urlsplit(location)
        return parts.hostname or location
    return os.fsencode(local_path(location).name).decode("utf-8", "replace")


def check_file(location: str) -> None:
    """Raise `MediaError` when the file cannot be read at all. May block on a slow drive."""
    name = shown_name(location)
    if "\0" in location:
        raise MediaError("This file's name is not valid. Remove it from the list.")
    path = local_path(location)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise MediaError(f"“{name}” is not a music file. Choose a file instead.")
        if found.st_size == 0:
            raise MediaError(f"“{name}” is empty. Replace it by an intact copy.")
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise MediaError(missing(location)) from None
    except PermissionError:
        raise MediaError(
            f"You may not read “{name}”. Give yourself permission to read it and try again."
        ) from None
    except OSError as error:
        raise MediaError(
            f"“{name}” cannot be read ({error.strerror or error}). "
            "Check the drive it is on and try again."
        ) from None


def missing(location: str) -> str:
    """What to say of a file that is not there."""
    folder = local_path(location).parent
    name = shown_name(location)
    if folder.is_dir():
        return f"“{name}” is not in its folder any more. Put it back or rescan the library."
    return f"“{name}” cannot be found. If it is on a drive that is not connected, connect it."


def not_audio(location: str) -> str:
    """What to say of a file that holds no sound."""
    return (
        f"“{shown_name(location)}” holds no sound that can be played. "
        "It may be damaged; replace it by an intact copy."
    )


def no_answer(location: str) -> str:
    """What to say of a server or a drive that stays silent."""
    name = shown_name(location)
    if is_stream(location):
        return f"{name} does not answer. Check the address and your connection, then try again."
    return f"“{name}” cannot be read: its drive does not answer. Reconnect the drive and try again."


def broke_off(location: str) -> str:
    """What to say when the sound stopped before its end."""
    name = shown_name(location)
    if is_stream(location):
        return f"{name} stopped sending. Check your connection, then play it again."
    return f"“{name}” broke off before its end. Check its drive, or replace the file."


def cannot_open(location: str) -> str:
    """What to say of a stream that could not be opened."""
    if is_stream(location):
        return (
            f"{shown_name(location)} has nothing that can be played at this address. "
            "Check the address."
        )
    return not_audio(location)
