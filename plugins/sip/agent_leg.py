"""An agent's leg: all their devices ring, the first to answer is the leg, the others are told that it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from hub.api import Cause
from plugins.sip.call import Call
from plugins.sip.dialing import Dialing


class Noticed(Protocol):
    """Who hears of the leg: the line it belongs to."""

    def agent_rings(self, leg: AgentLeg) -> None: ...

    def agent_answered(self, leg: AgentLeg) -> None: ...

    def agent_left(self, leg: AgentLeg, cause: Cause) -> None: ...

    def agent_holds(self, leg: AgentLeg, held: bool) -> None: ...

    def agent_presses(self, leg: AgentLeg, digit: str) -> None: ...

    def agent_transfers(self, leg: AgentLeg, target: str) -> bool: ...


class AgentLeg:
    """Named by the core. `call` is the device that answered."""

    def __init__(self, name: str, user_id: int, noticed: Noticed) -> None:
        self.name = name
        self.user_id = user_id
        self.call: Call | None = None
        self.over = False
        self._noticed = noticed
        self._devices: list[Dialing] = []
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

    def leave(self, cause: Cause) -> None:
        """End it from our side."""
        if self.over:
            return
        self._finish(cause)
        for device in self._devices:
            device.hang_up(cause)

    # --- what the devices tell ------------------------------------------------------------------------------------

    def ringing(self, call: Call) -> None:
        if not self._rang and not self.over:
            self._rang = True
            self._noticed.agent_rings(self)

    def up(self, call: Call) -> None:
        if self.over or self.call is not None:
            call.hang_up()
            return
        self.call = call
        self._stop_timer()
        for device in self._devices:
            if device is not call:
                device.hang_up(Cause.HUNG_UP)
        self._noticed.agent_answered(self)

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

    def asked_to_transfer(self, call: Call, target: str) -> bool:
        return call is self.call and self._noticed.agent_transfers(self, target)

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
