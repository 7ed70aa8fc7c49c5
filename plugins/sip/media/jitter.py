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
_PATIENCE: Final = 25
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
    _taken: int = 0
    _least: int = _SIZE

    def __post_init__(self) -> None:
        self._ring = bytearray([self.quiet]) * _SIZE

    def put(self, timestamp: int, payload: bytes) -> None:
        """A packet's octets; their first one was heard at `timestamp`."""
        if self._due is None:
            self._restart(timestamp)
        position = self._position(timestamp)
        if position < 0:
            self.late += 1
            position = self._wait_for(timestamp, position)
            if position < 0:
                return
        elif position + len(payload) > _SIZE:
            self._restart(timestamp)
            position = self._delay
        self._late_in_a_row = 0
        self._write(position, payload[: _SIZE - position])

    def take(self) -> bytes | None:
        """The next 160 octets; None when there is nothing to play."""
        if self._due is None:
            return None
        self._review()
        slot, at = self._at // FRAME, self._at
        frame = bytes(self._ring[at : at + FRAME]) if self._filled[slot] else None
        if frame is not None:
            self._filled[slot] = 0
            self._ring[at : at + FRAME] = bytes([self.quiet]) * FRAME
        self._advance()
        return frame

    def _position(self, timestamp: int) -> int:
        """Samples until it is due; negative when it should have been played; both wrap at 32 bits."""
        assert self._due is not None
        return ((timestamp - self._due + 0x80000000) & 0xFFFFFFFF) - 0x80000000

    def _restart(self, timestamp: int) -> None:
        self._ring[:] = bytes([self.quiet]) * _SIZE
        self._filled[:] = bytes(_SLOTS)
        self._due = (timestamp - self._delay) & 0xFFFFFFFF
        self._at = self._ahead = self._late_in_a_row = 0
        self._forget()

    def _wait_for(self, timestamp: int, position: int) -> int:
        """Play a late one after all, by waiting longer from now on, within bounds; negative: it is given up."""
        back = -(position // FRAME) * FRAME
        self._late_in_a_row += 1
        if self._late_in_a_row >= _PATIENCE or back > LONGEST:
            self._restart(timestamp)
            return self._delay
        if self._delay + back > LONGEST or self._ahead + back > _SIZE - FRAME:
            return position
        self._delay += back
        self._due = (timestamp - position - back) & 0xFFFFFFFF
        self._at = (self._at - back) % _SIZE
        self._ahead += back
        self._forget()
        return position + back

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
            self._drop_frame()
        self._forget()

    def _drop_frame(self) -> None:
        slot, at = self._at // FRAME, self._at
        self._filled[slot] = 0
        self._ring[at : at + FRAME] = bytes([self.quiet]) * FRAME
        self._delay = max(SHORTEST, self._delay - FRAME)
        self._advance()

    def _advance(self) -> None:
        assert self._due is not None
        self._due = (self._due + FRAME) & 0xFFFFFFFF
        self._at = (self._at + FRAME) % _SIZE
        self._ahead = max(0, self._ahead - FRAME)

    def _forget(self) -> None:
        self._taken, self._least = 0, _SIZE
