"""The two ways a fax call goes, as datagrams in and out; which socket they use is somebody else's business."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, Protocol

from plugins.fax.terminal import reception, udptl
from plugins.fax.terminal.arrivals import Arrivals
from plugins.fax.terminal.audio import FRAME, AudioTerminal
from plugins.fax.terminal.job import Codec, Event, Job, T38Options
from plugins.fax.terminal.packets import PacketTerminal
from plugins.fax.terminal.t30 import T30

_PAYLOAD_TYPES: Final = {Codec.PCMU: 0, Codec.PCMA: 8}


class Way(Protocol):
    """Fed with datagrams, ticked every 20 ms."""

    t30: T30

    def take(self, datagram: bytes) -> None:
        """One has come."""

    def tick(self) -> list[bytes]:
        """Those to send."""

    def free(self) -> None:
        """It is of no use afterwards."""


class AudioWay:
    """G.711 in RTP."""

    def __init__(self, job: Job, codec: Codec, tell: Callable[[Event], None]) -> None:
        self._terminal = AudioTerminal(job, codec, tell)
        self.t30 = self._terminal.t30
        self._kind = _PAYLOAD_TYPES[codec]
        self._reception = reception.Reception(self._kind)
        self._sequence, self._source = random.getrandbits(16), random.getrandbits(32)
        self._timestamp = random.getrandbits(32)
        self._quiet = reception.Quiet()

    def take(self, datagram: bytes) -> None:
        """See Way."""
        self._reception.put(datagram)

    def tick(self) -> list[bytes]:
        """See Way."""
        frames = self._reception.take()
        for frame in frames:
            self._terminal.hear(frame)
        if self._quiet.fills(sum(map(len, frames)) / FRAME):
            self._terminal.hear_nothing()
        return [self._next()]

    def free(self) -> None:
        """See Way."""
        self._terminal.free()

    def _next(self) -> bytes:
        datagram = reception.build(self._kind, self._sequence, self._timestamp, self._source, self._terminal.say())
        self._sequence, self._timestamp = self._sequence + 1, self._timestamp + FRAME
        return datagram


class PacketWay:
    """T.38 in UDPTL."""

    def __init__(self, job: Job, options: T38Options, tell: Callable[[Event], None]) -> None:
        self._terminal = PacketTerminal(job, options, tell)
        self.t30 = self._terminal.t30
        self._arrivals = Arrivals()
        self._sender = udptl.Sender(options.redundancy, options.max_datagram)

    def take(self, datagram: bytes) -> None:
        """See Way; what is no UDPTL is left alone: audio goes on for a moment after the change."""
        try:
            self._arrivals.put(udptl.parse(datagram))
        except udptl.NotUdptl:
            return

    def tick(self) -> list[bytes]:
        """See Way."""
        for sequence, packet in self._arrivals.take():
            self._terminal.hear(sequence, packet)
        return [again for packet, count in self._terminal.tick() for again in [self._sender.dress(packet)] * count]

    def free(self) -> None:
        """See Way."""
        self._terminal.free()
