"""A call as an agent's browser has it: a leg that rings at our node's own telephone, and what the page does with it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from enum import StrEnum
from typing import Final, Protocol, cast

from sipmessage import Request, Response

from hub.api import Cause, Json, Quality
from plugins.sip.calls import offer_answer
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.call import SDP, Call
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.referring import Referral
from plugins.sip.calls.renegotiating import AWAY
from plugins.sip.media.engine import Codec, Crypto, Direction, Endpoint, MediaEngine, MediaError, Statistics
from plugins.sip.softphone.gateway import Gateway
from plugins.sip.wire import sdp, sound
from plugins.sip.wire.message import with_body

PCMU: Final = ("PCMU/8000",)
MEASURED: Final = 720
"""Of a call that is longer than an hour the last hour counts."""
AGAIN_AFTER: Final = 1.0
"""Seconds, when both sides had something to agree on at once."""


class State(StrEnum):
    """As the page is told it."""

    RINGING = "RINGING"
    TALKING = "TALKING"
    HELD = "HELD"
    ENDED = "ENDED"


TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    State.RINGING: frozenset({State.TALKING, State.ENDED}),
    State.TALKING: frozenset({State.HELD, State.ENDED}),
    State.HELD: frozenset({State.TALKING, State.ENDED}),
    State.ENDED: frozenset(),
}


class Noticed(Protocol):
    """Whose call it is."""

    def changed(self, call: WebCall) -> None: ...


class WebCall:
    """`leg` is what the core calls it. Held by the agent or because the browser is away: the far side hears music."""

    def __init__(
        self, leg: str, caller: str, call: Answering, media: BrowserLeg, noticed: Noticed, *, auto: bool
    ) -> None:
        self.leg, self.caller, self.auto = leg, caller, auto
        self.state = State.RINGING
        self.cause = ""
        self._call, self._media = call, media
        self._noticed = noticed
        self._by_agent = self._away = self._asking = False
        self._direction: Direction | None = Direction.SENDRECV
        self._stranded = False
        self._measured: deque[Quality] = deque(maxlen=MEASURED)

    @property
    def shown(self) -> dict[str, Json]:
        """As the page is told it."""
        about: dict[str, Json] = {"leg": self.leg, "state": self.state.value, "caller": self.caller}
        return {**about, "auto": self.auto, "cause": self.cause}

    def answer(self) -> None:
        """Pick up."""
        self._call.answer()

    def hang_up(self, cause: Cause) -> None:
        """From our side, whatever it is at."""
        self._call.hang_up(cause)

    def hold(self, on: bool) -> None:
        """By the agent."""
        self._by_agent = on
        self._agree()

    def away(self, gone: bool) -> None:
        """Their browser has gone, or is back."""
        self._away = gone
        self._stranded = self._stranded and gone
        self._agree()

    def strand(self) -> None:
        """Our end of its audio is no more; once the browser is back it gets another."""
        self._media.strand()
        self._stranded, self._direction = True, None

    def press(self, keys: str) -> None:
        """Each by an INFO: the lines press them for the customer's side."""
        for key in keys:
            if self._call.confirmed and self._call.dialog is not None:
                request = self._call.dialog.request("INFO")
                with_body(request, f"Signal={key}\r\nDuration=160\r\n".encode(), "application/dtmf-relay")
                self._call.ask(request)

    def measured(self, quality: Quality) -> None:
        """By the browser: the lines, which keep it with the call, hear only as far as the gateway."""
        self._measured.append(quality)
        if self._call.confirmed and self._call.dialog is not None:
            request = self._call.dialog.request("INFO")
            with_body(request, json.dumps(sound.as_json(sound.mean(self._measured))).encode(), sound.KIND)
            self._call.ask(request)

    def _agree(self) -> None:
        """Let the far side know in which direction audio goes, once what it was asked before is answered."""
        wanted = Direction.SENDONLY if self._by_agent or self._away else Direction.SENDRECV
        if wanted is not self._direction and self._call.confirmed and not (self._asking or self._stranded):
            self._asking = True
            self._call.soon(self._ask(wanted))

    async def _ask(self, wanted: Direction) -> None:
        try:
            body = await self._media.restated(wanted)
        except MediaError:  # the gateway died: that is told, and the browser comes again
            self._asking, self._direction = False, None
            return
        if self._call.over or self._call.dialog is None:
            return
        request: Request = self._call.dialog.request("UPDATE")
        if self._away:
            request.headers.add(AWAY, "1")
        with_body(request, body, SDP)
        send = self._call.dialogs.transactions.send
        send(request, self._call.flow, lambda answer: self._answered(wanted, answer))

    def _answered(self, wanted: Direction, answer: Response) -> None:
        if answer.code < 200 or self._call.over:
            return
        self._asking = False
        if answer.code < 300:
            self._direction = wanted
            self._call.soon(self._settle(answer.body))
            if not self._away:
                self._move(State.HELD if wanted is Direction.SENDONLY else State.TALKING)
            self._agree()
        elif answer.code in (408, 481):
            self._call.hang_up(Cause.FAILED)
        else:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, self._agree)

    async def _settle(self, answered: bytes) -> None:
        try:
            await self._media.settle(answered)
        except MediaError:  # as above
            self._direction = None

    def _move(self, state: State) -> None:
        if state is not self.state:
            if state not in TRANSITIONS[self.state]:
                raise ValueError(f"a call cannot go from {self.state} to {state}")
            self.state = state
            self._noticed.changed(self)

    # --- what the leg tells ----------------------------------------------------------------------------------------

    def ringing(self, call: Call) -> None:
        """It is we who ring."""

    def up(self, call: Call) -> None:
        self._move(State.TALKING)
        self._agree()

    def ended(self, call: Call, cause: Cause) -> None:
        self.cause = cause.value
        self._move(State.ENDED)

    def on_hold(self, call: Call, held: bool) -> None:
        """Theirs to hear."""

    def key(self, call: Call, digit: str) -> None:
        """Nobody's menu."""

    def asked_to_transfer(self, referral: Referral) -> None:
        referral.refuse()


