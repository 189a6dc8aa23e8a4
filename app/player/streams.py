"""Opens what the user typed or dropped: the address of a stream, or a list of such addresses."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from app.player.fetch import look_at
from app.player.media_errors import MediaError, check_file, local_path, no_answer
from app.player.playlists import (
    PlaylistEntry,
    PlaylistError,
    is_playlist_name,
    parse_playlist,
    read_playlist,
)
from app.signals import Post

TIMEOUT_S = 10.0
TOTAL_TIMEOUT_S = 20.0
MAX_DEPTH = 3
MAX_FETCHES = 12
MAX_ENTRIES = 2_000

Deliver = Callable[[tuple[PlaylistEntry, ...]], None]
Fail = Callable[[str], None]


class StreamRequest:
    """One request that is being looked into; exactly one answer comes, none after `cancel`."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._over = False
        self._cancelled = False
        self._timer: threading.Timer | None = None

    def cancel(self) -> None:
        """Want no answer any more."""
        with self._lock:
            self._over = self._cancelled = True
            if self._timer is not None:
                self._timer.cancel()

    def answer(self, tell: Callable[[], None]) -> None:
        """Give the answer on the window's thread, if none was given and one is still wanted."""
        with self._lock:
            if self._over:
                return
            self._over = True
            if self._timer is not None:
                self._timer.cancel()
        self._post(lambda: self._unless_cancelled(tell))

    def give_up_after(self, timeout_s: float, tell: Callable[[], None]) -> None:
        """Answer by `tell` when nothing else has by then."""
        self._timer = threading.Timer(timeout_s, self.answer, (tell,))
        self._timer.daemon = True
        self._timer.start()

    def _unless_cancelled(self, tell: Callable[[], None]) -> None:
        if not self._cancelled:
            tell()


class StreamOpener:
    """Looks into addresses on threads of its own."""

    def __init__(
        self, post: Post, *, timeout_s: float = TIMEOUT_S, total_timeout_s: float = TOTAL_TIMEOUT_S
    ) -> None:
        self._post = post
        self._timeout_s = timeout_s
        self._total_timeout_s = total_timeout_s

    def open(self, text: str, deliver: Deliver, fail: Fail) -> StreamRequest:
        """Look into an address or a path; `deliver` or `fail` is called on the window's thread."""
        request = StreamRequest(self._post)

        def work() -> None:
            try:
                entries = resolve_address(text, self._timeout_s)
            except (MediaError, PlaylistError) as error:
                sentence = str(error)
                request.answer(lambda: fail(sentence))
            else:
                request.answer(lambda: deliver(entries))

        request.give_up_after(self._total_timeout_s, lambda: fail(no_answer(text.strip())))
        threading.Thread(target=work, name="stream-opener", daemon=True).start()
        return request


def resolve_address(text: str, timeout_s: float = TIMEOUT_S) -> tuple[PlaylistEntry, ...]:
    """What is to be played for an address or a path; blocks, and raises with a sentence."""
    location = as_location(text)
    if location.startswith(("http://", "https://")):
        return tuple(_Resolver(timeout_s).resolve(PlaylistEntry(location), 0))[:MAX_ENTRIES]
    if is_playlist_name(location):
        return tuple(read_playlist(local_path(location)))
    check_file(location)
    path = str(local_path(location).absolute())
    return (PlaylistEntry(path),)


def as_location(text: str) -> str:
    """A path, or an http(s) address with its scheme; raises `MediaError` for anything else."""
    text = text.strip()
    if not text or any(ord(letter) < 32 for letter in text):
        raise MediaError("Type the address of a stream, for example http://radio.example/live.")
    match = re.match(r"([A-Za-z][A-Za-z0-9+.\-]*)://", text)
    if match:
        scheme = match[1].lower()
        if scheme not in ("http", "https", "file"):
            raise MediaError(
                f"Segue does not play “{scheme}” addresses. Use one with http:// or https://."
            )
        return scheme + text[len(scheme) :]
    if Path(text).is_absolute() or Path(text).exists():
        return text
    if re.match(r"(localhost|[\w\-]+(\.[\w\-]+)+)(:\d+)?(/|$)", text):
        return "http://" + text
    raise MediaError(f"“{text[:80]}” is no address. Start it with http:// or https://.")


class _Resolver:
    """Follows lists on servers that name lists on servers, within bounds."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._seen: set[str] = set()

    def resolve(self, entry: PlaylistEntry, depth: int) -> list[PlaylistEntry]:
        self._seen.add(entry.location)
        found = look_at(entry.location, self._timeout_s)
        if found.playlist is None:
            return [PlaylistEntry(entry.location, entry.title or found.name, entry.duration_ms)]
        entries: list[PlaylistEntry] = []
        problem: Exception | None = None
        for inner in parse_playlist(found.playlist, found.url):
            if not is_playlist_name(inner.location):
                entries.append(inner)
            elif self._may_follow(inner.location, depth):
                try:
                    entries.extend(self.resolve(inner, depth + 1))
                except (MediaError, PlaylistError) as error:
                    problem = error
        if not entries and problem is not None:
            raise problem
        if not entries:
            raise MediaError("This list leads only to itself. Use the address of a stream.")
        return entries

    def _may_follow(self, url: str, depth: int) -> bool:
        return url not in self._seen and depth < MAX_DEPTH and len(self._seen) < MAX_FETCHES
