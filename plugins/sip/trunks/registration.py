"""Our own registration at a carrier (RFC 3261 §10.2): kept up while the connection works, taken back at its end."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from sipmessage import Request, Response

from plugins.sip.counters import TRUNK_REGISTERED, TRUNK_REGISTRATIONS
from plugins.sip.settings import SipConnection
from plugins.sip.transaction.layer import Transactions
from plugins.sip.transport.flow import Flow
from plugins.sip.trunks.proxy import Proxy
from plugins.sip.trunks.register import Asking, Refused, back_off, granted, refresh_after, retry_after

ANSWERS_WITHIN: Final = 8.0
"""Seconds a registrar may be silent before the next is asked."""
LEAVES_WITHIN: Final = 0.7
"""Seconds at the end of the connection: a hub that stops waits for nobody long."""
AFTER_LOSS: Final = 1.0
"""Seconds, more or less, until a registration whose connection broke is made anew."""
TURNS: Final = 4
"""Questions to one registrar for one registration: bare, with log-in, with a fresh nonce, with a longer expiry."""


class Standing(StrEnum):
    """How the registration is."""

    REGISTERING = "REGISTERING"
    REGISTERED = "REGISTERED"
    FAILED = "FAILED"
    ENDED = "ENDED"


class Trunk(Protocol):
    """Whose registration it is, and how its registrars are reached: as its proxies."""

    name: str
    settings: SipConnection

    async def way(self, tried: Collection[Proxy] = ()) -> tuple[Flow, Proxy]: ...

    def failed(self, proxy: Proxy, retry_after: float = 0.0) -> None: ...


class Unserved(TimeoutError):
    """The registrar cannot serve now, for so many seconds; another may."""

    def __init__(self, answer: Response) -> None:
        super().__init__(f"{answer.code} {answer.phrase}")
        self.again_after = retry_after(answer)


@dataclass(frozen=True, slots=True)
class Held:
    """What a registrar granted, s, until when on the loop's clock, and where."""

    seconds: float
    until: float
    flow: Flow
    asking: Asking


class Registration:
    """One trunk's. `told` hears of every change of `standing` and `error`."""

    def __init__(
        self, trunk: Trunk, transactions: Transactions, told: Callable[[], None],
        chance: Callable[[], float] = random.random,
    ) -> None:  # fmt: skip
        self.standing = Standing.REGISTERING
        self.error = ""
        self.held: Held | None = None
        self._trunk = trunk
        self._transactions = transactions
        self._told = told
        self._chance = chance
        self._asked = trunk.settings.register_seconds

    async def keep(self) -> None:
        """For ever: register, refresh before it ends, come back when that fails or the connection breaks."""
        failures = 0
        while True:
            try:
                self.held = await self._register()
            except (OSError, Refused, ValueError) as error:
                failures += 1
                if self.held and self.held.until <= asyncio.get_running_loop().time():
                    self.held = None
                self._now(Standing.FAILED, str(error))
                await asyncio.sleep(max(getattr(error, "again_after", 0.0), back_off(failures, self._chance())))
            else:
                failures = 0
                self._now(Standing.REGISTERED)
                if await _lost(self.held.flow, refresh_after(self.held.seconds, self._chance())):
                    await asyncio.sleep(AFTER_LOSS * (0.5 + self._chance()))  # where one is lost, many are

    async def end(self) -> None:
        """Take it back, if there is one: calls go elsewhere at once."""
        held, self.held = self.held, None
        self._now(Standing.ENDED)
        if held is not None:
            try:
                async with asyncio.timeout(LEAVES_WITHIN):
                    await self._answered(held.asking, held.flow, 0)
            except (OSError, Refused):
                return  # it ends by itself

    async def _register(self) -> Held:
        """With the first registrar that says anything. Raises Refused, OSError."""
        tried: list[Proxy] = []
        while True:
            flow, proxy = await self._trunk.way(tried)
            tried.append(proxy)
            try:
                async with asyncio.timeout(ANSWERS_WITHIN):
                    return await self._at(flow, proxy)
            except TimeoutError as error:
                self._count("silent")
                self._trunk.failed(proxy, getattr(error, "again_after", 0.0))

    async def _at(self, flow: Flow, proxy: Proxy) -> Held:
        asking = self.held.asking if self.held and self.held.flow == flow else None
        asking = asking or Asking.of(self._trunk.settings, proxy.target.proxy, flow)
        answer = await self._answered(asking, flow, self._asked)
        seconds = granted(answer, asking.contact, self._asked)
        return Held(seconds, asyncio.get_running_loop().time() + seconds, flow, asking)

    async def _answered(self, asking: Asking, flow: Flow, seconds: int) -> Response:
        """The answer that grants it. Raises Refused; TimeoutError where the registrar cannot serve now."""
        for _ in range(TURNS):
            answer = await self._ask(asking.request(seconds), flow)
            self._count(str(answer.code))
            if 200 <= answer.code < 300:
                asking.settled()
                return answer
            if answer.code == 423 and (least := _least(answer)) > seconds > 0:
                self._asked = seconds = least
            elif not asking.challenged(answer):
                raise Refused(f"{answer.code} {answer.phrase}", retry_after(answer))
        raise Refused("asks for a log-in again and again")

    async def _ask(self, request: Request, flow: Flow) -> Response:
        answer = await self._transactions.ask(request, flow)
        if answer.code in (408, 503):
            raise Unserved(answer)
        return answer

    def _now(self, standing: Standing, error: str = "") -> None:
        TRUNK_REGISTERED.labels(self._trunk.name).set(standing is Standing.REGISTERED)
        if (standing, error) != (self.standing, self.error):
            self.standing, self.error = standing, error
            self._told()

    def _count(self, outcome: str) -> None:
        TRUNK_REGISTRATIONS.labels(self._trunk.name, outcome).inc()


async def _lost(flow: Flow, seconds: float) -> bool:
    """Wait so long, or until this flow can carry nothing any more, when nobody could call us; whether that is so."""
    lost = asyncio.Event()
    flow.when_lost(lost.set)
    try:
        async with asyncio.timeout(seconds):
            await lost.wait()
    except TimeoutError:
        return False
    return True


def _least(answer: Response) -> int:
    """Its Min-Expires (§20.23), at most a day."""
    found = re.match(r"\d{1,7}", answer.headers.get("Min-Expires") or "")
    return min(int(found[0]), 86_400) if found else 0
