"""One call to the hub over UDP, as any carrier makes it (RFC 3261): INVITE to BYE, holding included (RFC 3264 §8.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from sipmessage import Message, Request, Response

from plugins.demo.phone import sdp
from plugins.demo.phone.dialog import Dialog
from plugins.demo.phone.repeating import GIVE_UP, T1, Repeating
from plugins.demo.phone.sdp import Audio
from plugins.demo.phone.stages import NEXT, Stage, Why, why

LINGER: Final = 5.0
"""Seconds an ended call still answers for itself; longer would keep a stopping hub waiting."""


class Caller(asyncio.DatagramProtocol):
    """`async with Caller(hub, number, called, changed, agreed) as call: call.place(audio_port)`.

    `changed` is told of every stage; `agreed` where the other side takes audio, each time that is said."""

    def __init__(
        self, hub: tuple[str, int], caller: str, called: str, changed: Callable[[Stage, Why | None], None],
        agreed: Callable[[Audio], None], t1: float = T1,
    ) -> None:  # fmt: skip
        self.stage = Stage.CONNECTING
        self._hub, self._numbers, self._t1 = hub, (caller, called), t1
        self._changed, self._agreed = changed, agreed
        self._waiting: dict[str, Repeating] = {}
        self._quiet = asyncio.Event()
        self._proceeding = self._confirmed = self._cancelled = False
        self._port, self._version, self._answered = 0, 0, (0, b"")

    async def __aenter__(self) -> Caller:
        """A socket of the call's own, connected to the hub: the system tells when nobody listens there."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self._hub)
        self.host, port = self._transport.get_extra_info("sockname")[:2]
        host, hub_port = self._transport.get_extra_info("peername")[:2]
        self._dialog = Dialog(f"{self.host}:{port}", f"{host}:{hub_port}", *self._numbers)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up, and see to the answers of what was still asked."""
        self.hang_up()
        try:
            async with asyncio.timeout(min(LINGER, GIVE_UP * self._t1)):
                await self._quiet.wait()
        except TimeoutError:
            pass
        finally:
            for each in self._waiting.values():
                each.stop()
            self._transport.close()

    def place(self, port: int) -> None:
        """Ring; `port` is where we take audio."""
        self._port = port
        self._move(Stage.CALLING)
        self._ask(self._dialog.invite(self._description()), longest=GIVE_UP * self._t1)

    def hang_up(self) -> None:
        """Whatever the call is at; a second time does nothing."""
        if self._confirmed and self.stage is not Stage.ENDED:
            self._ask(self._dialog.bye())
        elif self.stage in {Stage.CALLING, Stage.RINGING}:
            self._cancelled = True
            if self._proceeding:  # §9.1: not before the first provisional answer
                self._ask(self._dialog.cancel())
        self._end(Why.YOU_HUNG_UP)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One message; what cannot be read is not answered."""
        try:
            message = Message.parse(data)
            if isinstance(message, Response):
                self._take_answer(message)
            else:
                self._take_request(message)
        except (ValueError, KeyError):
            return

    def error_received(self, exc: Exception) -> None:
        """Nobody listens at the hub's port (§18.4)."""
        for each in self._waiting.values():
            each.stop()
        self._waiting.clear()
        self._end(Why.UNREACHABLE)

    # --- what we asked ------------------------------------------------------------------------------------------------

    def _ask(self, request: Request, longest: float = 4.0) -> None:
        def gave_up() -> None:
            self._settled(request.method)
            self._end(Why.UNREACHABLE)

        self._quiet.clear()
        data = bytes(request)
        self._waiting[request.method] = Repeating(lambda: self._transport.sendto(data), gave_up, self._t1, longest)

    def _settled(self, method: str) -> None:
        if asked := self._waiting.pop(method, None):
            asked.stop()
        if not self._waiting and self.stage is Stage.ENDED:
            self._quiet.set()

    def _take_answer(self, answer: Response) -> None:
        if answer.call_id != self._dialog.call_id:
            return
        if answer.cseq.method != "INVITE":
            if answer.code >= 200:
                self._settled(answer.cseq.method)
        elif answer.code < 200:
            self._provisional(answer)
        elif answer.code < 300:
            self._accepted(answer)
        else:
            self._transport.sendto(bytes(self._dialog.ack(answer)))
            self._end(why(answer.code))
            self._settled("INVITE")

    def _provisional(self, answer: Response) -> None:
        if not (asked := self._waiting.get("INVITE")):
            return  # overtaken by the final answer
        first, self._proceeding = not self._proceeding, True
        asked.stop()  # it stays among what is waited for: the final answer is due
        if self._cancelled and first:
            self._ask(self._dialog.cancel())
        if answer.code > 100 and self.stage is Stage.CALLING:
            self._move(Stage.RINGING)
        if answer.body and not self._confirmed and self.stage is Stage.RINGING:
            self._agreed(sdp.read(answer.body))

    def _accepted(self, answer: Response) -> None:
        if not self._confirmed:
            self._dialog.confirm(answer)
        self._transport.sendto(bytes(self._dialog.ack(answer)))
        if self._confirmed:
            return  # our ACK was lost
        self._confirmed = True
        if self._cancelled:  # their 200 and our CANCEL crossed
            self._ask(self._dialog.bye())
        else:
            self._talk(answer.body)
        self._settled("INVITE")

    def _talk(self, answer: bytes) -> None:
        try:
            self._agreed(sdp.read(answer))
        except sdp.BadSdp:
            self._ask(self._dialog.bye())
            self._end(Why.NO_COMMON_AUDIO)
        else:
            self._move(Stage.TALKING)

    # --- what we are asked --------------------------------------------------------------------------------------------

    def _take_request(self, request: Request) -> None:
        if request.method == "ACK":
            self._settled("ANSWER")
            if request.body and self._confirmed:  # the answer to an offer of ours
                self._follow(sdp.read(request.body))
        elif request.method == "OPTIONS":
            self._reply(request, 200)
        elif not self._dialog.holds(request):
            self._reply(request, 481)
        elif request.method == "BYE":
            self._reply(request, 200)
            self._end(Why.THEY_HUNG_UP)
        elif request.method == "INVITE" and self._confirmed:
            self._changed_audio(request)
        else:
            self._reply(request, 405)

    def _changed_audio(self, request: Request) -> None:
        """A re-INVITE: hold, unhold, another address. Without an offer of theirs we make one (§14.2)."""
        sequence, known = self._answered
        if request.cseq.sequence == sequence:
            self._transport.sendto(known)
            return
        try:
            theirs = sdp.read(request.body) if request.body else None
        except sdp.BadSdp:
            self._reply(request, 488)
            return
        answer = bytes(self._dialog.reply(request, 200, self._description(theirs.direction if theirs else "sendrecv")))
        self._answered = request.cseq.sequence, answer
        self._settled("ANSWER")
        self._waiting["ANSWER"] = Repeating(
            lambda: self._transport.sendto(answer), lambda: self._settled("ANSWER"), self._t1
        )
        if theirs:
            self._follow(theirs)

    def _follow(self, theirs: Audio) -> None:
        self._agreed(theirs)
        self._move(Stage.HELD if theirs.holds_us else Stage.TALKING)

    def _reply(self, request: Request, code: int) -> None:
        self._transport.sendto(bytes(self._dialog.reply(request, code)))

    def _description(self, theirs: str = "sendrecv") -> bytes:
        self._version += 1
        return sdp.write(self.host, self._port, self._version, theirs)

    # --- stages -------------------------------------------------------------------------------------------------------

    def _end(self, reason: Why) -> None:
        self._settled("ANSWER")
        self._move(Stage.ENDED, reason)
        if not self._waiting:
            self._quiet.set()

    def _move(self, stage: Stage, reason: Why | None = None) -> None:
        if stage in NEXT[self.stage]:
            self.stage = stage
            self._changed(stage, reason)
