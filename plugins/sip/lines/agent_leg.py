"""An agent's leg: all their devices ring, the first to answer is the leg, the others are told that it is taken. Another
of their phones may take its place, and the phone may have a second call with us, with a colleague."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from hub.api import Cause
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.call import Call
from plugins.sip.calls.dialing import Dialing
from plugins.sip.calls.dialog import Key
from plugins.sip.calls.referring import Referral
from plugins.sip.calls.states import CallState as S


class Noticed(Protocol):
    """Who hears of the leg: the line it belongs to."""

    def agent_rings(self, leg: AgentLeg) -> None: ...

    def agent_answered(self, leg: AgentLeg) -> None: ...

    def agent_moved(self, leg: AgentLeg) -> None: ...

    def agent_left(self, leg: AgentLeg, cause: Cause) -> None: ...

    def agent_holds(self, leg: AgentLeg, held: bool) -> None: ...

    def agent_presses(self, leg: AgentLeg, digit: str) -> None: ...

    def agent_transfers(self, leg: AgentLeg, referral: Referral) -> None: ...


class Beside(Protocol):
    """A second call of the same phone, with a colleague, who may ring, answer and leave."""

    @property
    def call(self) -> Call: ...

    @property
    def colleague(self) -> int: ...

    def rings(self) -> None: ...

    def answered(self) -> None: ...

    def left(self, cause: Cause) -> None: ...

    def over(self) -> None: ...


class AgentLeg:
    """Named by the core. `call` is the device that answered, `aside` what else its phone has with us, `referral` by
    what it asked that somebody else should have the customer."""

    def __init__(self, name: str, user_id: int, noticed: Noticed) -> None:
        self.name = name
        self.user_id = user_id
        self.call: Call | None = None
        self.aside: Beside | None = None
        self.referral: Referral | None = None
        self.over = False
        self.away = False  # their browser dropped: it may come back
        self._noticed = noticed
        self._devices: list[Call] = []
        self._coming: Call | None = None
        self._rang = False
        self._causes: list[Cause] = []
        self._timer: asyncio.TimerHandle | None = None

    def ring(self, devices: Sequence[Dialing], seconds: float) -> None:
        """Dial them all, at most so long."""
        self._devices = list(devices)
        self._timer = asyncio.get_running_loop().call_later(seconds, self.leave, Cause.NO_ANSWER)
        for device in devices:
            device.told = self
            device.dial()

    def taken_up(self, device: Answering) -> None:
        """Another phone of theirs takes the place of the one that rings or talks (RFC 3891 §3)."""
        device.told = self
        self._devices.append(device)
        self._coming = device
        device.answer()

    @property
    def audio(self) -> Call | None:
        """With which of its calls the agent listens."""
        if self.aside is not None and self.aside.call.state is S.CONFIRMED and self.call and self.call.held_by_them:
            return self.aside.call
        return self.call

    def leave(self, cause: Cause) -> None:
        """End it from our side."""
        if self.over:
            return
        if self.referral is not None:
            self.referral.done(200, "OK")
        self._finish(cause)
        for device in self._devices:
            device.hang_up(cause)

    def named(self, key: Key) -> Call | None:
        """The device whose dialog, which may be an early one, this is."""
        return next((device for device in self._devices if not device.over and device.is_in(key)), None)

    # --- what the devices tell ------------------------------------------------------------------------------------

    def ringing(self, call: Call) -> None:
        if not self._rang and not self.over:
            self._rang = True
            self._noticed.agent_rings(self)

    def up(self, call: Call) -> None:
        if self.over or (self.call is not None and call is not self._coming):
            call.hang_up()
            return
        before, self.call = self.call, call
        held = before is not None and before.held_by_them
        self._stop_timer()
        for device in self._devices:
            if device is not call:
                device.hang_up(Cause.HUNG_UP)
        if before is None:
            self._noticed.agent_answered(self)
        elif held:
            self._noticed.agent_holds(self, held=False)  # by the phone that is no more
        else:
            self._noticed.agent_moved(self)

    def ended(self, call: Call, cause: Cause) -> None:
        self._causes.append(cause)
        if self.over:
            return
        if call is self.call or (self.call is None and all(device.over for device in self._devices)):
            self._finish(self._verdict(cause))

    def on_hold(self, call: Call, held: bool) -> None:
        if call is self.call:
            self._noticed.agent_holds(self, held)

    def key(self, call: Call, digit: str) -> None:
        """By INFO; those in the audio are heard on the other side without us."""
        if call is self.call:
            self._noticed.agent_presses(self, digit)

    def asked_to_transfer(self, referral: Referral) -> None:
        self._noticed.agent_transfers(self, referral)

    def _verdict(self, last: Cause) -> Cause:
        """Of several devices: refused by hand on one is refused; else the last. Many phones' refusing key says busy:
        one that has rung was not."""
        by_hand = Cause.REJECTED in self._causes or (self._rang and Cause.BUSY in self._causes)
        return Cause.REJECTED if self.call is None and by_hand else last

    def _finish(self, cause: Cause) -> None:
        self.over = True
        self._stop_timer()
        self._noticed.agent_left(self, cause)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
