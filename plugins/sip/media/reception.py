"""What a receiver knows of a stream: sequence numbers (RFC 3550 A.1, A.3) and interarrival jitter (A.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MAX_DROPOUT: Final = 3000
_MAX_MISORDER: Final = 100


@dataclass(slots=True)
class Reception:
    """Counts packets of one source; begins anew with `restart`, keeping the sums."""

    received: int = 0
    jitter: float = 0.0  # in samples
    _highest: int = -1  # extended sequence number
    _base: int = 0
    _since_base: int = 0
    _lost_before: int = 0
    _transit: float | None = None

    @property
    def lost(self) -> int:
        """Packets that were sent and have not come; duplicates count against it (A.3)."""
        return max(0, self._lost_before + self._lost_now())

    def restart(self) -> None:
        """A new source, or an old one that jumped."""
        self._lost_before, self._highest, self._since_base = self.lost, -1, 0
        self._transit = None

    def heard(self, sequence: int, timestamp: int, arrival: float) -> None:
        """One packet; `arrival` in samples of the local clock."""
        if self._highest < 0:
            self._highest = self._base = sequence
        else:
            self._follow(sequence)
        self.received += 1
        self._since_base += 1
        self._time(timestamp, arrival)

    def _follow(self, sequence: int) -> None:
        ahead = (sequence - self._highest) & 0xFFFF
        if ahead < _MAX_DROPOUT:
            self._highest += ahead
        elif ahead <= 0x10000 - _MAX_MISORDER:
            self.restart()
            self._highest = self._base = sequence

    def _time(self, timestamp: int, arrival: float) -> None:
        transit = arrival - timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < 2**31:  # a timestamp that wrapped says nothing
                self.jitter += (change - self.jitter) / 16
        self._transit = transit

    def _lost_now(self) -> int:
        return self._highest - self._base + 1 - self._since_base if self._highest >= 0 else 0
