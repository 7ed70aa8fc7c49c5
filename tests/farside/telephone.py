"""A telephone that goes on by itself: it answers what it is asked, sends sound while it talks, and notes what it heard.

`gone` takes the network away from it: nothing comes out of it any more, and nothing that is sent to it arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from enum import StrEnum

from sipmessage import Request, Response

from plugins.sip.tests.party import Party, described
from plugins.sip.transaction.machine import T1, T2
from plugins.sip.wire.addresses import name_addr
from plugins.sip.wire.digest import credentials
from plugins.sip.wire.message import Message, read

PATIENCE = 30.0
SOUND_EVERY = 0.25
"""Seconds between two packets: enough for whoever asks only whether there is somebody."""
_PORT = re.compile(rb"^m=audio (\d+)", re.MULTILINE)


class Phase(StrEnum):
    """Of its one call."""

    IDLE = "IDLE"
    RUNG = "RUNG"
    TALKING = "TALKING"
    OVER = "OVER"


class Telephone(Party):
    """`goes_to` is the status it gets to when it is rung: 100, 180 or 200. `heard` are methods, and answers as "200
    INVITE", in order."""

    def __init__(self, goes_to: int = 200, *, acknowledges: bool = True) -> None:
        super().__init__()
        self.goes_to = goes_to
        self.acknowledges = acknowledges
        self.phase = Phase.IDLE
        self.gone = False
        self.heard: list[str] = []
        self._sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sound.bind(("127.0.0.1", 0))
        self._sound_to = 0
        self._packets = 0
        self._asked: dict[int, asyncio.Future[Response]] = {}
        self._invite: Request | None = None
        self._news = asyncio.Event()
        self._living = asyncio.create_task(self._live())

    async def leave(self) -> None:
        """Take it away."""
        self._living.cancel()
        await asyncio.gather(self._living, return_exceptions=True)
        self._sound.close()
        self.socket.close()

    async def until(self, true: Callable[[], object]) -> None:
        """Something that it heard makes this true."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def dial(self, number: str, port: int) -> None:
        """Returns when it is answered."""
        self.where = ("127.0.0.1", port)
        self._target, self._to = f"sip:{number}@hub", f"<sip:{number}@hub>"
        self._invite = self.request("INVITE", body=self._description())
        async with self._repeating(self._invite):
            await self.until(lambda: any(heard.endswith(" INVITE") for heard in self.heard))
        await self.until(lambda: "200 INVITE" in self.heard)

    async def register(self, user: str, password: str, port: int) -> None:
        """Be this agent's."""
        self.where = ("127.0.0.1", port)
        self._target, self._from, self._to = "sip:hub", f"<sip:{user}@hub>;tag=p", f"<sip:{user}@hub>"
        refused = await self.ask("REGISTER")
        asked = refused.headers.getlist("WWW-Authenticate")
        value = credentials(asked, "REGISTER", self._target, user, password)
        taken = await self.ask("REGISTER", f"Authorization: {value}")
        assert taken.code == 200, taken

    async def ask(self, method: str, *headers: str, body: bytes = b"", kind: str = "application/sdp") -> Response:
        request = self.request(method, *headers, body=body, kind=kind)
        answer = self._asked[request.cseq.sequence] = asyncio.get_running_loop().create_future()
        async with self._repeating(request):
            return await asyncio.wait_for(answer, PATIENCE)

    async def press(self, key: str) -> None:
        """By INFO."""
        await self.ask("INFO", body=f"Signal={key}\r\n".encode(), kind="application/dtmf-relay")

    async def hang_up(self) -> int:
        """What the other side says to it."""
        self.phase = Phase.OVER
        return (await self.ask("BYE")).code

    def say(self, message: Message) -> None:
        if not self.gone:
            super().say(message)

    def speak(self) -> None:
        """One packet of RTP."""
        if self.phase is Phase.TALKING and self._sound_to and not self.gone:
            self._packets += 1
            head = bytes([0x80, 8]) + self._packets.to_bytes(2, "big") + (160 * self._packets).to_bytes(4, "big")
            self._sound.sendto(head + b"\0\0\0\x07" + b"\xd5" * 160, ("127.0.0.1", self._sound_to))

    @contextlib.asynccontextmanager
    async def _repeating(self, request: Request) -> AsyncIterator[None]:
        """Say it again and again as long as this lasts (RFC 3261 §17.1.1.2, timer A)."""

        async def repeat() -> None:
            pause = T1
            while True:
                self.say(request)
                await asyncio.sleep(pause)
                pause = min(2 * pause, T2)

        repeating = asyncio.create_task(repeat())
        try:
            yield
        finally:
            repeating.cancel()

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            data, where = await loop.sock_recvfrom(self.socket, 65_535)
            if self.gone or data in self._heard:
                continue
            self._heard.add(data)
            self.where = where
            message = read(data)
            self._requested(message) if isinstance(message, Request) else self._answered(message)
            self._news.set()

    def _requested(self, request: Request) -> None:
        method = request.method
        self.heard.append(method)
        if method == "INVITE" and ";tag=" not in request.headers["To"]:
            self._rung(request)
        elif method == "INVITE":
            self._sounds_to(request.body)
            self.reply(request, 200, body=self._description())
        elif method != "ACK":
            self.reply(request, 200)
        if method == "CANCEL" and self._invite is not None:
            self.reply(self._invite, 487)
        if method in ("CANCEL", "BYE"):
            self.phase = Phase.OVER

    def _rung(self, invite: Request) -> None:
        self._invite, self.phase = invite, Phase.RUNG
        for code in (100, 180):
            if code <= self.goes_to:
                self.reply(invite, code)
        if self.goes_to == 200:
            self.pick_up()

    def pick_up(self) -> None:
        """What rings."""
        invite = self._invite
        assert invite is not None and self.phase is Phase.RUNG
        self.reply(invite, 200, body=self._description())
        self._from, self._to = f"{invite.headers['To']};tag=p", invite.headers["From"]
        self._call_id, self._target = invite.call_id, str(name_addr(invite.headers["Contact"]).uri)
        self._talks(invite.body)

    def _answered(self, answer: Response) -> None:
        self.heard.append(f"{answer.code} {answer.cseq.method}")
        if answer.code < 200:
            return
        if answer.cseq.method == "INVITE":
            self._accepted(answer) if answer.code < 300 else self._refused(answer)
        elif (asked := self._asked.pop(answer.cseq.sequence, None)) is not None and not asked.done():
            asked.set_result(answer)

    def _accepted(self, answer: Response) -> None:
        self.into(answer)
        if self.acknowledges:
            self.acknowledge()
            self._talks(answer.body)

    def _refused(self, answer: Response) -> None:
        """Its ACK belongs to the INVITE's transaction (RFC 3261 §17.1.1.3)."""
        assert self._invite is not None
        ack = self.request("ACK")
        ack.headers.set("Via", self._invite.headers["Via"])
        ack.headers.set("To", answer.headers["To"])
        self.say(ack)
        self.phase = Phase.OVER

    def _talks(self, description: bytes) -> None:
        self.phase = Phase.TALKING
        self._sounds_to(description)

    def _sounds_to(self, description: bytes) -> None:
        if found := _PORT.search(description):
            self._sound_to = int(found[1])

    def _description(self) -> bytes:
        return described(self._sound.getsockname()[1])


@contextlib.asynccontextmanager
async def sounding(phones: Callable[[], Iterable[Telephone]]) -> AsyncIterator[None]:
    """These send sound while they talk, as long as this lasts; at its end they are taken away."""

    async def sound() -> None:
        while True:
            for phone in phones():
                phone.speak()
            await asyncio.sleep(SOUND_EVERY)

    sounding = asyncio.create_task(sound())
    try:
        yield
    finally:
        sounding.cancel()
        await asyncio.gather(*(phone.leave() for phone in phones()))
