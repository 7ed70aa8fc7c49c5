"""One party's packets as another's session has them (RFC 3550 §7.1, a translator): our own source, numbers that go on
when theirs begin anew, and gaps left as they are, so that each end reports what it truly hears of the other. Pure but
for the chosen ids."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from plugins.sip.media import rtcp, rtp

FRAME: Final = 160
"""Samples in 20 ms at 8 kHz."""
_HEADER: Final = struct.Struct("!BBHII")
_PLAIN: Final = 0x80
_NOBODY: Final = -1


class Onward:
    """One direction. `kinds` maps payload types; what it does not name is not carried on."""

    def __init__(self, kinds: Mapping[int, int]) -> None:
        self.kinds = kinds
        self.source = secrets.randbits(32)
        self.theirs = _NOBODY
        self._sequence, self._timestamp = secrets.randbits(15), secrets.randbits(31)
        self._later, self._farther = 0, 0

    def carry(self, datagram: bytes) -> bytes | None:
        """The packet for the other side; None for what is none, or not to be carried."""
        if len(datagram) < rtp.SIZE:
            return None
        first, second, sequence, timestamp, source = _HEADER.unpack_from(datagram)
        kind = self.kinds.get(second & 0x7F)
        if kind is None or first & 0xC0 != _PLAIN:
            return None
        try:
            payload = datagram[rtp.SIZE :] if first == _PLAIN else rtp.parse(datagram).payload
        except rtp.NotRtp:
            return None
        marker = second & 0x80
        if source != self.theirs:
            self._begin(source, sequence, timestamp)
            marker = 0x80
        self._sequence = (sequence + self._later) & 0xFFFF
        self._timestamp = (timestamp + self._farther) & 0xFFFF_FFFF
        return _HEADER.pack(_PLAIN, kind | marker, self._sequence, self._timestamp, self.source) + payload

    def restart(self) -> None:
        """What was not carried on meanwhile is no loss."""
        self.theirs = _NOBODY

    def _begin(self, source: int, sequence: int, timestamp: int) -> None:
        self.theirs = source
        self._later = self._sequence + 1 - sequence
        self._farther = self._timestamp + FRAME - timestamp

    def sent(self, report: rtcp.Report) -> rtcp.Report:
        """A sender's report about its own packets, as these have gone on."""
        sender = report.sender and replace(
            report.sender, timestamp=(report.sender.timestamp + self._farther) & 0xFFFF_FFFF
        )
        return replace(report, source=self.source, sender=sender)

    def heard(self, block: rtcp.Block) -> rtcp.Block:
        """What a hearer tells of packets that went on here, as their sender knows them."""
        return replace(block, source=self.theirs, highest=(block.highest - self._later) & 0xFFFF_FFFF)


def reports(datagram: bytes, theirs: Onward, others: Onward, name: str) -> bytes | None:
    """RTCP of one side for the other: `theirs` carries its packets on, `others` those it hears. None where nothing in
    it is for the other. Raises NotRtcp."""
    found = rtcp.parse(datagram)
    if not found or theirs.theirs == _NOBODY:
        return None
    report = found[0]
    blocks = tuple(others.heard(block) for block in report.blocks if block.source == others.source)
    return rtcp.build(replace(theirs.sent(report), blocks=blocks if others.theirs != _NOBODY else ()), name)
