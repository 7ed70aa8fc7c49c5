"""The SIP stack and nothing else: a real port, transactions, dialogs, offer and answer; no audio, and nobody is told.

A crew's process: it says where it listens, answers whoever calls, and says what came when it is asked for it.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import cast

from hub.api import Cause
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.call import Call
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.referring import Referral
from plugins.sip.guard import Guard, Limits, networks
from plugins.sip.media.engine import Codec, Endpoint, MediaEngine, Statistics
from plugins.sip.transaction.layer import Incoming
from plugins.sip.transport.flow import contact
from plugins.sip.transport.udp import UdpListener
from plugins.sip.user_agent import UserAgent
from plugins.sip.wire.numbers import called, caller
from tests.bench.crew import say, told


class NoAudio:
    """What a call that comes in asks of a media engine."""

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        return Endpoint("127.0.0.1", 40_000)

    async def connect(self, leg: str, remote: tuple[str, int], codec: Codec, *_: object, **__: object) -> None:
        """Nothing comes and nothing goes."""

    async def close(self, leg: str) -> Statistics:
        """There was nothing to hear."""
        return Statistics()


class Desk:
    """Answers every call at once and counts."""

    def __init__(self) -> None:
        self.agent = UserAgent(Guard(Limits()))
        self.agent.guard.trusted[1] = networks(["127.0.0.1"])
        self.agent.desk = self
        self.answered = self.over = 0
        self.first = self.last = 0.0
        self._audio = cast("MediaEngine", NoAudio())

    def called(self, incoming: Incoming) -> None:
        """Who calls whom is read as the exchange reads it."""
        self.first = self.first or time.monotonic()
        called(incoming.request), caller(incoming.request)
        call = Answering(self.agent, MediaLeg(self._audio), incoming, contact(incoming.flow))
        call.told = self
        call.ring()
        call.answer()

    def registering(self, incoming: Incoming) -> None:
        """Nobody does."""

    def ringing(self, call: Call) -> None:
        """Nobody is called."""

    def up(self, call: Call) -> None:
        self.answered += 1
        self.last = time.monotonic()

    def ended(self, call: Call, cause: Cause) -> None:
        self.over += 1
        self.last = time.monotonic()

    def on_hold(self, call: Call, held: bool) -> None:
        """Nobody does."""

    def key(self, call: Call, digit: str) -> None:
        """Nobody presses any."""

    def asked_to_transfer(self, referral: Referral) -> None:
        """Nobody is."""

    def report(self) -> dict[str, float]:
        """What came since the last report, and the seconds from the first INVITE to the last ACK or BYE."""
        found = {"answered": self.answered, "over": self.over, "seconds": self.last - self.first}
        self.answered = self.over = 0
        self.first = self.last = 0.0
        return found


async def main() -> None:
    """Until the bench ends."""
    desk, asked = Desk(), await told()
    port = await UdpListener.bind("127.0.0.1", 0, desk.agent.received)
    say(port=port.local[1], pid=os.getpid())
    while await asked.readline():
        say(**desk.report())


if __name__ == "__main__":
    asyncio.run(main())
