"""Carries out one step of a call through its channel, and has the record say where that failed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from hub.api import Address, AnyAccount, Overloaded, Placing, Ringing, SendError, crash_point
from hub.model.states import InteractionState
from hub.pipeline import calls, leg
from hub.pipeline.arrangement import Step
from hub.plugin.isolated_calls import IsolatedCalls
from hub.plugin.isolation import IsolatedChannel
from hub.store import legs
from hub.store.database import Store
from hub.store.legs import Leg
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

    @property
    def up(self) -> list[Leg]:
        return [each for each in self.legs if each.up]


class Operator:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def carry_out(self, call: Call, step: Step) -> None:
        """Do it; what a channel cannot do the record takes back."""
        crash_point("call_step")
        try:
            await self._commands[step.command](self, call, step.leg)
        except SendError as error:
            log.warning("call %d: %s was not possible: %s", call.id, step.command, error.code)
            if await self._gone(call):
                await asyncio.sleep(LAST_WORDS)
                await self.note(partial(leg.lost, interaction_id=call.id))
            else:
                await self.note(partial(_could_not, call=call, step=step, code=error.code))

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

    async def _ring(self, call: Call, name: str) -> None:
        found = next(each for each in call.legs if each.name == name)
        seconds = max((found.expires_at - datetime.now(UTC)).total_seconds(), 1.0)
        placed = call.row["attributes"].get(calls.PLACED)
        if call.row["state"] == InteractionState.INITIATED and placed is not None:
            to, caller = _address(call.row["reply_to"]), str(placed.get("caller", ""))
            placing = Placing(name, call.thread, found.user, to, caller, seconds)
            return await call.commands.place(call.account, placing)
        who = _address(call.row["reply_to"]) if call.row["reply_to"] else None
        ringing = Ringing(name, call.thread, found.user, who, seconds, call.auto_answer)
        return await call.commands.ring(call.account, ringing)

    async def _release(self, call: Call, name: str) -> None:
        await call.commands.release(call.account, call.thread, name, "released")

    async def _bridge(self, call: Call, _: str) -> None:
        await call.commands.bridge(call.account, call.thread, [each.name for each in call.up])

    async def _consult(self, call: Call, _: str) -> None:
        await call.commands.consult(call.account, call.thread, [each.name for each in call.up])

    async def _hold(self, call: Call, _: str) -> None:
        await call.commands.hold(call.account, call.thread)

    async def _resume(self, call: Call, _: str) -> None:
        await call.commands.resume(call.account, call.thread)

    async def _waiting(self, call: Call, _: str) -> None:
        await call.commands.waiting(call.account, call.thread)

    async def _transfer_out(self, call: Call, _: str) -> None:
        to = _address(call.row["attributes"][calls.PASSED_TO])
        await call.commands.transfer_out(call.account, call.thread, to)
        await self.note(partial(calls.passed_out, interaction_id=call.id))

    async def _end(self, call: Call, _: str) -> None:
        await call.channel.end(call.account, call.thread, str(call.row["state"]).lower())

    _commands: Mapping[str, Callable[["Operator", Call, str], Awaitable[None]]] = {
        "ring": _ring,
        "release": _release,
        "bridge": _bridge,
        "consult": _consult,
        "hold": _hold,
        "resume": _resume,
        "waiting": _waiting,
        "transfer_out": _transfer_out,
        "end": _end,
    }


def _could_not(tx: Tx, call: Call, step: Step, code: str) -> None:
    number = legs.offer_of(step.leg)
    offers = [number] if number is not None else [each.offer for each in call.up]
    leg.could_not(tx, call.id, step.command, offers, code)


def _address(stored: Mapping[str, Any]) -> Address:
    return Address(stored["scheme"], stored["value"], stored.get("name", ""))
