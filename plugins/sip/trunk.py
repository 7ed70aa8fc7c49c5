"""The way out: which proxy of a trunk answers, tried in order with back-off; health by OPTIONS (RFC 3261 §11)."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sipmessage import CSeq, Request

from plugins.sip.addresses import single_uri
from plugins.sip.call import Call
from plugins.sip.guard import Guard, networks
from plugins.sip.ports import Port, resolve
from plugins.sip.registration import Registration
from plugins.sip.settings import SipConnection
from plugins.sip.transaction.layer import Transactions
from plugins.sip.transport.flow import Flow

ASK_EVERY: Final = 30.0
ANSWERS_WITHIN: Final = 5.0
LONGEST_BACK_OFF: Final = 300.0


@dataclass(slots=True)
class Proxy:
    """One host of the trunk. `down_until` on a steady clock; `failures` in a row."""

    where: str
    failures: int = 0
    down_until: float = 0.0

    def failed(self, now: float) -> None:
        """It did not answer: left alone for 5 s, 10 s, … 5 min."""
        self.down_until = now + min(LONGEST_BACK_OFF, 5.0 * 2**self.failures)
        self.failures += 1

    def answered(self) -> None:
        """It is there."""
        self.failures, self.down_until = 0, 0.0


class Trunk:
    """One connection at work."""

    def __init__(
        self, number: int, name: str, settings: SipConnection, port: Port, transactions: Transactions,
        guard: Guard, now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.number = number
        self.name = name
        self.settings = settings
        self.port = port
        self.outbound: list[Call] = []
        self.proxies = [Proxy(where) for where in settings.proxies]
        self.registration = Registration(self, transactions, self._tell) if settings.register_seconds else None
        self.told: Callable[[str], None] = lambda standing: None
        self._transactions = transactions
        self._guard = guard
        self._now = now

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Calls may come and go, the proxies are watched and the registration is kept as long as this lasts."""
        self._trust()
        tasks = [asyncio.create_task(self.watch())]
        if self.registration:
            tasks.append(asyncio.create_task(self.registration.keep()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            if self.registration:
                await self.registration.end()
            self._guard.trusted.pop(self.number, None)

    @property
    def standing(self) -> str:
        """Where it listens and whether it is registered, as an administrator reads it."""
        if self.registration is None:
            return self.port.where
        standing, error = self.registration.standing, self.registration.error
        return f"{self.port.where}, {standing}{f': {error}' if error else ''}"

    @property
    def log_in(self) -> str:
        """What the carrier calls us by, where we are registered; "" where we are not."""
        return self.settings.username if self.registration and self.registration.held else ""

    def calls_out(self) -> int:
        """Calls to the outside there are now."""
        self.outbound = [call for call in self.outbound if not call.over]
        return len(self.outbound)

    async def way(self, tried: Collection[str] = ()) -> tuple[Flow, str]:
        """Flow and host of the first proxy that is up and was not tried; when none is up, of the one that comes back
        first. Raises OSError when there is none, or no name resolves."""
        now = self._now()
        left = [proxy for proxy in self.proxies if proxy.where not in tried]
        for proxy in sorted(left, key=lambda each: max(0.0, each.down_until - now)):
            try:
                return await self._flow(proxy), proxy.where
            except OSError:
                proxy.failed(now)
        raise OSError("no proxy of the trunk can be reached")

    def note(self, where: str, answered: bool) -> None:
        """How a call by this proxy began."""
        for proxy in self.proxies:
            if proxy.where == where:
                if answered:
                    proxy.answered()
                else:
                    proxy.failed(self._now())

    async def watch(self) -> None:
        """Ask every proxy in turn, for ever."""
        while self.proxies:
            for proxy in self.proxies:
                await self.ask(proxy)
            await asyncio.sleep(ASK_EVERY)
        await asyncio.Event().wait()

    def _tell(self) -> None:
        self._trust()
        self.told(self.standing)

    def _trust(self) -> None:
        """Calls come from the peers, and from where we are registered: they find us there by our own word."""
        held = self.registration.held if self.registration else None
        registrar = networks([held.flow.remote[0]]) if held else ()
        self._guard.trusted[self.number] = (*networks(self.settings.peers), *registrar)

    async def _flow(self, proxy: Proxy) -> Flow:
        transport, authorities = self.settings.transport, self.settings.tls_authorities
        remote = await resolve(proxy.where, transport)
        return await self.port.flow(transport, remote, proxy.where.partition(":")[0], authorities)

    async def ask(self, proxy: Proxy) -> bool:
        """Whether it answers OPTIONS, whatever it says."""
        try:
            flow = await self._flow(proxy)
            async with asyncio.timeout(ANSWERS_WITHIN):
                answer = await self._transactions.ask(_options(proxy.where, flow), flow)
        except (OSError, ValueError):  # a TimeoutError is an OSError
            proxy.failed(self._now())
            return False
        if answer.code in (408, 503):
            proxy.failed(self._now())
            return False
        proxy.answered()
        return True


def _options(where: str, flow: Flow) -> Request:
    us = f"{flow.local[0]}:{flow.local[1]}"
    request = Request("OPTIONS", single_uri(f"sip:{where}"))
    headers = {
        "Max-Forwards": "70", "From": f"<sip:hub@{us}>;tag={secrets.token_hex(6)}", "To": f"<sip:{where}>",
        "Call-ID": f"{secrets.token_hex(12)}@hub", "CSeq": str(CSeq(1, "OPTIONS")), "Contact": f"<sip:hub@{us}>",
        "Accept": "application/sdp", "Content-Length": "0",
    }  # fmt: skip
    for name, value in headers.items():
        request.headers.add(name, value)
    return request
