"""Carries out one step of a call through its channel, and has the record say where that failed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from hub.api import Address, AnyAccount, Inviting, Monitoring, Overloaded, Placing, Ringing, SendError, crash_point
from hub.model.states import InteractionState
from hub.pipeline.calls import calls, leg
from hub.pipeline.calls.arrangement import Step
from hub.plugin.isolated_calls import IsolatedCalls
from hub.plugin.isolation import IsolatedChannel
from hub.store.database import Store
from hub.store.legs import Leg
from hub.store.parties import Party
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)
PAUSE = 1.0
LAST_WORDS = 2.0
"""Seconds in which a channel whose call has ended has told why."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of this node as its record was read. `speaking`: something is still to be said to the customer."""

    row: Row
    legs: Sequence[Leg]
    parties: Sequence[Party]
    auto_answer: bool
    speaking: bool
    account: AnyAccount
    channel: IsolatedChannel
    commands: IsolatedCalls

    @property
    def id(self) -> int:
        number: int = self.row["id"]
        return number

    @property
    def thread(self) -> str:
        return str(self.row["thread"])

    def found(self, name: str) -> Leg | Party:
        """Whose leg this is."""
        there: list[Leg | Party] = [*self.legs, *self.parties]
        return next(each for each in there if each.name == name)


class Operator:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def carry_out(self, call: Call, step: Step) -> None:
        """Do it; what a channel cannot do the record takes back."""
        crash_point("call_step")
        try:
            await self._commands[step.command](self, call, step)
        except SendError as error:
            log.warning("call %d: %s was not possible: %s", call.id, step.command, error.code)
            if await self._gone(call):
                await asyncio.sleep(LAST_WORDS)
                await self.note(partial(leg.lost, interaction_id=call.id))
            else:
                await self.note(partial(leg.could_not, interaction_id=call.id, step=step, code=error.code))

    async def _gone(self, call: Call) -> bool:
        """Whether the channel knows nothing of this call (any more): then no agent's device is to blame."""
        if call.row["state"] == InteractionState.INITIATED:
            return False
        try:
            return call.thread not in await call.commands.alive(call.account)
        except SendError:  # nothing is known
            return False

    async def note(self, write: Callable[[Tx], None]) -> None:
        """What has happened must be noted, however long the database is away."""
        while True:
            try:
                return await self._store.write(write)
            except Overloaded:
                await asyncio.sleep(PAUSE)

    async def _ring(self, call: Call, step: Step) -> None:
        found = call.found(step.legs[0])
        user, seconds = _user(found), _until(found.expires_at)
        placed = call.row["attributes"].get(calls.PLACED)
        if call.row["state"] == InteractionState.INITIATED and placed is not None:
            to, caller = _address(call.row["reply_to"]), str(placed.get("caller", ""))
            placing = Placing(found.name, call.thread, user, to, caller, seconds)
            return await call.commands.place(call.account, placing)
        who = _address(call.row["reply_to"]) if call.row["reply_to"] else None
        asks_nobody = call.auto_answer and isinstance(found, Leg)  # a supervisor is no agent of the queue's
        ringing = Ringing(found.name, call.thread, user, who, seconds, asks_nobody)
        return await call.commands.ring(call.account, ringing)

    async def _invite(self, call: Call, step: Step) -> None:
        found = next(each for each in call.parties if each.name == step.legs[0])
        inviting = Inviting(found.name, call.thread, _address(found.address), "", _until(found.expires_at))
        await call.commands.invite(call.account, inviting)

    async def _release(self, call: Call, step: Step) -> None:
        await call.commands.release(call.account, call.thread, step.legs[0], "released")

    async def _bridge(self, call: Call, step: Step) -> None:
        await call.commands.bridge(call.account, call.thread, step.legs)

    async def _consult(self, call: Call, step: Step) -> None:
        await call.commands.consult(call.account, call.thread, step.legs, step.others)

    async def _hold(self, call: Call, step: Step) -> None:
        await call.commands.hold(call.account, call.thread)

    async def _resume(self, call: Call, step: Step) -> None:
        await call.commands.resume(call.account, call.thread)

    async def _waiting(self, call: Call, step: Step) -> None:
        await call.commands.waiting(call.account, call.thread)

    async def _monitor(self, call: Call, step: Step) -> None:
        assert step.monitor is not None
        leg, whom, mode = step.monitor.leg, step.monitor.whom, Monitoring(step.monitor.mode)
        await call.commands.monitor(call.account, call.thread, leg, whom, mode)

    async def _mute(self, call: Call, step: Step) -> None:
        await call.commands.mute(call.account, call.thread, step.legs[0], step.command == "mute")

    async def _record(self, call: Call, step: Step) -> None:
        await call.commands.record(call.account, call.thread, step.command == "record")

    async def _transfer_out(self, call: Call, step: Step) -> None:
        to = _address(call.row["attributes"][calls.PASSED_TO])
        await call.commands.transfer_out(call.account, call.thread, to)
        await self.note(partial(calls.passed_out, interaction_id=call.id))

    async def _end(self, call: Call, step: Step) -> None:
        await call.channel.end(call.account, call.thread, str(call.row["state"]).lower())

    _commands: Mapping[str, Callable[["Operator", Call, Step], Awaitable[None]]] = {
        "ring": _ring,
        "invite": _invite,
        "release": _release,
        "bridge": _bridge,
        "consult": _consult,
        "hold": _hold,
        "resume": _resume,
        "waiting": _waiting,
        "monitor": _monitor,
        "mute": _mute,
        "unmute": _mute,
        "record": _record,
        "pause": _record,
        "transfer_out": _transfer_out,
        "end": _end,
    }


def _user(found: Leg | Party) -> int:
    assert found.user is not None, "only users have devices"
    return found.user


def _until(moment: datetime) -> float:
    return max((moment - datetime.now(UTC)).total_seconds(), 1.0)


def _address(stored: Mapping[str, Any]) -> Address:
    return Address(stored["scheme"], stored["value"], stored.get("name", ""))
