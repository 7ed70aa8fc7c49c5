"""A customer passed on to a number outside: their leg and a new one stay joined here; the core has let go of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from hub.api import AnyAccount, Cause, Json, SendError, Unreachable
from plugins.sip.calls.call import Call
from plugins.sip.calls.referring import Referral
from plugins.sip.lines.agent_leg import AgentLeg
from plugins.sip.lines.line import Line
from plugins.sip.lines.outside_leg import OutsideLeg
from plugins.sip.lines.outward import Outward
from plugins.sip.lines.speaking import Speaking
from plugins.sip.lines.whom import Whom
from plugins.sip.media.engine import ToneKind

log = logging.getLogger(__name__)
LONGEST_RING = 45.0
CORE_ANSWERS = 8.0
"""Seconds; a leg that is still there then was not let go."""


class Bridged:
    """Owns the outside leg, and the customer's once it is answered: when one hangs up, so does the other."""

    def __init__(self, line: Line) -> None:
        self.answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._line = line
        self.speaking: Speaking | None = None
        self._pair: tuple[Call, ...] = ()

    @property
    def account(self) -> AnyAccount:
        """By which they came."""
        return self._line.account

    @property
    def over(self) -> bool:
        """Whether both have gone."""
        return all(call.over for call in self._pair)

    def call_of(self, leg: str) -> Call | None:
        """The one whose audio goes by this name."""
        return next((call for call in self._pair if call.media.name == leg), None)

    def leave(self) -> None:
        """The connection ends, and they with it."""
        for call in self._pair:
            call.hang_up(Cause.FAILED)

    def pressed(self, leg: str, key: str) -> None:
        """For the other, who hears it."""

    def heard(self, leg: str, tone: ToneKind) -> None:
        """For the other, who hears it."""

    def lost(self, leg: str) -> None:
        """One's audio has stopped for good: so have both."""
        if call := self.call_of(leg):
            call.hang_up(Cause.FAILED)

    def join(self, outside: Call) -> None:
        """From now on these two belong together."""
        assert self._line.customer is not None
        self._pair = (self._line.customer, outside)
        self._line.customer.told = self

    def ringing(self, call: Call) -> None:
        """The customer hears music until it is answered."""

    def up(self, call: Call) -> None:
        if not self.answered.done():
            self.answered.set_result(True)

    def ended(self, call: Call, cause: Cause) -> None:
        if not self.answered.done():
            self.answered.set_result(False)
        for other in self._pair:
            if other is not call:
                other.hang_up(cause)

    def on_hold(self, call: Call, held: bool) -> None:
        """Theirs to hear."""

    def key(self, call: Call, digit: str) -> None:
        """Heard in the audio."""

    def asked_to_transfer(self, referral: Referral) -> None:
        referral.refuse()


async def pass_on(outward: Outward, line: Line, number: str, referral: Referral) -> None:
    """As a phone asked by REFER, which hears of it."""
    try:
        await transfer(outward, line, number, lambda: referral.done(200, "OK"))
    except SendError as error:
        log.info("a transfer asked for by a phone did not come about: %s", error.code)
        referral.done(480, "Temporarily Unavailable")


async def offer_on(find: Awaitable[Whom | None], line: Line, leg: AgentLeg, referral: Referral) -> None:
    """To a colleague or a queue: the core has the customer offered, the leg has gone then, and the phone is told. A
    colleague who does not take them gives them back."""
    to = await find
    if to is None or to.colleague == leg.user_id:
        referral.refuse()
        return
    referral.accept()
    leg.referral = referral
    line.reports.passed_on(leg.name, to)
    await asyncio.sleep(CORE_ANSWERS)
    if not leg.over:  # they are not at work, or busy
        leg.referral = None
        referral.done(480, "Temporarily Unavailable")


async def transfer(
    outward: Outward, line: Line, number: str, taken: Callable[[], None] = lambda: None,
    about: Mapping[str, Json] | None = None,
) -> None:  # fmt: skip
    """Returns when the number has answered and the two are joined; the customer's side of the record ends here.
    `taken` is told right before the agents' legs end. A number of our own whose calls another plugin takes is not
    called: the customer is handed over, with what is to be said `about` it.
    Raises Unreachable, Rejected, Misconfigured: then nothing has changed."""
    if line.customer is None or not line.connected:
        raise Unreachable("the customer is not there")
    if await outward.taken(line, number, about or {}):
        return
    if (there := _invited(line, number)) is not None:
        pair = Bridged(line)
        there.told = pair
        await _joined(outward, line, pair, there, taken)
        return
    outside = await outward.to_number(line, number, line.account.address.value)
    pair = Bridged(line)
    outside.told = pair
    line.beyond = outside
    outside.dial()
    try:
        answered = await asyncio.wait_for(pair.answered, LONGEST_RING)
    except TimeoutError:
        outside.hang_up(Cause.NO_ANSWER)
        raise Unreachable("nobody answered") from None
    except asyncio.CancelledError:  # the customer is wanted back
        outside.hang_up()
        raise
    finally:
        line.beyond = None
    if not answered or line.customer is None or line.customer.over:
        outside.hang_up()
        raise Unreachable("nobody answered")
    await _joined(outward, line, pair, outside, taken)


def _invited(line: Line, number: str) -> Call | None:
    """Who was called into the call from there and talks: no longer a leg of it."""
    for leg in line.legs.values():
        if isinstance(leg, OutsideLeg) and leg.number == number and (call := leg.let_go()) is not None:
            del line.legs[leg.name]
            return call
    return None


async def _joined(outward: Outward, line: Line, pair: Bridged, outside: Call, taken: Callable[[], None]) -> None:
    """The customer and this number, without us."""
    assert line.customer is not None
    customer = line.customer
    pair.join(outside)
    outward.joined(pair)
    taken()
    await line.detach()
    await line.engine.bridge(customer.media.name, outside.media.name)
