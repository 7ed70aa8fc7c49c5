"""What one leg tells its far side about audio, and what it is told (RFC 3550 §6.4). No I/O; times are given."""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import dataclass
from typing import Final

from plugins.sip.media import rtcp

INTERVAL: Final = 5.0
"""Seconds between two reports on average: the least that §6.2 allows, and of two parties nobody needs to send less."""
_LONGEST_TRIP: Final = 60.0
_OFFSET: Final = time.time() - time.monotonic()
"""Fixed, so that a clock that is set does not look like a long line."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What we have sent: packets in all, and the numbers that belong to this moment."""

    source: int
    timestamp: int
    packets: int
    octets: int
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Receiving:
    """What we have received of the far side's present source; counts in packets, jitter in samples."""

    source: int
    highest: int
    expected: int
    received: int
    jitter: int


@dataclass(frozen=True, slots=True)
class FarSide:
    """What the far side told: packets of ours it lost, our jitter there in ms, and the way there and back in ms, None
    until it is known."""

    lost: int = 0
    jitter_ms: float = 0.0
    round_trip_ms: float | None = None


class Reporter:
    """One leg's. Times are of the monotonic clock, in seconds."""

    def __init__(self) -> None:
        self.far = FarSide()
        self._name = secrets.token_urlsafe(12)  # RFC 7022 §4.2: a name for one call
        self._last_report, self._last_report_at = 0, 0.0
        self._before = Receiving(0, 0, 0, 0, 0)
        self._sent_before = 0
        self._source = -1  # nobody can have told of us before we told of ourselves

    @staticmethod
    def pause() -> float:
        """Until the next one (§6.3.1: half to one and a half of it), so that many calls do not report in step."""
        return INTERVAL * random.uniform(0.5, 1.5)

    def report(self, now: float, sending: Sending, receiving: Receiving | None, *, bye: bool = False) -> bytes:
        """The next report; a sender's when something was sent since the last (§6.4)."""
        sender, self._source = None, sending.source
        if sending.packets != self._sent_before:
            self._sent_before = sending.packets
            sender = rtcp.Sender(rtcp.ntp(now + _OFFSET), sending.timestamp, sending.packets, sending.octets)
        blocks = (self._block(now, receiving),) if receiving else ()
        return rtcp.build(rtcp.Report(sending.source, sender, blocks), self._name, bye=bye)

    def heard(self, datagram: bytes, now: float) -> None:
        """What the far side reports. Raises NotRtcp."""
        for report in rtcp.parse(datagram):
            if report.sender:
                self._last_report, self._last_report_at = rtcp.middle(report.sender.ntp), now
            for block in report.blocks:
                if block.source == self._source:
                    self._told(block, now)

    def _told(self, block: rtcp.Block, now: float) -> None:
        trip = self.far.round_trip_ms
        if block.last_report:
            seconds = ((rtcp.middle(rtcp.ntp(now + _OFFSET)) - block.last_report - block.delay) & 0xFFFFFFFF) / 65536
            trip = round(1000 * seconds, 1) if seconds < _LONGEST_TRIP else trip
        self.far = FarSide(max(0, block.lost), round(block.jitter / 8, 1), trip)

    def _block(self, now: float, receiving: Receiving) -> rtcp.Block:
        """A.3: what was lost since the report before, and in all."""
        before = self._before if self._before.source == receiving.source else Receiving(receiving.source, 0, 0, 0, 0)
        expected, received = receiving.expected - before.expected, receiving.received - before.received
        lost, self._before = expected - received, receiving
        fraction = min(255, (lost << 8) // expected) if expected > 0 and lost > 0 else 0
        delay = max(0, round((now - self._last_report_at) * 65536)) if self._last_report else 0
        in_all = receiving.expected - receiving.received
        return rtcp.Block(
            receiving.source, fraction, in_all, receiving.highest, receiving.jitter, self._last_report, delay
        )
