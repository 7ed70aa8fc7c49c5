"""One agent's softphone in the gateway's process: the browser on one side, on the other a port of plain RTP for each of
its calls. The browser's connection may be replaced while calls last."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from plugins.sip.media import rtcp
from plugins.sip.media.rtp_socket import Address, pair
from plugins.sip.softphone.browser import Browser
from plugins.sip.softphone.offer import PCMU
from plugins.sip.softphone.translating import Onward, reports

log = logging.getLogger(__name__)
_LARGEST: Final = 2048
_AT_ONCE: Final = 20


class Leg:
    """One call's port; `audio` and `told` are given what comes to it and to the next one, which is RTCP's."""

    def __init__(self, host: str, audio: Callable[[bytes], None], told: Callable[[bytes], None]) -> None:
        self.up = Onward({})
        self.talks = self.listens = False
        self._host = host
        self._sockets = pair(host, [0])
        self._watched: list[socket.socket] = []
        self._takers = (audio, told)

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self._sockets[0].getsockname()[1]
        return number

    def aim(self, remote: Address) -> None:
        """The far side is there: the kernel drops what comes from elsewhere."""
        loop = asyncio.get_running_loop()
        for number, (opened, take) in enumerate(zip(self._sockets, self._takers, strict=True)):
            if opened is None:
                continue
            opened.connect((remote[0], remote[1] + number))
            if opened not in self._watched:
                self._watched.append(opened)
                loop.add_reader(opened.fileno(), _read, opened, take)

    def send(self, datagram: bytes) -> None:
        """Audio to the far side."""
        with suppress(OSError):  # it is not there yet, or no more
            self._sockets[0].send(datagram)

    def tell(self, datagram: bytes) -> None:
        """RTCP."""
        if self._sockets[1] is not None:
            with suppress(OSError):
                self._sockets[1].send(datagram)

    def close(self) -> None:
        """Free both ports."""
        for opened in self._watched:
            asyncio.get_running_loop().remove_reader(opened.fileno())
        for each in self._sockets:
            if each is not None:
                each.close()


def _read(opened: socket.socket, take: Callable[[bytes], None]) -> None:
    with suppress(OSError):  # nothing more; or what we sent was refused
        for _ in range(_AT_ONCE):
            take(opened.recv(_LARGEST))


class Phone:
    """`heard` and `lost` are told when the browser can be heard, and when it cannot any more."""

    def __init__(self, host: str, heard: Callable[[], None], lost: Callable[[], None]) -> None:
        self.legs: dict[str, Leg] = {}
        self.browser: Browser | None = None
        self._host = host
        self._heard, self._lost = heard, lost
        self._down = Onward({PCMU: PCMU})
        self._name = secrets.token_urlsafe(12)  # RFC 7022 §4.2
        self._current: Leg | None = None

    async def meets(self, browser: Browser) -> None:
        """This is its browser from now on."""
        before, self.browser = self.browser, browser
        if before is not None:
            await before.close()
        for leg in self.legs.values():
            leg.up.restart()

    def reserve(self, name: str) -> int:
        """A port for a call. Raises OSError."""
        leg = self.legs[name] = Leg(
            self._host, lambda data: self._from_call(leg, data), lambda data: self._told(leg, data)
        )
        return leg.port

    def connect(self, name: str, remote: Address, events: int | None, *, talks: bool, listens: bool) -> None:
        """As agreed: what the browser says goes to `remote`, it hears the call that was last connected to be heard."""
        leg = self.legs[name]
        keys = self.browser.keys if self.browser else None
        leg.up.kinds = {PCMU: PCMU} | ({keys: events} if keys is not None and events is not None else {})
        if talks and not leg.talks:
            leg.up.restart()
        leg.talks, leg.listens = talks, listens
        leg.aim(remote)
        if listens:
            self._current = leg
            self._down.restart()

    def free(self, name: str) -> None:
        """The call is over."""
        if leg := self.legs.pop(name, None):
            leg.close()
            if leg is self._current:
                self._current = None

    async def close(self) -> None:
        """And so is the phone."""
        for name in list(self.legs):
            self.free(name)
        if self.browser is not None:
            await self.browser.close()

    # --- what the browser tells -------------------------------------------------------------------------------------

    def audio(self, datagram: bytes) -> None:
        for leg in self.legs.values():
            if leg.talks and (carried := leg.up.carry(datagram)):
                leg.send(carried)

    def reports(self, datagram: bytes) -> None:
        if leg := self._current:
            with suppress(rtcp.NotRtcp):
                if written := reports(datagram, leg.up, self._down, self._name):
                    leg.tell(written)

    def up(self, browser: Browser) -> None:
        if browser is self.browser:
            self._heard()

    def gone(self, browser: Browser) -> None:
        if browser is self.browser:
            self._lost()

    # --- what its calls tell ----------------------------------------------------------------------------------------

    def _from_call(self, leg: Leg, datagram: bytes) -> None:
        if leg is self._current and leg.listens and self.browser and (carried := self._down.carry(datagram)):
            self.browser.send(carried)

    def _told(self, leg: Leg, datagram: bytes) -> None:
        if leg is self._current and self.browser:
            with suppress(rtcp.NotRtcp):
                if written := reports(datagram, self._down, leg.up, self._name):
                    self.browser.send(written)
