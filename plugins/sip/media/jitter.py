"""The play-out buffer: packets of any length in, 20 ms out, whatever order and moment they come in.

It works on octets (one a sample in G.711). The delay grows by what came too late and shrinks when there is always more
than needed, so that a sender whose clock differs from ours is followed too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from plugins.sip.media.g711 import FRAME

_SLOTS: Final = 25
_SIZE: Final = _SLOTS * FRAME  # half a second
SHORTEST: Final = 2 * FRAME
LONGEST: Final = 8 * FRAME
_REVIEW: Final = 200
"""Frames between two looks at whether the delay may shrink: 4 s."""
_PATIENCE: Final = 10
"""So many in a row too late, and the stream is taken to begin anew."""


@dataclass(slots=True)
class JitterBuffer:
    """One stream's. Positions are counted from the next sample to be played."""

    quiet: int
    late: int = 0
    _ring: bytearray = field(default_factory=bytearray)
    _filled: bytearray = field(default_factory=lambda: bytearray(_SLOTS))
    _at: int = 0  # where in the ring the next frame begins
    _due: int | None = None  # its timestamp; None until something came
    _ahead: int = 0  # samples up to the newest one
    _delay: int = SHORTEST
    _late_in_a_row: int = 0
    _silent: int = _SLOTS  # frames since one was played; below 0 while waiting for what was given up
    _taken: int = 0
    _least: int = _SIZE

    def __post_init__(self) -> None:
        self._ring = bytearray([self.quiet]) * _SIZE

    def put(self, timestamp: int, payload: bytes) -> None:
        """A packet's octets; their first one was heard at `timestamp`."""
        if self._due is None:
            self._restart(timestamp)
        position = self._position(timestamp)
        if position < -self._silent * FRAME:
            position = self._too_late(timestamp)
        elif position < 0:
            position = self._wait_for(timestamp, position)
        elif position + len(payload) > _SIZE:
            position = self._restart(timestamp)
        if position >= 0:
            self._late_in_a_row = 0
            self._write(position, payload[: _SIZE - position])

    def take(self) -> bytes | None:
        """The next 160 octets; None when there is nothing to play."""
        if self._due is None:
            return None
        self._review()
        slot, at = self._at // FRAME, self._at
        frame = bytes(self._ring[at : at + FRAME]) if self._filled[slot] else None
        self._silent = min(self._silent + 1, _SLOTS) if frame is None else 0
        self._skip(slot, at)
        return frame

    def _position(self, timestamp: int) -> int:
        """Samples until it is due; negative when it should have been played; both wrap at 32 bits."""
        assert self._due is not None
        return ((timestamp - self._due + 0x80000000) & 0xFFFFFFFF) - 0x80000000

    def _restart(self, timestamp: int, silent: int = _SLOTS) -> int:
        """Play what was heard then after the usual delay; answers its position."""
        self._ring[:] = bytes([self.quiet]) * _SIZE
        self._filled[:] = bytes(_SLOTS)
        self._due = (timestamp - self._delay) & 0xFFFFFFFF
        self._at = self._ahead = self._late_in_a_row = 0
        self._silent = silent
        self._forget()
        return self._delay

    def _wait_for(self, timestamp: int, position: int) -> int:
        """A late one, but nothing newer was played: play it now, and wait longer from now on, within bounds."""
        self.late += 1
        frames = -(position // FRAME)
        if self._delay + frames * FRAME <= LONGEST and self._ahead + frames * FRAME < _SIZE:
            self._go_back(frames)
            return position + frames * FRAME
        if self._ahead:
            return position
        return self._restart(timestamp, self._silent + (position - self._delay) // FRAME)

    def _too_late(self, timestamp: int) -> int:
        """Something newer was played already: give it up, but wait a frame longer for the next ones."""
        self.late += 1
        self._late_in_a_row += 1
        if self._late_in_a_row >= _PATIENCE:
            self._delay = SHORTEST
            return self._restart(timestamp)
        if self._delay < LONGEST and self._ahead + FRAME < _SIZE:
            self._go_back(1)
        return -1

    def _go_back(self, frames: int) -> None:
        """Be silent for so long."""
        assert self._due is not None
        self._delay += frames * FRAME
        self._due = (self._due - frames * FRAME) & 0xFFFFFFFF
        self._at = (self._at - frames * FRAME) % _SIZE
        self._ahead += frames * FRAME
        self._silent -= frames
        self._forget()

    def _write(self, position: int, payload: bytes) -> None:
        start, count = (self._at + position) % _SIZE, len(payload)
        first = min(count, _SIZE - start)
        self._ring[start : start + first] = payload[:first]
        self._ring[: count - first] = payload[first:]
        for slot in range(start // FRAME, (start + count + FRAME - 1) // FRAME):
            self._filled[slot % _SLOTS] = 1
        self._ahead = max(self._ahead, position + count)

    def _review(self) -> None:
        """When even the least that was ahead is more than needed, skip a frame."""
        if self._ahead > 0:
            self._least = min(self._least, self._ahead)
        self._taken += 1
        if self._taken < _REVIEW:
            return
        if SHORTEST + FRAME < self._least < _SIZE:
            self._delay = max(SHORTEST, self._delay - FRAME)
            self._skip(self._at // FRAME, self._at)
        self._forget()

    def _skip(self, slot: int, at: int) -> None:
        """Go on to the next frame, leaving silence behind."""
        assert self._due is not None
        if self._filled[slot]:
            self._filled[slot] = 0
            self._ring[at : at + FRAME] = bytes([self.quiet]) * FRAME
        self._due = (self._due + FRAME) & 0xFFFFFFFF
        self._at = (at + FRAME) % _SIZE
        self._ahead = max(0, self._ahead - FRAME)

    def _forget(self) -> None:
        self._taken, self._least = 0, _SIZE
