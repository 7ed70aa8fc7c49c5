"""Click-to-call: the agent's device first, then the number; they hear each other when both have answered."""

from __future__ import annotations

from hub.api import Cause, Placing, SendError
from plugins.sip import music
from plugins.sip.agent_leg import AgentLeg
from plugins.sip.line import Line
from plugins.sip.outward import Outward


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
            devices = await self._outward.to_agent(line, call.user_id, call.to, auto_answer=False)
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
