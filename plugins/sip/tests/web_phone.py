"""A phone that speaks SIP over WebSocket (RFC 7118), word by word; it has no address of its own, as in a browser."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sipmessage import Request, Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from plugins.sip.tests.party import described
from plugins.sip.wire.addresses import name_addr
from plugins.sip.wire.digest import credentials
from plugins.sip.wire.message import Message, encode, read, response, with_body

HOST = "df7jal23ls0d.invalid"
PASSWORD = "a good password"


class WebPhone:
    """ "ann"; `web` is the connection."""

    def __init__(self, web: ClientConnection, transport: str) -> None:
        self.web = web
        self._transport = transport
        self._sequence = 0

    def request(self, method: str, uri: str, *headers: str, to: str = "<sip:ann@hub>", body: bytes = b"") -> Request:
        """Without Content-Length where there is nothing: the frame says how long it is."""
        if method != "ACK":
            self._sequence += 1
        lines = (
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self._transport} {HOST};branch=z9hG4bK{method}{self._sequence}", "Max-Forwards: 70",
            "From: <sip:ann@hub>;tag=w", f"To: {to}", "Call-ID: w", f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:ann@{HOST};transport=ws>", *headers, "", "",
        )  # fmt: skip
        made = read("\r\n".join(lines).encode())
        assert isinstance(made, Request)
        if body:
            with_body(made, body, "application/sdp")
        return made

    async def say(self, message: Message) -> None:
        await self.web.send(encode(message).decode())

    async def hear(self) -> Message:
        """The next message; provisional answers are passed over."""
        while True:
            data = await asyncio.wait_for(self.web.recv(), 5)
            message = read(data.encode() if isinstance(data, str) else data)
            if isinstance(message, Request) or message.code >= 200:
                return message

    async def ask(self, request: Request) -> Response:
        await self.say(request)
        answer = await self.hear()
        assert isinstance(answer, Response), encode(answer)
        return answer

    async def asked(self, method: str) -> Request:
        message = await self.hear()
        assert isinstance(message, Request) and message.method == method, encode(message)
        return message

    async def registers(self, *headers: str) -> Response:
        """With its password."""
        challenge = await self.ask(self.request("REGISTER", "sip:hub", *headers))
        asked = challenge.headers.getlist("WWW-Authenticate")
        given = credentials(asked, "REGISTER", "sip:hub", "ann", PASSWORD)
        return await self.ask(self.request("REGISTER", "sip:hub", f"Authorization: {given}", *headers))

    async def picks_up(self) -> Request:
        """The INVITE of who rings here, answered and acknowledged."""
        invite = await self.asked("INVITE")
        answer = response(invite, 200, "OK", tag="w")
        answer.headers.add("Contact", f"<sip:ann@{HOST};transport=ws>")
        with_body(answer, described(), "application/sdp")
        await self.say(answer)
        await self.asked("ACK")
        return invite

    async def calls(self, number: str) -> Response:
        """Rings somebody, acknowledges the answer and hangs up: what that is answered."""
        answer = await self.ask(self.request("INVITE", f"sip:{number}@hub", to=f"<sip:{number}@hub>", body=described()))
        assert answer.code == 200
        to, target = answer.headers["To"], str(name_addr(answer.headers["Contact"]).uri)
        await self.say(self.request("ACK", target, to=to))
        return await self.ask(self.request("BYE", target, to=to))


@asynccontextmanager
async def web_phone(port: int, trusting: ssl.SSLContext | None = None, origin: str = "") -> AsyncIterator[WebPhone]:
    """Connected."""
    name = "wss" if trusting else "ws"
    page = Origin(origin) if origin else None
    protocols = [Subprotocol("sip")]
    async with connect(f"{name}://127.0.0.1:{port}", ssl=trusting, origin=page, subprotocols=protocols) as web:
        yield WebPhone(web, name.upper())
