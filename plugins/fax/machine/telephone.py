"""The machine's telephone: one call at a time, over UDP on loopback, repeated until answered (RFC 3261 §17)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from sipmessage import Message, Request, Response

from plugins.fax.machine.dialog import Dialog

T1, T2, PATIENCE = 0.5, 4.0, 32.0
RINGS: Final = 60.0


class NoCall(Exception):
    """It did not come about; `code` is SIP's status, 408 when nobody answered."""

    def __init__(self, code: int) -> None:
        super().__init__(f"SIP {code}")
        self.code = code


class Call:
    """`asked` gets the body of a re-INVITE and gives the answer's, None for 488; `over` is set when they hang up."""

    def __init__(self, dialog: Dialog, telephone: Telephone, invite: Request | None = None) -> None:
        self.dialog, self.invite = dialog, invite
        self.over = asyncio.Event()
        self.asked: Callable[[bytes], bytes | None] = lambda body: None
        self._telephone = telephone
        self._answers: dict[int, bytes] = {}
        self._acknowledged = asyncio.Event()

    async def reinvite(self, offer: bytes) -> Response:
        """Their final answer. Raises NoCall."""
        answer = await self._telephone.ask(self.dialog.invite(offer))
        self._telephone.say(self.dialog.ack(answer))
        return answer

    async def answer(self, body: bytes) -> None:
        """Take the call; again and again until they have heard it. Raises NoCall."""
        assert self.invite is not None
        reply = self.dialog.reply(self.invite, 200, body)
        self._answers[self.invite.cseq.sequence] = bytes(reply)
        pause = T1
        for _ in range(8):
            self._telephone.say(reply)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._acknowledged.wait()
                return
            pause = min(2 * pause, T2)
        raise NoCall(408)

    async def press(self, key: str) -> None:
        """Raises NoCall."""
        await self._telephone.ask(self.dialog.key(key))

    async def hang_up(self) -> None:
        """Once is enough."""
        if not self.over.is_set():
            self.over.set()
            with suppress(NoCall):
                await self._telephone.ask(self.dialog.bye())

    def heard(self, request: Request) -> None:
        """Something of theirs within this call."""
        if request.method == "ACK":
            self._acknowledged.set()
        elif request.method == "INVITE":
            self._again(request)
        else:
            self._telephone.say(self.dialog.reply(request, 200))
            if request.method == "CANCEL" and self.invite is not None:
                self._telephone.say(self.dialog.reply(self.invite, 487))
            if request.method in ("BYE", "CANCEL"):
                self.over.set()

    def _again(self, request: Request) -> None:
        """A re-INVITE, or one of which our answer was lost."""
        if (known := self._answers.get(request.cseq.sequence)) is None:
            body = self.asked(request.body)
            known = bytes(self.dialog.reply(request, 488 if body is None else 200, body or b""))
            self._answers[request.cseq.sequence] = known
        self._telephone.send(known)


class Telephone(asyncio.DatagramProtocol):
    """`rung` is told of a call that comes in, and answers it or refuses. `number` is its own; others are not here."""

    def __init__(self, number: str, hub: tuple[str, int] | None, rung: Callable[[Call], None]) -> None:
        self.number, self.hub = number, hub
        self._rung = rung
        self._call: Call | None = None
        self._asked: dict[tuple[str, str], asyncio.Future[Response]] = {}
        self._where: tuple[str, int] | None = None
        self.port = 0

    async def open(self, port: int = 0) -> int:
        """The port it is at."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))
        self.port = int(self._transport.get_extra_info("sockname")[1])
        return self.port

    def forget(self) -> None:
        """Its call: one says good-bye, and does not wait for an answer."""
        if self._call is not None and not self._call.over.is_set():
            self._call.over.set()
            self.say(self._call.dialog.bye())

    def close(self) -> None:
        """No more."""
        self._transport.close()

    @property
    def busy(self) -> bool:
        """In a call."""
        return self._call is not None and not self._call.over.is_set()

    async def dial(self, number: str, offer: bytes) -> tuple[Call, bytes]:
        """The call, and what they say of media. Raises NoCall."""
        if self.hub is None or self.busy:
            raise NoCall(486)
        self._where = self.hub
        dialog = Dialog(f"127.0.0.1:{self.port}", f"{self.hub[0]}:{self.hub[1]}", self.number, number)
        call = self._call = Call(dialog, self)
        try:
            answer = await self.ask(dialog.invite(offer), RINGS)
        except NoCall:
            call.over.set()
            raise
        if answer.code < 300:
            dialog.confirm(answer)
        self.say(dialog.ack(answer))
        if answer.code >= 300:
            call.over.set()
            raise NoCall(answer.code)
        return call, answer.body

    async def ask(self, request: Request, within: float = PATIENCE) -> Response:
        """The final answer. Raises NoCall(408) when none comes."""
        key = (request.call_id, str(request.cseq))
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._asked[key] = answer
        repeating = asyncio.create_task(self._repeat(request))
        try:
            async with asyncio.timeout(within):
                return await answer
        except TimeoutError:
            raise NoCall(408) from None
        finally:
            repeating.cancel()
            self._asked.pop(key, None)

    def say(self, message: Request | Response) -> None:
        """To whoever was heard last, or is called."""
        self.send(bytes(message))

    def send(self, data: bytes) -> None:
        """As it is."""
        if self._where is not None and not self._transport.is_closing():
            self._transport.sendto(data, self._where)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One message; what cannot be read is not answered."""
        try:
            message = Message.parse(data)
            if isinstance(message, Response):
                self._answered(message)
            elif isinstance(message, Request):
                self._requested(message, addr)
        except (ValueError, KeyError):
            return

    def _answered(self, answer: Response) -> None:
        asked = self._asked.get((answer.call_id, str(answer.cseq)))
        if asked is not None and not asked.done() and answer.code >= 200:
            asked.set_result(answer)

    def _requested(self, request: Request, where: tuple[str, int]) -> None:
        if self._call is not None and request.call_id == self._call.dialog.call_id:
            self._where = where
            self._call.heard(request)
            return
        stranger = Dialog.of(f"127.0.0.1:{self.port}", request)
        code = self._refusal(request)
        if code:
            self._transport.sendto(bytes(stranger.reply(request, code)), where)
        elif request.method == "INVITE":
            self._where, self._call = where, Call(stranger, self, request)
            self.say(stranger.reply(request, 180))
            self._rung(self._call)

    def _refusal(self, request: Request) -> int:
        if request.method == "ACK":
            return 0
        if request.method != "INVITE":
            return 200 if request.method == "OPTIONS" else 481
        if self.number and request.uri.user not in (self.number, self.number.lstrip("+")):
            return 404
        return 486 if self.busy else 0

    async def _repeat(self, request: Request) -> None:
        pause = T1
        while True:
            self.say(request)
            await asyncio.sleep(pause)
            pause = min(2 * pause, T2)
