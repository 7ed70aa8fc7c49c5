"""rtpengine's ng protocol over UDP: a cookie, a space and a dictionary, answered with the same cookie."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Mapping
from typing import Final, Self

from plugins.sip.media.engine import MediaError
from plugins.sip.media.relay.bencode import NotBencode, Sayable, Value, decode, encode

Answer = Mapping[str, Value]
_WAITS: Final = (0.2, 0.4, 0.8, 1.6)
"""Seconds for an answer until it is asked again; a repeated cookie is answered and not done twice."""


class Refused(MediaError):
    """The node answered, and would not."""


class Node(asyncio.DatagramProtocol):
    """One rtpengine. `alive` is what the last question showed; it begins as yes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self._cookies = (f"{secrets.token_hex(4)}_{number}" for number in itertools.count(1))
        self._asked: dict[bytes, asyncio.Future[Answer]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def at(cls, address: str) -> Self:
        """The node at "host:port". Raises MediaError when there is no such address."""
        host, _, port = address.rpartition(":")
        try:
            loop = asyncio.get_running_loop()
            remote = (host.strip("[]"), int(port))
            transport, node = await loop.create_datagram_endpoint(lambda: cls(address), remote_addr=remote)
        except (OSError, ValueError) as error:
            raise MediaError(f"rtpengine = {address!r} is no address") from error
        node._transport = transport
        return node

    def close(self) -> None:
        """Ask no more."""
        if self._transport:
            self._transport.close()

    async def ask(self, command: str, **fields: Sayable) -> Answer:
        """Its answer; `from_tag` is said "from-tag". Raises Refused, and MediaError when it does not answer; one that
        did not is not waited for again until it answers a ping."""
        if not self.alive and command != "ping":
            raise MediaError(f"rtpengine at {self.name} does not answer")
        cookie = next(self._cookies).encode()
        question = {"command": command} | {name.replace("_", "-"): value for name, value in fields.items()}
        answer = self._asked[cookie] = asyncio.get_running_loop().create_future()
        try:
            found = await self._answered(cookie + b" " + encode(question), answer)
        finally:
            del self._asked[cookie]
        if found.get("result") not in (b"ok", b"pong"):
            raise Refused(f"rtpengine would not {command}: {said(found.get('error-reason'))}")
        return found

    async def _answered(self, datagram: bytes, answer: asyncio.Future[Answer]) -> Answer:
        for seconds in _WAITS:
            if self._transport is not None:
                self._transport.sendto(datagram)
            done, _ = await asyncio.wait([answer], timeout=seconds)
            if done:
                self.alive = True
                return answer.result()
        self.alive = False
        raise MediaError(f"rtpengine at {self.name} does not answer")

    def datagram_received(self, data: bytes, addr: object) -> None:
        """An answer; what is none, or comes twice, is passed over."""
        cookie, _, text = data.partition(b" ")
        asked = self._asked.get(cookie)
        if asked is None or asked.done():
            return
        try:
            answer = decode(text)
        except NotBencode:
            return
        if isinstance(answer, dict):
            asked.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there: as good as no answer, for it may be starting."""


def said(value: Value | None) -> str:
    """A string of an answer."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
