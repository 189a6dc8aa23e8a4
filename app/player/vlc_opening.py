"""Opens media for the libVLC engine, and finds out why one cannot be played."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from app.player.engine_thread import Host
from app.player.media_errors import (
    MediaError,
    broke_off,
    cannot_open,
    check_file,
    is_stream,
    local_path,
)
from app.player.vlc_deck import Aside, Deck
from app.player.vlc_item import Item

Failed = Callable[[Item, str], None]


class Opener:
    """Makes decks. What may hang is asked on other threads; answers come on the engine's."""

    def __init__(
        self, host: Host, vlc: Any, instance: Any, timeout_s: float, failed: Failed
    ) -> None:
        self._host = host
        self._vlc = vlc
        self._instance = instance
        self._timeout_s = timeout_s
        self._failed = failed
        self._aside = Aside()

    def wait(self, timeout_s: float) -> None:
        """Wait until closed decks are released, if nothing hangs."""
        self._aside.wait(timeout_s)

    def check(self, item: Item, passed: Callable[[Item], None]) -> None:
        """See whether the file can be read at all; its drive may hang."""
        if is_stream(item.media.location):
            passed(item)
            return

        def work() -> None:
            try:
                check_file(item.media.location)
                size_bytes = local_path(item.media.location).stat().st_size
            except MediaError as error:
                self._host.call_soon(partial(self._failed, item, str(error)))
            except OSError:
                self._host.call_soon(partial(self._failed, item, broke_off(item.media.location)))
            else:
                item.size_bytes = size_bytes
                self._host.call_soon(partial(passed, item))

        self._aside.run(work)

    def deck(self, item: Item, start_ms: int, rate_hz: int | None) -> Deck:
        """Begin to decode."""
        return Deck(
            self._vlc,
            self._instance,
            item.media,
            lambda: self._host.call_soon(lambda: None),
            self._aside,
            start_ms=start_ms,
            rate_hz=rate_hz,
            gain=10 ** (item.media.gain_db / 20),
        )

    def settle(self, item: Item, deck: Deck) -> None:
        """Take note of a deck that has come to its end or broken."""
        deck.regulate()
        if deck.buffer.ended or not (deck.at_end or deck.broken):
            return
        empty = deck.buffer.total_frames == 0
        sought = deck.start_ms > 0 and not deck.broken
        if empty and not sought:
            self._explain(item)
            return
        if deck.broken or item.ended_early(deck):
            item.fault = broke_off(item.media.location)
        deck.buffer.end()

    def _explain(self, item: Item) -> None:
        """Nothing came: ask the server itself why, if there is one."""
        location = item.media.location
        if not is_stream(location):
            self._failed(item, cannot_open(location))
            return
        item.explaining = True

        def work() -> None:
            from app.player.fetch import explain

            sentence = explain(location, self._timeout_s) or cannot_open(location)
            self._host.call_soon(partial(self._failed, item, sentence))

        self._aside.run(work)
