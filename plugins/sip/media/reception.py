"""What a receiver knows of its streams: sequence numbers (RFC 3550 A.1, A.3) and interarrival jitter (A.8)."""

from __future__ import annotations

from typing import Final

import numpy as np

from plugins.sip.media.per_leg import Floats, Indices, Integers, PerLeg

_MAX_DROPOUT: Final = 3000
_MAX_MISORDER: Final = 100


class Reception(PerLeg):
    """Counts packets of one source a leg; begins anew with `restart`, keeping the sums. Jitter is in samples."""

    kept = ("received", "jitter", "_highest", "_base", "_since_base", "_lost_before", "_transit")

    def __init__(self, count: int) -> None:
        self.received = np.zeros(count, np.int64)
        self.jitter = np.zeros(count)
        self._highest = np.full(count, -1)  # extended sequence number
        self._base = np.zeros(count, np.int64)
        self._since_base = np.zeros(count, np.int64)
        self._lost_before = np.zeros(count, np.int64)
        self._transit = np.full(count, np.nan)

    def lost(self, row: int) -> int:
        """Packets that were sent and have not come; duplicates count against it (A.3)."""
        now = self._highest[row] - self._base[row] + 1 - self._since_base[row] if self._highest[row] >= 0 else 0
        return max(0, int(self._lost_before[row] + now))

    def of_source(self, row: int) -> tuple[int, int]:
        """Packets of the present source that were to come, and that came (A.3)."""
        expected = int(self._highest[row] - self._base[row]) + 1 if self._highest[row] >= 0 else 0
        return expected, int(self._since_base[row])

    def highest(self, row: int) -> int:
        """The extended sequence number (A.1) that came last; 0 before any."""
        return max(0, int(self._highest[row]))

    def timestamp(self, row: int, now: float) -> int:
        """What it would be of a packet that comes now, in samples of the local clock; 0 before any."""
        transit = float(self._transit[row])
        return 0 if np.isnan(transit) else round(now - transit) & 0xFFFFFFFF

    def restart(self, row: int) -> None:
        """A new source, or an old one that jumped."""
        self._lost_before[row], self._highest[row], self._since_base[row] = self.lost(row), -1, 0
        self._transit[row] = np.nan

    def heard(self, rows: Indices, sequences: Integers, timestamps: Integers, arrivals: Floats) -> None:
        """At most one packet a row; all (n,). `arrivals` in samples of the local clock."""
        ahead = (sequences - self._highest[rows]) & 0xFFFF
        plain = (self._highest[rows] >= 0) & (ahead < _MAX_DROPOUT)
        self._highest[rows] += np.where(plain, ahead, 0)
        for index in np.flatnonzero(~plain):
            self._jumped(int(rows[index]), int(sequences[index]), int(ahead[index]))
        self.received[rows] += 1
        self._since_base[rows] += 1
        self._time(rows, arrivals - timestamps)

    def _jumped(self, row: int, sequence: int, ahead: int) -> None:
        """The first one, one out of order, or a new beginning."""
        if self._highest[row] < 0 or ahead <= 0x10000 - _MAX_MISORDER:
            self.restart(row)
            self._highest[row] = self._base[row] = sequence

    def _time(self, rows: Indices, transit: Floats) -> None:
        change = np.abs(transit - self._transit[rows])
        known = change < 2**31  # neither the first one nor a timestamp that wrapped
        self.jitter[rows] += np.where(known, (change - self.jitter[rows]) / 16, 0)
        self._transit[rows] = transit
