"""What may be asked of a worker about sound that is lent; each public method with a plain signature is one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugins.sip.media import rtp
from plugins.sip.media.leg import Leg
from plugins.sip.media.lending import Images, Lent, Reads
from plugins.sip.media.readiness import Readiness
from plugins.sip.media.ticks import Ticks
from plugins.sip.media.wire import Reply


class Lender:
    """`leg` finds one by its name; `rearrange` is to be called when who is sent to has changed."""

    def __init__(
        self, sockets: Readiness[Reads], images: Images, ticks: Ticks, leg: Callable[[str], Leg],
        rearrange: Callable[[], None],
    ) -> None:  # fmt: skip
        self._sockets, self._images, self._ticks = sockets, images, ticks
        self._leg = leg
        self._rearrange = rearrange

    def lend(self, reply: Reply, *, leg: str, near: list[Any] | None) -> None:
        """To the worker at `near`, which sends to the port we answer; or back from it."""
        at = self._leg(leg)
        lent = Lent((str(near[0]), int(near[1])), lambda said: self._say(at, said)) if near else None
        self.take_back(at)
        at.lent = lent
        if lent is not None:
            self._sockets.register(lent, lent)
        self._rearrange()
        reply(lent.port if lent else 0)

    def open_image(self, reply: Reply, *, leg: str) -> None:
        """A socket for T.38."""
        reply(self._images.open(leg))

    def lend_image(self, reply: Reply, *, leg: str, remote: list[Any], near: list[Any]) -> None:
        """T.38 as agreed."""
        reply(self._images.lend(leg, (str(remote[0]), int(remote[1])), (str(near[0]), int(near[1]))))

    def take_back(self, leg: Leg) -> None:
        """It is ours again, if it was not."""
        if leg.lent is not None:
            self._sockets.unregister(leg.lent)
            leg.lent.close()
            leg.lent = None

    def _say(self, leg: Leg, datagram: bytes) -> None:
        """As it is, and counted: what we send when we speak again follows it."""
        try:
            packet = rtp.parse(datagram)
        except rtp.NotRtp:
            leg.refused += 1
            return
        if leg.started and leg.direction.sending and leg.say(datagram):
            self._ticks.passed(leg, packet)
