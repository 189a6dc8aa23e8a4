"""Joins decoded sound sample by sample, and knows which sample is where in the output.

Sound here is 16-bit little-endian stereo; a frame is one sample of both channels, 4 bytes.
"""

from __future__ import annotations

import importlib
import threading
from collections import deque
from dataclasses import dataclass

FRAME_BYTES = 4
WAIT_FOR_SOUND_S = 0.04
GAP_FRAMES = 441
KEPT_SPANS = 64
MEMORY_FRAMES = 200_000


class SoundBuffer:
    """Decoded sound of one medium: a decoder appends, the mixer takes. Safe across threads."""

    def __init__(self, gain: float = 1.0) -> None:
        if gain != 1.0:
            # Here and not on top, because the start of the program would wait for it; and not
            # only when the output asks for sound, because the output must not wait.
            importlib.import_module("numpy")
        self._gain = gain
        self._blocks: deque[bytes] = deque()
        self._offset = 0
        self._ended = False
        self._appended_bytes = 0
        self._taken_bytes = 0
        self._changed = threading.Condition()

    def append(self, block: bytes) -> None:
        """Add decoded frames."""
        with self._changed:
            self._blocks.append(block)
            self._appended_bytes += len(block)
            self._changed.notify_all()

    def end(self) -> None:
        """No more frames will come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def ended(self) -> bool:
        """Whether all frames are there."""
        return self._ended

    @property
    def exhausted(self) -> bool:
        """Whether all frames have been taken."""
        with self._changed:
            return self._ended and self._taken_bytes == self._appended_bytes

    @property
    def total_frames(self) -> int:
        """Frames appended so far."""
        return self._appended_bytes // FRAME_BYTES

    @property
    def taken_frames(self) -> int:
        """Frames taken so far."""
        return self._taken_bytes // FRAME_BYTES

    @property
    def waiting_frames(self) -> int:
        """Frames appended and not taken yet."""
        with self._changed:
            return (self._appended_bytes - self._taken_bytes) // FRAME_BYTES

    def wait(self, timeout_s: float) -> None:
        """Wait until there is something to take or nothing will be."""
        with self._changed:
            self._changed.wait_for(lambda: self._blocks or self._ended, timeout_s)

    def take(self, max_bytes: int) -> bytes:
        """At most `max_bytes` of sound with the gain applied; empty when there is none now."""
        with self._changed:
            if not self._blocks:
                return b""
            block = self._blocks[0]
            part = block[self._offset : self._offset + max_bytes]
            self._offset += len(part)
            if self._offset >= len(block):
                self._blocks.popleft()
                self._offset = 0
            self._taken_bytes += len(part)
        return part if self._gain == 1.0 else amplify(part, self._gain)


def amplify(sound: bytes, gain: float) -> bytes:
    """The same frames, louder or softer; what would overflow is limited, never wrapped."""
    import numpy as np

    samples = np.frombuffer(sound, "<i2").astype(np.float32) * gain
    limited = np.clip(np.rint(samples), -32768, 32767).astype("<i2")
    return bytes(limited.tobytes())


@dataclass(frozen=True, slots=True)
class Span:
    """From output frame `at` on sounds `buffer` from its frame `frame`; None is silence."""

    at: int
    buffer: SoundBuffer | None
    frame: int


class Mixer:
    """Gives the output an endless row of frames: one buffer after the other, then silence."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buffers: deque[SoundBuffer] = deque()
        self._spans: deque[Span] = deque(maxlen=KEPT_SPANS)
        self._memory: deque[tuple[int, SoundBuffer | None, bytes]] = deque()
        self._given = 0
        self._prelude = 0

    def load(self, *buffers: SoundBuffer) -> None:
        """Sound these from now on, and nothing of what was loaded before."""
        with self._lock:
            self._buffers = deque(buffers)

    def follow_with(self, buffer: SoundBuffer | None) -> None:
        """Sound `buffer` after the present one, in place of what should have followed."""
        with self._lock:
            while len(self._buffers) > 1:
                self._buffers.pop()
            if buffer is not None:
                self._buffers.append(buffer)

    def restart(self, prelude_frames: int = 0) -> None:
        """Count output frames from zero again; begin with some silence."""
        with self._lock:
            self._given = 0
            self._spans.clear()
            self._memory.clear()
            self._prelude = prelude_frames

    def read(self, max_bytes: int) -> bytes:
        """The next frames of the output; silence where there is no sound in time."""
        max_bytes -= max_bytes % FRAME_BYTES
        with self._lock:
            if self._prelude:
                frames = min(self._prelude, max_bytes // FRAME_BYTES)
                self._prelude -= frames
                return self._give(None, 0, bytes(frames * FRAME_BYTES))
            while len(self._buffers) > 1 and self._buffers[0].exhausted:
                self._buffers.popleft()
            present = self._buffers[0] if self._buffers else None
        if present is not None and not present.exhausted:
            present.wait(WAIT_FOR_SOUND_S)
        with self._lock:
            if present is not None and self._buffers and self._buffers[0] is present:
                frame = present.taken_frames
                sound = present.take(max_bytes)
                if sound:
                    return self._give(present, frame, sound)
                if present.exhausted and len(self._buffers) > 1:
                    self._buffers.popleft()
                    following = self._buffers[0]
                    frame = following.taken_frames
                    sound = following.take(max_bytes)
                    if sound:
                        return self._give(following, frame, sound)
            return self._give(None, 0, bytes(min(max_bytes, GAP_FRAMES * FRAME_BYTES)))

    def _give(self, buffer: SoundBuffer | None, frame: int, sound: bytes) -> bytes:
        if not self._spans or self._spans[-1].buffer is not buffer:
            self._spans.append(Span(self._given, buffer, frame))
        self._memory.append((self._given, buffer, sound))
        self._given += len(sound) // FRAME_BYTES
        while self._given - self._memory[0][0] > MEMORY_FRAMES:
            self._memory.popleft()
        return sound

    def unheard(self, buffer: SoundBuffer, output_frame: int) -> bytes:
        """What of a buffer was given to the output but is after a frame of it."""
        with self._lock:
            parts = [
                sound[max(0, output_frame - at) * FRAME_BYTES :]
                for at, given, sound in self._memory
                if given is buffer
            ]
        return b"".join(parts)

    @property
    def given_frames(self) -> int:
        """Frames read since the last restart."""
        with self._lock:
            return self._given

    def sounding_at(self, output_frame: float) -> tuple[SoundBuffer | None, int]:
        """The buffer heard at an output frame and the frame of it; None before the first."""
        with self._lock:
            buffer, frame = None, 0
            spans = list(self._spans)
            for index, span in enumerate(spans):
                if span.at > output_frame:
                    break
                if span.buffer is None:
                    continue
                end = spans[index + 1].at if index + 1 < len(spans) else self._given
                buffer = span.buffer
                frame = span.frame + int(min(output_frame, end) - span.at)
            return buffer, frame
