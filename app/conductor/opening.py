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


class LocationOpener:
    """Resolves on threads of its own; answers come on the window's thread."""

    def __init__(self, reader: Reader, streams: LazyStreams) -> None:
        """`reader` must be one of its own, as reading a file's tags may take long."""
        self._reader = reader
        self._streams = streams
        self._numbers = count()

    def open(self, text: str, deliver: Deliver, fail: Fail) -> None:
        """The tracks behind a URL or path; a playlist gives all of its entries."""

        def resolved(entries: Sequence[PlaylistEntry]) -> None:
            self._add(entries, deliver, fail)

        self._streams.open(text, resolved, fail)

    def open_files(self, paths: Sequence[Path], deliver: Deliver, fail: Fail) -> None:
        """The tracks behind paths, in their order, as one list."""
        found: list[int] = []
        left = list(paths)

        def go_on(track_ids: Sequence[int] = ()) -> None:
            found.extend(track_ids)
            if left:
                self.open(str(left.pop(0)), go_on, failed)
            elif found:
                deliver(found)

        def failed(sentence: str) -> None:
            fail(sentence)
            go_on()

        go_on()

    def _add(self, entries: Sequence[PlaylistEntry], deliver: Deliver, fail: Fail) -> None:
        def work(library: Library) -> list[int]:
            return [_track_id(library, entry) for entry in entries]

        self._reader.ask(
            work, deliver, f"open-{next(self._numbers)}", lambda error: fail(str(error))
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


def _track_id(library: Library, entry: PlaylistEntry) -> int:
    if "://" in entry.location:
        return library.add_stream(entry.location, entry.title)
    return library.add_file(entry.location)
