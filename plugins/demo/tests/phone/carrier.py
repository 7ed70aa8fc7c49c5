"""The hub's side of SIP as a test wants it: what came is read from a queue, what it says is said word by word."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from sipmessage import Message, Request, Response

ANSWER = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
TAG = "hub"


class Carrier(asyncio.DatagramProtocol):
    """`async with Carrier() as hub:`; `await hub.next("INVITE")` is the next request of this method."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[Request | Response] = asyncio.Queue()

    async def __aenter__(self) -> Carrier:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._transport = transport
        self.address: tuple[str, int] = transport.get_extra_info("sockname")[:2]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._caller = addr
        self.came.put_nowait(Message.parse(data))

    async def next(self, method: str) -> Request:
        """Skips what else comes. Raises TimeoutError."""
        async with asyncio.timeout(10):
            while True:
                message = await self.came.get()
                if isinstance(message, Request) and message.method == method:
                    return message

    async def reply(self, sequence: int = 1) -> Response:
        """The next response to a request of this number."""
        async with asyncio.timeout(10):
            while True:
                message = await self.came.get()
                if isinstance(message, Response) and message.cseq.sequence == sequence:
                    return message

    def answer(self, request: Request, code: int, body: bytes = b"", **headers: str) -> None:
        """Say it, with our tag."""
        answer = Response(code, "Said")
        for name in ("Via", "From", "To", "Call-ID", "CSeq"):
            answer.headers.add(name, request.headers[name])
        if code > 100 and "tag" not in request.to_address.parameters:
            answer.headers.set("To", f"{request.headers['To']};tag={TAG}")
        for name, value in headers.items():
            answer.headers.add(name.replace("_", "-"), value)
        answer.body = body
        self._transport.sendto(bytes(answer), self._caller)

    def ask(self, method: str, invite: Request, body: bytes = b"", **changed: str) -> None:
        """A request within the call that `invite` began."""
        request = Request(method, invite.contact[0].uri, body)
        sent: dict[str, Any] = {
            "Via": f"SIP/2.0/UDP {self.address[0]}:{self.address[1]};branch=z9hG4bKhub{method}", "Max-Forwards": "70",
            "From": f"{invite.headers['To']};tag={TAG}", "To": invite.headers["From"], "Call-ID": invite.call_id,
            "CSeq": f"1 {method}", "Contact": "<sip:hub@127.0.0.1>",
        }  # fmt: skip
        for name, value in {**sent, **changed}.items():
            request.headers.add(name.replace("_", "-"), cast("str", value))
        self._transport.sendto(bytes(request), self._caller)
