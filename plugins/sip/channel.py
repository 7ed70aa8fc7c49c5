"""The channel: what the core asks of calls, done by the exchange."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from pydantic import BaseModel

from hub.api import (
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Cause,
    Context,
    Device,
    Emit,
    Inviting,
    Medium,
    Misconfigured,
    Monitoring,
    Normalised,
    Outbound,
    Placing,
    Raw,
    Ready,
    Rejected,
    Ringing,
    Sent,
    Signal,
    Unreachable,
)
from plugins.sip.calls.referring import Referral
from plugins.sip.exchange import Exchange, media_settings
from plugins.sip.lent.telephony import SipTelephony
from plugins.sip.lines.agent_leg import AgentLeg
from plugins.sip.lines.announcing import Announcing
from plugins.sip.lines.hearing import Monitor
from plugins.sip.lines.line import Line
from plugins.sip.lines.outside_leg import OutsideLeg
from plugins.sip.lines.outward import Outward
from plugins.sip.lines.placing import Placed
from plugins.sip.lines.prompting import say
from plugins.sip.lines.transferring import offer_on, pass_on, transfer
from plugins.sip.lines.whom import meant
from plugins.sip.meaning import meaning, number_of
from plugins.sip.media.engine import MediaError
from plugins.sip.settings import NAME, SCHEME, SipAccount, SipConnection, SipSettings
from plugins.sip.softphone.desk import SoftphoneDesk
from plugins.sip.wire.numbers import number_in

log = logging.getLogger(__name__)
Arrange: TypeAlias = Callable[[Line], Awaitable[None]]
LAST_PROMPT = 30.0
CAPABILITIES = Capabilities(
    Medium.VOICE, live=True, calls=True, can_start=True, start_scheme=SCHEME, max_text=5_000, resend_is_safe=True
)


class SipChannel:
    """Calls by SIP."""

    name = NAME
    connection: type[BaseModel] = SipConnection
    account: type[BaseModel] = SipAccount
    capabilities = CAPABILITIES

    def __init__(self, context: Context) -> None:
        settings = context.settings if isinstance(context.settings, SipSettings) else SipSettings()
        self.exchange = Exchange(context, settings)
        self._outward = Outward(self.exchange)
        self.telephony = SipTelephony(self.exchange, self._outward)
        places, phones = self.exchange.softphones, self.exchange.phones
        self.softphone = SoftphoneDesk(context, media_settings(settings), places, phones)
        self.exchange.transfers = self._asked_to_transfer
        self._announcing = Announcing(context)

    def address(self, raw: Raw) -> Sequence[Address]:
        return [Address(SCHEME, number_of(raw))]

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Nothing is left to do: what reaches the core came from a trunk's peer, checked before it was read."""

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        return meaning(raw)

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """Be reachable until cancelled. Calls are stored by account, not by this connection's `emit`."""
        try:
            async with self.exchange.holding(connection) as trunk:
                trunk.told = ready
                ready(trunk.standing)
                await asyncio.get_running_loop().create_future()
        except MediaError as error:
            raise Unreachable(str(error)) from error

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Say it. The same delivery twice is said once."""
        line = next((found for key in message.thread if (found := self.exchange.lines.get(key))), None)
        if line is None:
            raise Rejected("the call has ended")
        if message.delivery_id not in line.said:
            line.said.add(message.delivery_id)
            say(line, message, lambda to, about: transfer(self._outward, line, to, about=about))
        return Sent(f"{line.thread}/{message.delivery_id}")

    async def signal(self, account: AnyAccount, signal: Signal) -> None:
        """Keys that an agent presses for the customer's side ("keys": "1#"); nothing else can be heard."""
        line = self.exchange.lines.get(signal.thread)
        digits = str(signal.data.get("keys", ""))[:32]
        if line is not None and line.customer is not None and signal.kind == "keys" and digits:
            await line.engine.send_digits(line.customer.media.name, digits)

    async def end(self, account: AnyAccount, thread: str, reason: str) -> None:
        """Hang up, after the last prompt."""
        if line := self.exchange.lines.get(thread):
            line.soon(_hang_up(line))

    async def ring(self, account: AnyAccount, ringing: Ringing) -> None:
        """Have the agent's devices ring."""
        line = self._line(ringing.thread)
        if ringing.leg in line.legs:
            return
        leg = AgentLeg(ringing.leg, ringing.user_id, line)
        devices = await self._outward.to_agent(
            line, ringing.user_id, ringing.caller, auto_answer=ringing.auto_answer, leg=ringing.leg
        )
        line.add(leg)
        leg.ring(devices, ringing.seconds)

    async def release(self, account: AnyAccount, thread: str, leg: str, reason: str) -> None:
        line = self.exchange.lines.get(thread)
        if line is not None and leg in line.legs:
            line.legs[leg].leave(Cause.HUNG_UP)

    async def bridge(self, account: AnyAccount, thread: str, legs: Sequence[str]) -> None:
        await self._arrange(thread, lambda line: line.arrangement.talk(legs))

    async def consult(self, account: AnyAccount, thread: str, legs: Sequence[str], others: Sequence[str]) -> None:
        await self._arrange(thread, lambda line: line.arrangement.consult(legs, others))

    async def hold(self, account: AnyAccount, thread: str) -> None:
        await self._arrange(thread, lambda line: line.arrangement.hold(held=True))

    async def resume(self, account: AnyAccount, thread: str) -> None:
        await self._arrange(thread, lambda line: line.arrangement.hold(held=False))

    async def waiting(self, account: AnyAccount, thread: str) -> None:
        """Music, and from time to time where they are."""
        line = self.exchange.lines.get(thread)
        if line is not None and line.arrangement.mode != "WAITING":
            await self._arrange(thread, lambda line: line.arrangement.wait())
            line.soon(self._announcing.run(line))

    async def invite(self, account: AnyAccount, inviting: Inviting) -> None:
        """A number outside, as one more in the call."""
        line = self._line(inviting.thread)
        if inviting.leg not in line.legs:
            leg = OutsideLeg(inviting.leg, inviting.to.value, line)
            shown = _shown(account, inviting.caller)
            device = await self._outward.to_number(line, inviting.to.value, shown)
            line.add(leg)
            leg.ring([device], inviting.seconds)

    async def monitor(self, account: AnyAccount, thread: str, leg: str, whom: str, mode: Monitoring) -> None:
        how = Monitor(mode, whom if mode is Monitoring.WHISPER else "")
        await self._arrange(thread, lambda line: line.arrangement.monitor(leg, how))

    async def mute(self, account: AnyAccount, thread: str, leg: str, on: bool) -> None:
        await self._arrange(thread, lambda line: line.arrangement.mute(leg, on))

    async def record(self, account: AnyAccount, thread: str, on: bool) -> None:
        await self._arrange(thread, lambda line: line.arrangement.record(on))

    async def transfer_out(self, account: AnyAccount, thread: str, to: Address) -> None:
        """Connect the customer with a number outside; they are no longer ours then."""
        await transfer(self._outward, self._line(thread), to.value)

    async def place(self, account: AnyAccount, call: Placing) -> None:
        """Click-to-call."""
        if call.thread in self.exchange.lines:
            return
        shown = _shown(account, call.caller)
        line = self._open(account, call.thread, call.to.value)
        line.reports.begin()
        await Placed(self._outward, line, call, shown).begin()

    async def devices(self, user_id: int) -> Sequence[Device]:
        return await self._outward.devices(user_id)

    async def alive(self, account: AnyAccount) -> Mapping[str, Collection[str]]:
        mine = [line for line in self.exchange.lines.values() if line.account.id == account.id]
        return {line.thread: list(line.legs) for line in mine}

    def _asked_to_transfer(self, line: Line, leg: AgentLeg, referral: Referral) -> None:
        """An agent's phone passes the customer on (REFER): to an allowed number outside, a colleague or a queue."""
        number, queues = number_in(referral.target), self.exchange.settings.queues
        if number not in queues and number.lstrip("+").isdecimal() and self._outward.allows(line.account, number):
            referral.accept()
            line.soon(pass_on(self._outward, line, number, referral))
        else:
            line.soon(offer_on(meant(self.exchange.context, self.exchange.phones, queues, number), line, leg, referral))

    def _line(self, thread: str) -> Line:
        line = self.exchange.lines.get(thread)
        if line is None:
            raise Unreachable("the call has ended")
        return line

    def _open(self, account: AnyAccount, thread: str, number: str) -> Line:
        try:
            return self.exchange.open_line(account, thread, number, "out")
        except MediaError as error:
            raise Unreachable(str(error)) from error

    async def _arrange(self, thread: str, how: Arrange) -> None:
        """Commands for a call that has ended do nothing; what the engine cannot do is told as Unreachable."""
        if line := self.exchange.lines.get(thread):
            try:
                await how(line)
            except MediaError as error:
                raise Unreachable(str(error)) from error


def _shown(account: AnyAccount, wanted: str) -> str:
    """The number to show. Raises Misconfigured."""
    shown = wanted or account.address.value
    if shown not in (account.address.value, *account.settings.caller_ids):
        raise Misconfigured("this number is not ours to show")
    return shown


async def _hang_up(line: Line) -> None:
    if line.speaking is not None and line.arrangement.alone:
        await line.speaking.finished(LAST_PROMPT)
    line.leave()
