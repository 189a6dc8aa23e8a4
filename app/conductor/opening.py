"""Opens what the user names by hand: files, playlists, streams. They become tracks first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from app.library.library import Library
from app.library.reader import Reader
from app.signals import Post

if TYPE_CHECKING:
    from app.player.playlists import PlaylistEntry
    from app.player.streams import StreamOpener

log = logging.getLogger(__name__)

Deliver = Callable[[Sequence[int]], None]
Fail = Callable[[str], None]
Opened = Callable[[Sequence[int], str], None]
"""Takes the tracks, and a sentence about what could not be opened or nothing."""


class LocationOpener:
    """Resolves on threads of its own; answers come on the window's thread."""

    def __init__(self, reader: Reader, streams: LazyStreams) -> None:
        """`reader` must be one of its own, as reading a file's tags may take long."""
        self._reader = reader
        self._streams = streams
        self._numbers = count()

    def open(self, text: str, deliver: Deliver, fail: Fail) -> None:
        """The tracks behind a URL or path; a playlist gives all of its entries.

        `fail` may come after `deliver`: a list can be played although some of it cannot.
        """

        def opened(track_ids: Sequence[int], problem: str) -> None:
            if track_ids:
                deliver(track_ids)
            if problem:
                fail(problem)

        self._open(text, opened)

    def open_files(self, paths: Sequence[Path], deliver: Deliver, fail: Fail) -> None:
        """The tracks behind paths, in their order, as one list."""
        found: list[int] = []
        left = list(paths)

        def go_on(track_ids: Sequence[int] = (), problem: str = "") -> None:
            found.extend(track_ids)
            if problem:
                fail(problem)
            if left:
                self._open(str(left.pop(0)), go_on)
            elif found:
                deliver(found)

        go_on()

    def _open(self, text: str, opened: Opened) -> None:
        def resolved(entries: Sequence[PlaylistEntry]) -> None:
            self._add(entries, opened)

        self._streams.open(text, resolved, lambda sentence: opened((), sentence))

    def _add(self, entries: Sequence[PlaylistEntry], opened: Opened) -> None:
        self._reader.ask(
            lambda library: _add_all(library, entries),
            lambda added: opened(*added),
            f"open-{next(self._numbers)}",
            lambda error: opened((), str(error)),
        )


class LazyStreams:
    """A StreamOpener that is made when first used, for what it imports."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._opener: StreamOpener | None = None

    def open(
        self, text: str, deliver: Callable[[Sequence[PlaylistEntry]], None], fail: Fail
    ) -> None:
        """See `StreamOpener.open`."""
        if self._opener is None:
            from app.player.streams import StreamOpener

            self._opener = StreamOpener(self._post)
        self._opener.open(text, deliver, fail)


def _add_all(library: Library, entries: Sequence[PlaylistEntry]) -> tuple[list[int], str]:
    """The tracks of those entries that can be read, and a sentence about the others."""
    from app.library.containers import UnreadableFileError
    from app.player.media_errors import MediaError, shown_name

    found: list[int] = []
    problems: list[str] = []
    for entry in entries:
        try:
            found.append(_track_id(library, entry))
        except MediaError as error:
            problems.append(str(error))
        except (UnreadableFileError, OSError) as error:
            problems.append(f"“{shown_name(entry.location)}” cannot be read. {error}")
    if len(problems) > 1:
        problems[0] += f" {len(problems) - 1:,} more of this list cannot be played."
    return found, problems[0] if problems else ""


def _track_id(library: Library, entry: PlaylistEntry) -> int:
    from app.player.media_errors import check_file

    if "://" in entry.location:
        return library.add_stream(entry.location, entry.title)
    check_file(entry.location)
    return library.add_file(entry.location)
