"""From the far sides: the packets that have come since the last look, for all legs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.sip.media import rtp
from plugins.sip.media.g711 import FRAME, RATE
from plugins.sip.media.per_leg import Floats, Indices, PerLeg
from plugins.sip.media.play_out import PlayOut
from plugins.sip.media.reception import Reception
from plugins.sip.media.reporter import Receiving

PLAIN: Final = np.dtype(
    [
        ("version", "u1"),
        ("kind", "u1"),
        ("sequence", ">u2"),
        ("timestamp", ">u4"),
        ("source", ">u4"),
        ("payload", "u1", FRAME),
    ]
)
"""A packet as nearly all are: 20 ms of G.711 behind a header without extras."""
_NO_SOURCE: Final = -1


class Incoming(PerLeg):
    """Streams by row."""

    kept = ("last_heard", "_kind", "_source")

    def __init__(self, count: int) -> None:
        self.play_out, self.reception = PlayOut(count), Reception(count)
        self.last_heard = np.zeros(count)  # seconds of the local clock
        self._kind = np.zeros(count, np.uint8)
        self._source = np.full(count, _NO_SOURCE, np.int64)

    def take_over(self, old: Incoming, rows: Indices, old_rows: Indices) -> None:
        """See PerLeg."""
        super().take_over(old, rows, old_rows)
        self.play_out.take_over(old.play_out, rows, old_rows)
        self.reception.take_over(old.reception, rows, old_rows)

    def begin(self, row: int, kind: int, quiet: int) -> None:
        """Audio of this payload type from now on."""
        if self._source[row] == _NO_SOURCE or kind != self._kind[row]:
            self._kind[row] = kind
            self.play_out.begin(row, quiet)

    def heard(self, rows: Indices, datagrams: Sequence[bytes], times: Floats) -> Indices:
        """Take what is plain, one datagram of 172 octets a row at most; answers the places of the others.

        `times` (n,) are when each came, in seconds of the local clock.
        """
        packets = np.frombuffer(b"".join(datagrams), PLAIN)
        plain = (packets["version"] == 0x80) & (packets["kind"] & 0x7F == self._kind[rows])
        plain &= packets["source"] == self._source[rows]
        others = np.flatnonzero(~plain)
        if len(others):
            packets, rows, times = packets[plain], rows[plain], times[plain]
        timestamps = packets["timestamp"].astype(np.int64)
        self.last_heard[rows] = times
        self.reception.heard(rows, packets["sequence"].astype(np.int64), timestamps, times * RATE)
        self.play_out.put_frames(rows, timestamps, packets["payload"])
        return others

    def changed_source(self, row: int, source: int) -> bool:
        """Whether this is another synchronisation source than before; then all begins anew."""
        if source == self._source[row]:
            return False
        self._source[row] = source
        self.reception.restart(row)
        self.play_out.begin(row, int(self.play_out.quiet[row]))
        return True

    def so_far(self, row: int) -> Receiving | None:
        """What came of one, for a report; None before the first packet."""
        source, reception = int(self._source[row]), self.reception
        if source == _NO_SOURCE:
            return None
        expected, received = reception.of_source(row)
        return Receiving(source, reception.highest(row), expected, received, int(reception.jitter[row]))

    def numbers(self, row: int, now: float) -> tuple[int, int] | None:
        """Sequence number and timestamp that it is at; None before the first packet."""
        if self._source[row] == _NO_SOURCE:
            return None
        return self.reception.highest(row), self.reception.timestamp(row, now * RATE)

    def count(self, row: int, packet: rtp.Packet, now: float) -> None:
        """A packet came, of whatever kind."""
        sequence, timestamp = np.array([packet.sequence]), np.array([packet.timestamp])
        self.reception.heard(np.array([row]), sequence, timestamp, np.array([now * RATE]))
