"""The play-out buffers: packets of any length in, 20 ms of every leg out, whatever order and moment they came in.

They work on octets (one a sample in G.711). The delay grows by what came too late and shrinks when there is always more
than needed, so that a sender whose clock differs from ours is followed too. What is even and in time, nearly all, is
handled for all legs at once; the rest a packet at a time.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from plugins.sip.media.g711 import FRAME, Octets
from plugins.sip.media.per_leg import Flags, Indices, Integers, PerLeg

_SLOTS: Final = 25
_SIZE: Final = _SLOTS * FRAME  # half a second
SHORTEST: Final = 2 * FRAME
LONGEST: Final = 8 * FRAME
_REVIEW: Final = 200
"""Frames between two looks at whether the delay may shrink: 4 s."""
_PATIENCE: Final = 10
"""So many in a row too late, and the stream is taken to begin anew."""


class PlayOut(PerLeg):
    """Positions are samples counted from the next one to be played."""

    kept = (
        *("_ring", "quiet", "_filled", "_started", "_slot", "_due", "_ahead", "_delay", "_silent", "_least", "_calm"),
        *("_late_in_a_row", "late"),
    )

    def __init__(self, count: int) -> None:
        self._rows = np.arange(count)
        self._ring = np.full((count, _SLOTS, FRAME), 0xFF, np.uint8)
        self.quiet = np.full(count, 0xFF, np.uint8)
        self._filled = np.zeros((count, _SLOTS), np.bool_)
        self._started = np.zeros(count, np.bool_)
        self._slot = np.zeros(count, np.int64)  # of the next frame
        self._due = np.zeros(count, np.int64)  # its timestamp
        self._ahead = np.zeros(count, np.int64)  # position behind the newest sample
        self._delay = np.full(count, SHORTEST)
        self._silent = np.full(count, _SLOTS)  # frames since one was played; below 0: waiting for what was given up
        self._least = np.full(count, _SIZE)  # of what was ahead, since the last disturbance
        self._calm = np.zeros(count, np.int64)  # frames since then
        self._late_in_a_row = np.zeros(count, np.int64)
        self.late = np.zeros(count, np.int64)

    def begin(self, row: int, quiet: int) -> None:
        """A new stream; `quiet` is its octet for silence."""
        self.quiet[row], self._started[row], self._delay[row] = quiet, False, SHORTEST
        self._ring[row], self._filled[row] = quiet, False

    def put_frames(self, rows: Indices, timestamps: Integers, frames: Octets) -> None:
        """20 ms each, at most one for a row: rows (n,), timestamps (n,), octets (n, 160)."""
        position = _signed(timestamps - self._due[rows])
        plain = self._started[rows] & (position >= np.maximum(0, -FRAME * self._silent[rows]))
        plain &= (position <= _SIZE - FRAME) & (position % FRAME == 0)
        for index in np.flatnonzero(~plain):
            self.put(int(rows[index]), int(timestamps[index]), frames[index].tobytes())
        rows, position = rows[plain], position[plain]
        slots = (self._slot[rows] + position // FRAME) % _SLOTS
        self._ring[rows, slots] = frames[plain]
        self._filled[rows, slots] = True
        self._ahead[rows] = np.maximum(self._ahead[rows], position + FRAME)
        self._late_in_a_row[rows] = 0

    def put(self, row: int, timestamp: int, payload: bytes) -> None:
        """One packet's octets, of any number; their first one was heard at `timestamp`."""
        if not self._started[row]:
            self._restart(row, timestamp)
        position = int(_signed(timestamp - self._due[row]))
        if position < -self._silent[row] * FRAME:
            position = self._too_late(row, timestamp)
        elif position < 0:
            position = self._wait_for(row, timestamp, position)
        elif position + len(payload) > _SIZE:
            position = self._restart(row, timestamp)
        if position >= 0:
            self._late_in_a_row[row] = 0
            self._write(row, position, payload[: _SIZE - position])

    def take(self) -> tuple[Octets, Flags]:
        """The next 160 octets of each leg (n, 160) and whether there were any (n,)."""
        self._least = np.where(self._ahead > 0, np.minimum(self._least, self._ahead), self._least)
        self._calm += 1
        for row in np.flatnonzero(self._calm >= _REVIEW):
            self._review(int(row))
        filled = self._filled[self._rows, self._slot]
        octets = self._ring[self._rows, self._slot]
        self._ring[self._rows, self._slot] = self.quiet[:, np.newaxis]
        self._silent = np.where(filled, 0, np.minimum(self._silent + 1, _SLOTS))
        self._skip(self._rows)
        return octets, filled

    def _restart(self, row: int, timestamp: int, silent: int = _SLOTS) -> int:
        """Play what was heard then after the usual delay; answers its position."""
        delay = int(self._delay[row])
        self._ring[row], self._filled[row] = self.quiet[row], False
        self._started[row], self._due[row] = True, (timestamp - delay) & 0xFFFFFFFF
        self._slot[row] = self._ahead[row] = self._late_in_a_row[row] = 0
        self._silent[row] = silent
        self._disturbed(row)
        return delay

    def _wait_for(self, row: int, timestamp: int, position: int) -> int:
        """A late one, but nothing newer was played: play it now, and wait longer from now on, within bounds."""
        self.late[row] += 1
        frames, ahead = -(position // FRAME), int(self._ahead[row])
        if self._delay[row] + frames * FRAME <= LONGEST and ahead + frames * FRAME < _SIZE:
            self._go_back(row, frames)
            return position + frames * FRAME
        if ahead:
            return position
        return self._restart(row, timestamp, int(self._silent[row] + (position - self._delay[row]) // FRAME))

    def _too_late(self, row: int, timestamp: int) -> int:
        """Something newer was played already: give it up, but wait a frame longer for the next ones."""
        self.late[row] += 1
        self._late_in_a_row[row] += 1
        if self._late_in_a_row[row] >= _PATIENCE:
            self._delay[row] = SHORTEST
            return self._restart(row, timestamp)
        if self._delay[row] < LONGEST and self._ahead[row] + FRAME < _SIZE:
            self._go_back(row, 1)
        return -1

    def _go_back(self, row: int, frames: int) -> None:
        """Be silent for so long."""
        self._delay[row] += frames * FRAME
        self._due[row] = (self._due[row] - frames * FRAME) & 0xFFFFFFFF
        self._slot[row] = (self._slot[row] - frames) % _SLOTS
        self._ahead[row] += frames * FRAME
        self._silent[row] -= frames
        self._disturbed(row)

    def _write(self, row: int, position: int, payload: bytes) -> None:
        start = int(self._slot[row]) * FRAME + position
        places = np.arange(start, start + len(payload)) % _SIZE
        self._ring[row].reshape(-1)[places] = np.frombuffer(payload, np.uint8)
        self._filled[row, np.unique(places // FRAME)] = True
        self._ahead[row] = max(int(self._ahead[row]), position + len(payload))

    def _review(self, row: int) -> None:
        """When even the least that was ahead is more than needed, leave a frame out."""
        if SHORTEST + FRAME < self._least[row] < _SIZE:
            self._delay[row] = max(SHORTEST, int(self._delay[row]) - FRAME)
            self._ring[row, self._slot[row]] = self.quiet[row]
            self._skip(np.array([row]))
        self._disturbed(row)

    def _skip(self, rows: Indices) -> None:
        """Go on to the next frame."""
        self._filled[rows, self._slot[rows]] = False
        self._due[rows] = (self._due[rows] + FRAME) & 0xFFFFFFFF
        self._slot[rows] = (self._slot[rows] + 1) % _SLOTS
        self._ahead[rows] = np.maximum(0, self._ahead[rows] - FRAME)

    def _disturbed(self, row: int) -> None:
        self._calm[row], self._least[row] = 0, _SIZE


def _signed(difference: Integers) -> Integers:
    """Timestamps wrap at 32 bits."""
    return ((difference + 0x80000000) & 0xFFFFFFFF) - 0x80000000
