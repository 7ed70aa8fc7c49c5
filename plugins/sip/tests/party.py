"""A site with one trunk on loopback and no sound, and somebody who speaks SIP to it word by word."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sipmessage import Request, Response

from hub.api import Account, Address, AnyAccount, Connection, Placing
from hub.testing import FakeContext
from plugins.sip import hub_migrations
from plugins.sip.channel import SipChannel
from plugins.sip.settings import SipAccount, SipConnection, SipSettings
from plugins.sip.tests.silent_media import SilentAudio, SilentEngine
from plugins.sip.wire.addresses import name_addr, tag
from plugins.sip.wire.digest import Secret
from plugins.sip.wire.message import Message, encode, read, response, with_body

NUMBER = "+861058880000"
ACCOUNT: AnyAccount = Account(1, 7, "sip", "Desk", Address("tel", NUMBER), SipAccount())


def described(port: int = 4000, direction: str = "sendrecv", profile: str = "RTP/AVP", *more: str) -> bytes:
    """A session description of a phone."""
    lines = (
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", f"m=audio {port} {profile} 8 101",
        "a=rtpmap:101 telephone-event/8000", f"a={direction}", *more, "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


class Site:
    """The channel at work."""

    def __init__(
        self, name_servers: Sequence[str] = (), accounts: Sequence[AnyAccount] = (ACCOUNT,),
        services: Sequence[object] = (),
    ) -> None:  # fmt: skip
        migrations = hub_migrations() / "versions"
        settings = SipSettings(port=0, dns=list(name_servers))
        self.context = FakeContext("sip", settings, accounts=accounts, migrations=migrations)
        self.context.services += services
        self.channel = SipChannel(self.context)
        self.exchange = self.channel.exchange
        self.audio = self.exchange.audio = SilentAudio()
        self.port = 0

    @property
    def engine(self) -> SilentEngine:
        return self.audio.silent

    @property
    def thread(self) -> str:
        """Of the one call there is."""
        [thread] = self.exchange.lines
        return thread

    def told(self, what: str) -> list[dict[str, Any]]:
        """What the core was told of this kind."""
        return [json.loads(raw.body) for _, raw in self.context.emitted if raw.meta["what"] == what]

    async def rings_outside(self) -> None:
        """A click-to-call to an agent whose phone is a number outside."""
        await self.exchange.phones.set(3, Secret.of("ann", "hub", "secret"), "+8610011")
        placing = Placing("offer:1", "t1", 3, Address("tel", "+8610012"), "", 20)
        await self.channel.place(ACCOUNT, placing)

    async def until(self, true: Any) -> None:
        """Let what was begun go on until this holds."""
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.005)


@asynccontextmanager
async def site(**settings: Any) -> AsyncIterator[Site]:
    """Listening until the end."""
    own = {name: settings.pop(name) for name in ("accounts", "services") if name in settings}
    found = Site(settings.pop("dns", ()), **own)
    values = {"listen_port": 0, "peers": ["127.0.0.1"], "registrar": True, **settings}
    async with found.exchange.holding(Connection(7, "Trunk", SipConnection.model_validate(values))) as trunk:
        found.port = trunk.port.udp.local[1]
        yield found
    found.exchange.agent.transactions.close()


class Party:
    """One phone or trunk. What comes twice is heard once; OPTIONS outside a call are answered by themselves."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.where: tuple[str, int] = ("127.0.0.1", 0)
        self.port: int = self.socket.getsockname()[1]
        self._from, self._to = f"<sip:10086@127.0.0.1:{self.port}>;tag=p", f"<sip:{NUMBER}@hub>"
        self._target = f"sip:{NUMBER}@hub"
        self._call_id = f"c{self.port}"
        self._sequence = 0
        self._heard: set[bytes] = set()

    def __enter__(self) -> Party:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def request(self, method: str, *headers: str, body: bytes = b"", kind: str = "application/sdp") -> Request:
        """In the call, once there is one."""
        if method != "ACK":
            self._sequence += 1
        via = f"SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{method}{self._sequence};rport"
        lines = (
            f"{method} {self._target} SIP/2.0", f"Via: {via}", "Max-Forwards: 70",
            f"From: {self._from}", f"To: {self._to}", f"Call-ID: {self._call_id}", f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:p@127.0.0.1:{self.port}>", *headers, "", "",
        )  # fmt: skip
        made = read("\r\n".join(lines).encode())
        assert isinstance(made, Request)
        with_body(made, body, kind)
        return made

    def say(self, message: Message) -> None:
        self.socket.sendto(encode(message), self.where)

    def to(self, address: str, target: str) -> None:
        """Whom it calls: by To, and by Request-URI."""
        self._to, self._target = address, target

    async def hear(self) -> Message:
        """The next thing said, once; within five seconds."""
        return await asyncio.wait_for(self.listen(), 5)

    async def listen(self) -> Message:
        """The same, whenever it comes."""
        loop = asyncio.get_running_loop()
        while True:
            data, self.where = await loop.sock_recvfrom(self.socket, 65_535)
            message = read(data)
            if data in self._heard:
                continue
            self._heard.add(data)
            if isinstance(message, Request) and message.method == "OPTIONS":
                self.reply(message, 200)
                continue
            return message

    async def asked(self, method: str) -> Request:
        """The next request, which is of this kind."""
        message = await self.hear()
        assert isinstance(message, Request) and message.method == method, encode(message)
        return message

    async def answer(self) -> Response:
        """The next answer that is final."""
        while True:
            message = await self.hear()
            assert isinstance(message, Response), encode(message)
            if message.code >= 200:
                return message

    async def ask(self, method: str, *headers: str, body: bytes = b"", kind: str = "application/sdp") -> Response:
        self.say(self.request(method, *headers, body=body, kind=kind))
        return await self.answer()

    async def call(self, port: int, *headers: str, body: bytes | None = None) -> Response:
        """Ring the site, acknowledge its answer."""
        self.where = ("127.0.0.1", port)
        answer = await self.ask("INVITE", *headers, body=described() if body is None else body)
        self.into(answer)
        self.acknowledge()
        return answer

    def acknowledge(self, body: bytes = b"") -> None:
        self.say(self.request("ACK", body=body))

    def into(self, answer: Response) -> None:
        """What comes next is inside the dialog this answer made."""
        self._to = answer.headers["To"]
        if contact := answer.headers.get("Contact"):
            self._target = str(name_addr(contact).uri)

    def reply(self, request: Request, code: int, *headers: str, body: bytes = b"") -> None:
        """Answer a request of theirs."""
        made = response(request, code, "Because", tag="p")
        made.headers.add("Contact", f"<sip:p@127.0.0.1:{self.port}>")
        for header in headers:
            name, _, value = header.partition(": ")
            made.headers.add(name, value)
        if body:
            with_body(made, body, "application/sdp")
        self.say(made)

    async def picks_up(self, *headers: str, body: bytes | None = None) -> Request:
        """The INVITE of who rings here, answered and acknowledged; from now on requests are inside its dialog."""
        invite = await self.asked("INVITE")
        self.reply(invite, 200, *headers, body=described() if body is None else body)
        await self.asked("ACK")
        self._from, self._to = f"{invite.headers['To']};tag=p", invite.headers["From"]
        self._call_id, self._target = invite.call_id, str(name_addr(invite.headers["Contact"]).uri)
        assert tag(name_addr(self._to))
        return invite
