"""An agent's phone calls a colleague about the customer it holds, and may hand them over: attended transfer (RFC 5589
§7). It is the core's consultation, begun by keys; so the colleague sees whom it is about before they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from hub.api import Cause
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.call import Call
from plugins.sip.calls.referring import Referral
from plugins.sip.calls.replaces import Replaces
from plugins.sip.calls.states import CallState as S
from plugins.sip.calls.within import Within
from plugins.sip.lines.agent_leg import AgentLeg
from plugins.sip.lines.arrangement import Arrangement
from plugins.sip.lines.reports import Reports

NOBODY_RINGS: Final = 8.0
"""Seconds after which a colleague who was asked for and does not ring is not to be had: busy, or not at work."""


class Consulted(Protocol):
    """The line about whose customer it is."""

    reports: Reports
    arrangement: Arrangement

    def soon(self, work: Coroutine[Any, Any, None]) -> None: ...

    def agent_transfers(self, leg: AgentLeg, referral: Referral) -> None: ...


class Aside:
    """The phone's call to the colleague, a user. It is answered when their device is."""

    def __init__(self, line: Consulted, leg: AgentLeg, call: Answering, colleague: int) -> None:
        self.call = call
        self.colleague = colleague
        self._line = line
        self._leg = leg
        self._asked = True
        later = asyncio.get_running_loop().call_later
        self._timer = later(NOBODY_RINGS, self.left, Cause.NO_ANSWER)

    def begin(self) -> None:
        """Ask for them."""
        self.call.told = self
        self._leg.aside = self
        self.call.ring()
        self._line.reports.consulting(self._leg.name, self.colleague)

    def rings(self) -> None:
        """Their device does: the core says how long."""
        self._timer.cancel()

    def answered(self) -> None:
        """They are there."""
        self._timer.cancel()
        self.call.answer()

    def left(self, cause: Cause) -> None:
        """They are not there, or no longer."""
        self.call.hang_up(cause)

    def over(self) -> None:
        """The agent has left altogether: the core knows what becomes of a consultation."""
        self._asked = False
        self.call.hang_up()

    # --- what the phone's leg tells -------------------------------------------------------------------------------

    def ringing(self, call: Call) -> None:
        """It is they who called."""

    def up(self, call: Call) -> None:
        self._line.soon(self._line.arrangement.apply())

    def ended(self, call: Call, cause: Cause) -> None:
        self._timer.cancel()
        self._leg.aside = None
        if self._asked:
            self._line.reports.returned(self._leg.name)
            self._line.soon(self._line.arrangement.apply())

    def on_hold(self, call: Call, held: bool) -> None:
        """The colleague hears what the phone sends them."""

    def key(self, call: Call, digit: str) -> None:
        """Nobody's menu."""

    def asked_to_transfer(self, referral: Referral) -> None:
        self._line.agent_transfers(self._leg, referral)


def hand_over(line: Consulted, leg: AgentLeg, referral: Referral, wanted: Replaces) -> None:
    """A phone joins its two calls: the colleague has the customer. How it goes is told as the one who is called by
    such a REFER would have answered (RFC 3891 §3)."""
    referral.accept()
    code, phrase = _verdict(leg, referral.call, wanted)
    if code == 200:
        line.soon(_handed_over(line, leg, referral))
    else:
        referral.done(code, phrase)


def _verdict(leg: AgentLeg, asking: Within, wanted: Replaces) -> tuple[int, str]:
    mine = [leg.call, leg.aside.call if leg.aside else None]
    other = next((call for call in mine if call is not None and call is not asking and call.is_in(wanted.key)), None)
    if other is None:
        return 481, "Call Does Not Exist"
    if other.state is not S.CONFIRMED:  # a call of theirs that rings is not ours to replace
        return 481, "Call Does Not Exist"
    return (486, "Busy Here") if wanted.early_only else (200, "OK")


async def _handed_over(line: Consulted, leg: AgentLeg, referral: Referral) -> None:
    others = [name for name in line.arrangement.talking if name != leg.name]
    await line.arrangement.talk(others)
    referral.done(200, "OK")
    leg.leave(Cause.TRANSFERRED)
