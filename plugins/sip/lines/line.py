"""One call as the hub has it: the customer's leg, the agents' legs, and who hears whom. All by the core's word."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from hub.api import AnyAccount, Cause, Context, LegState, crash_point
from plugins.sip.calls.call import Call
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.referring import Referral
from plugins.sip.calls.states import CallState as S
from plugins.sip.lines import music
from plugins.sip.lines.agent_leg import AgentLeg, Beside
from plugins.sip.lines.arrangement import Arrangement
from plugins.sip.lines.collecting import Collecting
from plugins.sip.lines.consulting import hand_over
from plugins.sip.lines.reports import Reports
from plugins.sip.lines.speaking import Speaking
from plugins.sip.media.engine import MediaEngine, MediaError, ToneKind
from plugins.sip.recordings.under_way import UnderWay
from plugins.sip.soon import Soon

Transfers: TypeAlias = "Callable[[Line, AgentLeg, Referral], None]"
log = logging.getLogger(__name__)


class Line:
    """`customer` is None while the hub places the call. `gone` is told when the last leg has ended, `machine` when a
    fax machine calls."""

    def __init__(
        self, context: Context, engine: MediaEngine, account: AnyAccount, thread: str, caller: str,
        under_way: UnderWay, gone: Callable[[Line], None],
    ) -> None:  # fmt: skip
        self.account, self.thread, self.caller = account, thread, caller
        self.under_way = under_way
        self.engine = engine
        self.customer: Call | None = None
        self.beyond: Call | None = None  # whom the customer is being passed on to, until they have answered
        self.legs: dict[str, AgentLeg] = {}
        self.reports = Reports(context, account, thread, caller)
        self.speaking: Speaking | None = None
        self.arrangement = Arrangement(self)
        self.collecting = Collecting(self, self.arrangement)
        self.said: set[int] = set()
        self.on_answer: Callable[[AgentLeg], None] | None = None
        self.transfers: Transfers = lambda line, leg, referral: referral.refuse()
        self.machine: Callable[[Line], Awaitable[None]] | None = None
        self._context = context
        self._gone = gone
        self._over = False
        self._soon = Soon(lambda error: log.warning("media of a call failed: %s", error), MediaError, OSError)

    def take(self, customer: Call) -> None:
        """This is the customer's leg."""
        self.customer = customer
        customer.told = self
        customer.media.image_offered = self.is_machine
        self.speaking = Speaking(self._context, self.engine, customer.media.name)

    @property
    def connected(self) -> bool:
        """Whether the customer's media is up."""
        return self.customer is not None and self.customer.state in (S.ANSWERED, S.CONFIRMED)

    @property
    def beside(self) -> MediaLeg | None:
        """A leg whose audio is up: further ones must be carried by the same process to be heard by it."""
        return next((call.media for call in self._calls() if call.media.up), None)

    @property
    def music(self) -> Path | bytes:
        """What this account plays to those who wait."""
        return Path(self.account.settings.music) if self.account.settings.music else music.on_hold()

    def up_legs(self, names: Sequence[str]) -> list[AgentLeg]:
        """Those of these legs that can be heard."""
        found = [self.legs[name] for name in names if name in self.legs]
        return [leg for leg in found if leg.call is not None and not leg.over]

    def add(self, leg: AgentLeg) -> None:
        """It is about to ring."""
        self.legs[leg.name] = leg

    def leave(self, cause: Cause = Cause.HUNG_UP) -> None:
        """End the customer's leg; agents' legs go with it. One that was passed on is no longer ours to end."""
        if self.customer is not None and not self._over:
            self.customer.hang_up(cause)
        else:
            self._end(cause)

    async def detach(self) -> None:
        """The customer's leg is somebody else's from now on; for the record the call is over here."""
        if self.speaking is not None:
            await self.speaking.close()
            await self.speaking.background(None)
        self._end(Cause.TRANSFERRED)

    def fault(self, what: str, error: Exception) -> None:
        """For an administrator to see."""
        self._context.fault(what, error)

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what takes a while; a fault ends nothing but itself."""
        self._soon(work)

    # --- what the media engine tells ------------------------------------------------------------------------------

    def call_of(self, leg: str) -> Call | None:
        """The call whose audio goes by this name."""
        return next((call for call in self._calls() if call.media.name == leg), None)

    def _calls(self) -> list[Call]:
        legs = self.legs.values()
        calls = [self.customer, *(each.call for each in legs), *(each.aside.call for each in legs if each.aside)]
        return [call for call in calls if call is not None]

    def pressed(self, leg: str, key: str) -> None:
        """A key, in the audio."""
        if self.customer is not None and self.customer.media.name == leg:
            self.collecting.press(key)

    def heard(self, leg: str, tone: ToneKind) -> None:
        """A tone, in the audio. What a machine says while an agent listens is theirs to hear."""
        if tone is ToneKind.CNG and self.customer is not None and self.customer.media.name == leg:
            self.soon(self.is_machine())

    async def is_machine(self) -> None:
        """A fax machine calls: one of our own has it, if there is any and nobody talks with them."""
        if self.machine is not None and not self.up_legs(self.arrangement.talking):
            await self.machine(self)

    def lost(self, leg: str) -> None:
        """The audio of this leg has stopped for good: so has the leg."""
        if call := self.call_of(leg):
            call.hang_up(Cause.FAILED)

    # --- what the customer's leg tells ------------------------------------------------------------------------------

    def ringing(self, call: Call) -> None:
        self.reports.leg(LegState.RINGING)

    def up(self, call: Call) -> None:
        if call is self.customer:
            crash_point("call_answered")
            self.reports.leg(LegState.ANSWERED)
            if self.speaking is not None:
                self.speaking.begin()
            self.soon(self.arrangement.apply())

    def ended(self, call: Call, cause: Cause) -> None:
        if call is self.customer:
            self._end(cause)

    def on_hold(self, call: Call, held: bool) -> None:
        """The customer put us on hold: nothing of ours changes, their side plays its music."""

    def key(self, call: Call, digit: str) -> None:
        self.collecting.press(digit)

    def asked_to_transfer(self, referral: Referral) -> None:
        """A customer does not decide where our calls go."""
        referral.refuse()

    # --- what agents' legs tell ------------------------------------------------------------------------------------

    def agent_rings(self, leg: AgentLeg) -> None:
        self.reports.leg(LegState.RINGING, leg.name)
        for aside in self._asides_of(leg):
            aside.rings()

    def agent_answered(self, leg: AgentLeg) -> None:
        crash_point("leg_answered")
        self.reports.leg(LegState.ANSWERED, leg.name)
        for aside in self._asides_of(leg):
            aside.answered()
        if self.on_answer is not None:
            self.on_answer(leg)
        self.soon(self.arrangement.apply())

    def agent_moved(self, leg: AgentLeg) -> None:
        """To another phone."""
        self.soon(self.arrangement.apply())

    def agent_left(self, leg: AgentLeg, cause: Cause) -> None:
        self.legs.pop(leg.name, None)
        self.reports.ended(leg.name, cause, leg.call)
        if leg.aside is not None:
            leg.aside.over()
        for aside in self._asides_of(leg):
            aside.left(cause)
        if self.beyond is not None and cause in (Cause.UNREACHABLE, Cause.FAILED):
            self.beyond.hang_up()  # the customer is in the queue again, and not to be taken out of it
        if self._over or (self.customer is None and not self.legs):
            self._end(cause)
        else:
            self.soon(self.arrangement.apply())

    def agent_holds(self, leg: AgentLeg, held: bool) -> None:
        dropped = held and leg.call is not None and leg.call.away
        back, leg.away = leg.away, dropped
        if dropped or back:  # nobody said hold: whoever was held stays so, whoever talked hears music for the moment
            self.soon(self.arrangement.apply())
            return
        if leg.name in self.arrangement.talking:
            self.reports.leg(LegState.HELD if held else LegState.RESUMED, leg.name)
        if self.arrangement.is_theirs(leg.name):
            self.soon(self.arrangement.hold(held))
        else:
            self.soon(self.arrangement.apply())

    def agent_presses(self, leg: AgentLeg, digit: str) -> None:
        """For the menu of whoever was called: into the audio of the customer's side."""
        if self.customer is not None and leg.name in self.arrangement.talking and not self.arrangement.held:
            self.soon(self.engine.send_digits(self.customer.media.name, digit))

    def agent_transfers(self, leg: AgentLeg, referral: Referral) -> None:
        if referral.replaces is not None:
            hand_over(self, leg, referral, referral.replaces)
        elif leg.name in self.arrangement.talking:
            self.transfers(self, leg, referral)
        else:
            referral.refuse()

    def _asides_of(self, colleague: AgentLeg) -> list[Beside]:
        """Calls of other agents' phones to this one."""
        asides = [leg.aside for leg in self.legs.values() if leg is not colleague]
        return [aside for aside in asides if aside is not None and aside.colleague == colleague.user_id]

    def _end(self, cause: Cause) -> None:
        if self._over:
            return
        self._over = True
        self.soon(self._ended(cause))

    async def _ended(self, cause: Cause) -> None:
        await self.arrangement.finish_recording()
        await self.collecting.close()
        if self.speaking is not None:
            await self.speaking.close()
        self.reports.ended("", cause, self.customer)
        for leg in list(self.legs.values()):
            leg.leave(Cause.HUNG_UP)
        if self.beyond is not None:
            self.beyond.hang_up()
        self.reports.close()
        self._gone(self)
