"""How it sounds: libVLC decodes, the mixer joins without a gap, libVLC plays the result.

Every call into libVLC is made on the engine's thread; callbacks only post to it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.player.engine import Media, PlaybackState
from app.player.engine_thread import Backend, Host
from app.player.media_errors import (
    broke_off,
    is_stream,
    no_answer,
)
from app.player.silent_engine import SilentBackend
from app.player.vlc_deck import Deck
from app.player.vlc_item import OPEN_TIMEOUT_S, STALL_TIMEOUT_S, Item
from app.player.vlc_library import no_sound_device
from app.player.vlc_opening import Opener
from app.player.vlc_stage import Stage

log = logging.getLogger(__name__)

TICK_S = 0.05
TITLE_PERIOD_S = 1.0
LIVE_PAUSE_S = 5.0
CLOSE_PATIENCE_S = 1.0


class VlcBackend:
    """Two decks, a mixer and an output."""

    name = "vlc"

    def __init__(
        self,
        host: Host,
        vlc: Any,
        instance: Any,
        open_timeout_s: float = OPEN_TIMEOUT_S,
        stall_timeout_s: float = STALL_TIMEOUT_S,
        wake: Callable[[], Backend] | None = None,
    ) -> None:
        """`wake` makes such a backend anew, to try again after the sound device was lost."""
        self._wake = wake
        self._host = host
        self._instance = instance
        self._open_timeout_s = open_timeout_s
        self._stall_timeout_s = stall_timeout_s
        self._opener = Opener(host, vlc, instance, open_timeout_s, self._fail)
        self._stage = Stage(vlc, instance, lambda: host.call_soon(self._woken))
        self._output = self._stage.output
        self._current: Item | None = None
        self._next: Item | None = None
        self._state = PlaybackState.STOPPED
        self._held = False
        self._paused_at = 0.0
        self._moved_at = 0.0
        self._title_at = 0.0
        self._told_sound = False

    # What the user asks for.

    def play(self, media: Media) -> None:
        """Drop everything and open `media`."""
        self._forget()
        self._held = False
        self._current = Item.of(media)
        self._set_state(PlaybackState.OPENING)
        self._opener.check(self._current, self._open)

    def prepare(self, media: Media | None) -> None:
        """Open `media` to be joined to the present one."""
        if self._state is PlaybackState.PLAYING and self._output.running:
            self._follow()
        dropped, self._next = self._next, None
        if dropped is not None:
            self._stage.part()
            if dropped.buffer is not None and dropped.buffer.taken_frames:
                self._take_back()
            dropped.close()
        if media is not None:
            self._next = Item.of(media)
            self._opener.check(self._next, self._open)

    def pause(self) -> None:
        """Hold the output; the decks hold by themselves when they are far enough ahead."""
        if self._state is PlaybackState.PLAYING:
            self._output.pause()
            self._paused_at = time.monotonic()
            self._tell_position()
            self._set_state(PlaybackState.PAUSED)
        elif self._state is PlaybackState.OPENING:
            self._held = True

    def resume(self) -> None:
        """Go on; a radio station goes on with what it sends now."""
        item = self._current
        if self._state is PlaybackState.OPENING:
            self._held = False
        elif self._state is PlaybackState.PAUSED and item is not None:
            self._set_state(PlaybackState.PLAYING)
            self._moved_at = time.monotonic()
            if item.seeking is not None:
                return
            if item.is_live and time.monotonic() - self._paused_at > LIVE_PAUSE_S:
                self._reopen(item, item.position_ms)
            elif self._output.running:
                self._output.resume()
            else:
                self._sound(item)

    def stop(self) -> None:
        """Silence, and forget both media."""
        self._forget()
        self._set_state(PlaybackState.STOPPED)

    def seek(self, position_ms: int) -> None:
        """Open the medium again at another place, and change over when that is decoded."""
        item = self._current
        if item is None:
            return
        if item.is_live:
            self._tell_position()
            return
        length_ms = item.length_ms
        item.position_ms = max(0, min(position_ms, length_ms or position_ms))
        if item.deck is None:
            item.start_ms = item.position_ms
        else:
            self._reopen(item, item.position_ms)
        if self._state is not PlaybackState.OPENING:
            self._tell_position()

    def set_volume(self, percent: int) -> None:
        """0 to 100."""
        self._output.set_volume(percent)

    def set_muted(self, muted: bool) -> None:
        """Silence without touching the volume."""
        self._output.set_muted(muted)

    def close(self) -> None:
        """Release all of libVLC."""
        self._forget()
        self._stage.close()
        self._opener.wait(CLOSE_PATIENCE_S)
        self._instance.release()

    # What happens by itself.

    def tick(self) -> float | None:
        """Look after decks, joins, ends, time-outs and titles."""
        if self._state is PlaybackState.STOPPED:
            return None
        for item in (self._current, self._next):
            if item is not None:
                self._look_after(item)
        if self._state is PlaybackState.PLAYING and self._output.running:
            self._follow()
        if self._state is PlaybackState.PLAYING and self._output.running:
            self._watch_device()
        return TICK_S if self._current is not None else None

    def _watch_device(self) -> None:
        if self._output.without_device():
            self._go_on_silently()
        elif self._output.sounded and not self._told_sound:
            self._told_sound = True
            self._host.message("")

    def _woken(self) -> None:
        self._output.settle_volume()

    def _open(self, item: Item) -> None:
        item.checked = True
        if item is self._current and item.deck is None:
            item.opened_at = time.monotonic()
            item.deck = self._opener.deck(item, item.start_ms, None)

    def _open_next(self, following: Item, present: Deck) -> None:
        """Decode the next medium at the sample rate of the present one, so that they join."""
        following.opened_at = time.monotonic()
        following.joined = False
        following.deck = self._opener.deck(following, following.start_ms, present.rate_hz)

    def _reopen(self, item: Item, position_ms: int) -> None:
        if item.seeking is not None:
            item.seeking.close()
        rate_hz = self._output.rate_hz or None
        start_ms = 0 if item.is_live else position_ms
        item.seeking = self._opener.deck(item, start_ms, rate_hz)
        item.opened_at = time.monotonic()
        self._stage.part()

    def _look_after(self, item: Item) -> None:
        if item.explaining:
            return
        if item is self._next and item.deck is None:
            present = self._current.deck if self._current is not None else None
            if item.checked and present is not None and present.ready:
                self._open_next(item, present)
            return
        item.learn_length()
        for deck in (item.deck, item.seeking):
            if deck is not None:
                self._opener.settle(item, deck)
        if item not in (self._current, self._next):
            return
        if item is self._current and item.fault:
            self._stage.part()
        if item.seeking is not None and item.seeking.ready:
            self._change_over(item)
        if item is self._next and item.deck is not None and item.deck.ready and not item.joined:
            item.joined = True
            if self._current is not None and not self._stage.join(self._current, item):
                self._take_back()
        waiting = item.deck is None or item.seeking is not None or not item.deck.ready
        if item is self._current and self._state is PlaybackState.OPENING and not waiting:
            self._begin(item)
        elif waiting and time.monotonic() - item.opened_at > self._open_timeout_s:
            self._fail(item, no_answer(item.media.location))

    def _begin(self, item: Item) -> None:
        if self._held:
            self._held = False
            self._set_state(PlaybackState.PAUSED)
            self._paused_at = time.monotonic()
        else:
            self._set_state(PlaybackState.PLAYING)
            self._sound(item)
        self._tell_position()

    def _sound(self, item: Item) -> None:
        """Start the output with what the item's deck has decoded."""
        self._stage.sound(item, self._next)
        self._moved_at = time.monotonic()
        if not item.started:
            item.started = True
            self._host.started(item.media.token)

    def _take_back(self) -> None:
        item = self._current
        if item is None or not self._stage.take_back(item):
            return
        if self._state is PlaybackState.PLAYING:
            self._sound(item)

    def _change_over(self, item: Item) -> None:
        """A seek's deck is ready: it takes the place of the one that sounds."""
        assert item.seeking is not None
        old, item.deck, item.seeking = item.deck, item.seeking, None
        item.fault = ""
        if self._state is PlaybackState.PLAYING:
            self._sound(item)
        else:
            self._output.stop()
        if old is not None:
            old.close()
        if item.deck.buffer.ended and item.ended_early(item.deck):
            item.fault = broke_off(item.media.location)

    def _follow(self) -> None:
        """See what is heard now, and tell of joins and ends."""
        item = self._current
        if item is None or item.seeking is not None:
            return
        heard = self._stage.heard(item, self._next)
        if heard.following and self._next is not None:
            following = self._next
            self._cross_over(item, following)
            item = following
        now = time.monotonic()
        if heard.position_ms is not None and heard.position_ms != item.position_ms:
            item.position_ms = heard.position_ms
            self._moved_at = now
        stalled = now - self._moved_at > self._stall_timeout_s
        joined = self._next is not None and self._next.joined
        if heard.ended and item.fault:
            self._fail(item, item.fault)
        elif heard.ended and (stalled or not joined):
            self._come_to_end(item)
        elif stalled:
            self._fail(item, broke_off(item.media.location))
        else:
            self._tell_position()
            self._tell_title(item)

    def _cross_over(self, ended: Item, following: Item) -> None:
        self._tell_end(ended)
        self._current, self._next = following, None
        following.started = True
        self._moved_at = time.monotonic()
        ended.close()
        self._host.started(following.media.token)

    def _come_to_end(self, item: Item) -> None:
        """The last frame was heard, and nothing has followed yet."""
        following = self._next
        self._tell_end(item)
        item.close()
        self._current, self._next = following, None
        if following is None:
            self._forget()
            self._set_state(PlaybackState.STOPPED)
            return
        self._output.stop()
        if following.buffer is not None and following.buffer.taken_frames:
            following.close()
            self._open(following)
        following.opened_at = time.monotonic()
        self._held = False
        self._set_state(PlaybackState.OPENING)

    def _tell_end(self, item: Item) -> None:
        if item.fault:
            self._host.failed(item.media.token, item.fault)
            return
        length_ms = item.length_ms or item.position_ms
        self._host.position(length_ms, length_ms)
        self._host.finished(item.media.token)

    def _fail(self, item: Item, sentence: str) -> None:
        if item is self._next:
            self._stage.part()
            self._next = None
            item.close()
            self._host.failed(item.media.token, sentence)
        elif item is self._current:
            self._output.stop()
            self._current = None
            item.close()
            self._forget()
            self._host.failed(item.media.token, sentence)
            self._set_state(PlaybackState.STOPPED)

    def _go_on_silently(self) -> None:
        item, following = self._current, self._next
        assert item is not None
        silent = SilentBackend(self._host, wake=self._wake)
        if self._current is not None:
            silent.go_on(
                replace(item.media, start_ms=item.position_ms),
                following.media if following is not None else None,
            )
        self._host.replace_backend(silent)
        self._host.message(no_sound_device())

    def _forget(self) -> None:
        self._stage.clear()
        for item in (self._current, self._next):
            if item is not None:
                item.close()
        self._current = self._next = None

    def _set_state(self, state: PlaybackState) -> None:
        self._state = state
        self._host.state(state)

    def _tell_position(self) -> None:
        if self._current is not None:
            length_ms = self._current.length_ms
            position_ms = self._current.position_ms
            self._host.position(min(position_ms, length_ms or position_ms), length_ms)

    def _tell_title(self, item: Item) -> None:
        now = time.monotonic()
        if item.deck is None or not is_stream(item.media.location) or now < self._title_at:
            return
        self._title_at = now + TITLE_PERIOD_S
        title = item.deck.now_playing
        if title and title != item.title:
            item.title = title
            self._host.stream_title(item.media.token, title)
