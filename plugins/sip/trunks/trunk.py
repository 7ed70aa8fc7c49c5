"""A trunk at work: where calls go out by (RFC 3263), in order and with back-off; health by OPTIONS (RFC 3261 §11)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final

from sipmessage import CSeq, Request

from hub.api import AnyConnection
from plugins.sip.calls.call import Call
from plugins.sip.counters import TRUNK_UP
from plugins.sip.guard import networks
from plugins.sip.ports import Port
from plugins.sip.settings import SipConnection
from plugins.sip.transport.flow import Flow
from plugins.sip.trunks.locating import Locator
from plugins.sip.trunks.proxy import Proxy
from plugins.sip.trunks.register import retry_after
from plugins.sip.trunks.registration import Registration, Standing
from plugins.sip.user_agent import UserAgent
from plugins.sip.wire.addresses import host_and_port, single_uri

log = logging.getLogger(__name__)
ASK_EVERY: Final = 30.0
ANSWERS_WITHIN: Final = 5.0


class Trunk:
    """One connection at work. `proxies` are the places its names lead to, `lost` the names that lead nowhere."""

    def __init__(
        self, connection: AnyConnection, port: Port, agent: UserAgent, locator: Locator,
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.number = connection.id
        self.name = connection.name
        self.settings: SipConnection = connection.settings
        self.port = port
        self.outbound: list[Call] = []
        self.proxies: list[Proxy] = []
        self.lost: list[str] = []
        wanted = self.settings.register_seconds
        self.registration = Registration(self, agent.transactions, self._tell) if wanted else None
        self.told: Callable[[str], None] = lambda standing: None
        self._locator = locator
        self._transactions = agent.transactions
        self._guard = agent.guard
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
            self._guard.trust(self.number, ())
            for proxy in self.proxies:
                TRUNK_UP.remove(self.name, proxy.where)

    @property
    def standing(self) -> str:
        """Where it listens, and how its registration went once it did, as an administrator reads it."""
        if self.registration is None or self.registration.standing is Standing.REGISTERING:
            return self.port.where
        standing, error = self.registration.standing, self.registration.error
        return f"{self.port.where}, {standing}{f': {error}' if error else ''}"

    @property
    def log_in(self) -> str:
        """What the carrier calls us by, where we are registered; "" where we are not."""
        return self.settings.username if self.registration and self.registration.held else ""

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password, for who asks for them."""
        return self.settings.username, self.settings.password.get_secret_value()

    def calls_out(self) -> int:
        """Calls to the outside there are now."""
        self.outbound = [call for call in self.outbound if not call.over]
        return len(self.outbound)

    async def way(self, tried: Collection[Proxy] = ()) -> tuple[Flow, Proxy]:
        """The first place that is up and was not tried, and the flow there; when none is up, the one that comes back
        first. Raises OSError when there is none."""
        now = self._now()
        left = [proxy for proxy in await self.located() if proxy not in tried]
        for proxy in sorted(left, key=lambda each: max(0.0, each.down_until - now)):
            try:
                return await self._flow(proxy), proxy
            except OSError:
                self.failed(proxy)
        raise OSError("no proxy of the trunk can be reached")

    async def located(self) -> list[Proxy]:
        """Where the names lead to now, the best first."""
        self.lost, found = [], []
        for name in self.settings.proxies:
            try:
                found += await self._locator.targets(name, self.settings.transport)
            except OSError as error:
                log.warning("a proxy of the trunk %s leads nowhere: %s", self.name, error)
                self.lost.append(name)
        known = {proxy.target: proxy for proxy in self.proxies}
        self.proxies = [known.get(target) or Proxy(target) for target in dict.fromkeys(found)]
        return self.proxies

    def failed(self, proxy: Proxy, retry_after: float = 0.0) -> None:
        """It did not answer, or says that it cannot serve for so many seconds."""
        proxy.failed(self._now(), retry_after)
        TRUNK_UP.labels(self.name, proxy.where).set(0)

    async def watch(self) -> None:
        """Ask every proxy in turn, for ever; not who asked for peace."""
        while self.settings.proxies:
            for proxy in await self.located():
                if proxy.asked_until <= self._now():
                    await self.ask(proxy)
            await asyncio.sleep(ASK_EVERY)
        await asyncio.Event().wait()

    async def ask(self, proxy: Proxy) -> bool:
        """Whether it answers OPTIONS, whatever it says."""
        try:
            flow = await self._flow(proxy)
            async with asyncio.timeout(ANSWERS_WITHIN):
                answer = await self._transactions.ask(_options(proxy.target.proxy, flow), flow)
        except (OSError, ValueError):  # a TimeoutError is an OSError
            self.failed(proxy)
            return False
        if answer.code in (408, 503):
            self.failed(proxy, retry_after(answer))
            return False
        proxy.answered(self._now())
        TRUNK_UP.labels(self.name, proxy.where).set(1)
        return True

    def _tell(self) -> None:
        self._trust()
        self.told(self.standing)

    def _trust(self) -> None:
        """Calls come from the peers, and from where we are registered: they find us there by our own word."""
        held = self.registration.held if self.registration else None
        registrar = networks([held.flow.remote[0]]) if held else ()
        self._guard.trust(self.number, (*networks(self.settings.peers), *registrar))

    async def _flow(self, proxy: Proxy) -> Flow:
        """Over TLS it must prove to be whom we were told to call, not whom the name servers made of it (RFC 5922)."""
        target, settings = proxy.target, self.settings
        name = host_and_port(target.proxy)[0]
        return await self.port.flow(target.transport, target.address, name, settings.tls_authorities)


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
