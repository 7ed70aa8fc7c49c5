"""To the far sides: the headers of all packets of a tick at once."""

from __future__ import annotations

import random

import numpy as np

from plugins.sip.media import rtp
from plugins.sip.media.g711 import FRAME, Octets
from plugins.sip.media.incoming import PLAIN
from plugins.sip.media.per_leg import Indices, PerLeg
from plugins.sip.media.reporter import Sending


class Outgoing(PerLeg):
    """Counters by row; they begin anywhere (RFC 3550 §5.1)."""

    kept = ("sent", "_sequence", "_timestamp", "_source", "_silent")

    def __init__(self, count: int) -> None:
        dice = np.random.default_rng(random.getrandbits(64))
        self.sent = np.zeros(count, np.int64)
        self._sequence = dice.integers(0, 2**16, count)
        self._timestamp = dice.integers(0, 2**32, count)
        self._source = dice.integers(0, 2**32, count)
        self._silent = np.ones(count, np.bool_)  # nothing was sent before: the next packet is marked (RFC 3551 §4.1)

    def so_far(self, row: int) -> Sending:
        """What was sent of one, for a report."""
        sent = int(self.sent[row])
        return Sending(int(self._source[row]), int(self._timestamp[row]), sent, sent * FRAME, int(self._sequence[row]))

    def renumber(self, row: int, sequence: int, timestamp: int) -> list[tuple[int, int]]:
        """Another source from now on, at these numbers; answers the steps there, each ahead of the one before by less
        than half the circle: receivers that take no note of sources drop what seems older than what they had."""
        ahead = (sequence - int(self._sequence[row])) & 0xFFFF
        later = (timestamp - int(self._timestamp[row])) & 0xFFFFFFFF
        count = 1 + max(ahead >> 14, later >> 30)
        steps = [
            (sequence - ahead + ahead * step // count, timestamp - later + later * step // count)
            for step in range(1, count + 1)
        ]
        self._sequence[row], self._timestamp[row] = sequence & 0xFFFF, timestamp & 0xFFFFFFFF
        self._source[row] = random.getrandbits(32)
        self.sent[row] += count
        return steps

    def passed(self, row: int, packet: rtp.Packet) -> None:
        """Somebody else's went out in our place: reports are of theirs, and what we send next follows it."""
        self._source[row], self._sequence[row], self._timestamp[row] = packet.source, packet.sequence, packet.timestamp
        self.sent[row] += 1

    def packets(self, octets: Octets, kinds: Indices, sending: Indices, ticks: int) -> bytes:
        """One packet a row, of 172 octets, carrying these octets (n, 160); those in `sending` are going to be sent."""
        self._timestamp = (self._timestamp + FRAME * ticks) & 0xFFFFFFFF
        self._sequence[sending] = (self._sequence[sending] + 1) & 0xFFFF
        packets = np.empty(len(octets), PLAIN)
        packets["version"], packets["kind"] = 0x80, kinds | self._silent.astype(np.uint8) << 7
        packets["sequence"], packets["timestamp"] = self._sequence, self._timestamp
        packets["source"], packets["payload"] = self._source, octets
        self._silent[:] = True
        self._silent[sending] = False
        return packets.tobytes()