class BrowserLeg(MediaLeg):
    """The audio of such a call: always PCMU, by the gateway."""

    def __init__(self, gateway: Gateway, phone: str) -> None:
        # of the whole engine a leg asks for no more than the carrier has
        super().__init__(cast("MediaEngine", _Carrier(gateway, phone)))

    async def answer(self, offered: bytes) -> bytes:
        endpoint = await self._opened()
        session, agreed = offer_answer.answer(sdp.parse(offered), endpoint.port, codecs=PCMU)
        await self._connect(agreed)
        return self._written(session, endpoint)

    def strand(self) -> None:
        """Its port is no more: another is opened when there is something to agree on."""
        self._endpoint = self.agreed = None

    async def restated(self, direction: Direction) -> bytes:
        """What we have agreed on, in another direction."""
        endpoint = await self._opened()
        [media] = offer_answer.offer(endpoint.port, codecs=PCMU).media
        kept = tuple(each for each in media.attributes if each[0] not in sdp.DIRECTIONS)
        changed = sdp.Media(*_head(media), attributes=(*kept, (direction.value, "")))
        return self._written(sdp.Session((changed,)), endpoint)


def _head(media: sdp.Media) -> tuple[str, int, str, tuple[str, ...]]:
    return media.kind, media.port, media.protocol, media.formats


class _Carrier:
    """The gateway, as a leg's engine."""

    def __init__(self, gateway: Gateway, phone: str) -> None:
        self._gateway, self._phone = gateway, phone

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        return await self._gateway.reserve(self._phone, leg)

    async def connect(
        self, leg: str, remote: tuple[str, int], codec: Codec, telephone_event: int | None, crypto: Crypto | None,
        *, direction: Direction, rtcp: int,
    ) -> None:  # fmt: skip
        await self._gateway.connect(self._phone, leg, remote, telephone_event, direction)

    async def close(self, leg: str) -> Statistics:
        """How it was heard is told by the lines' own media, to whom the browser's reports are passed on."""
        await self._gateway.free(self._phone, leg)
        return Statistics()
