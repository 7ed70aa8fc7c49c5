"""Click-to-call: the agent's device first, then the number; they hear each other when both have answered."""

from __future__ import annotations

import asyncio
from typing import Final

from hub.api import Cause, Placing, SendError
from plugins.sip.calls.call import Call
from plugins.sip.calls.states import CallState as S
from plugins.sip.lines import music
from plugins.sip.lines.agent_leg import AgentLeg
from plugins.sip.lines.line import Line
from plugins.sip.lines.outward import Outward

LONGEST_RING: Final = 60.0
"""Seconds; an INVITE that was answered 180 has no end of its own (RFC 3261 §17.1.1.2), and who rings may be gone."""


class Placed:
    """One call the hub makes."""

    def __init__(self, outward: Outward, line: Line, call: Placing, shown: str) -> None:
        self._outward = outward
        self._line = line
        self._call = call
        self._shown = shown

    async def begin(self) -> None:
        """Ring the agent. Raises SendError, and then there is no line."""
        line, call = self._line, self._call
        leg = AgentLeg(call.leg, call.user_id, line)
        try:
            devices = await self._outward.to_agent(line, call.user_id, call.to, auto_answer=False, leg=call.leg)
        except SendError:
            line.leave(Cause.UNREACHABLE)
            raise
        line.on_answer = lambda _: line.soon(self._dial(leg))
        line.add(leg)
        leg.ring(devices, call.seconds)

    async def _dial(self, leg: AgentLeg) -> None:
        line = self._line
        line.on_answer = None
        try:
            customer = await self._outward.to_number(line, self._call.to.value, self._shown)
        except SendError:
            line.leave(Cause.UNREACHABLE)
            return
        line.take(customer)
        line.arrangement.talking = (leg.name,)
        line.arrangement.mode = line.arrangement.mode.TALKING
        if leg.call is not None:
            await line.engine.play(leg.call.media.name, music.ringback(), loop=True, interruptible=False)
        customer.dial()
        asyncio.get_running_loop().call_later(LONGEST_RING, _unanswered, customer)


def _unanswered(customer: Call) -> None:
    if customer.state is not S.CONFIRMED:
        customer.hang_up(Cause.NO_ANSWER)
