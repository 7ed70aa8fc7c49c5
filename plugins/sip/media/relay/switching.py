"""Who is carried by the node alone just now: looked at again whenever something about a leg changes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from plugins.sip.media.engine import Direction, Endpoint, MediaError, Statistics
from plugins.sip.media.relay import patching
from plugins.sip.media.relay.counting import packets
from plugins.sip.media.relay.ng import Node
from plugins.sip.media.relay.party import FIRST_PAUSE, Agreed, Party, may_be_relayed
from plugins.sip.media.workers import WorkerEngine

log = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = 2.0


class Switching:
    """`parties` by name; those of one call take turns. `soon` does what nobody waits for."""

    def __init__(self, own: WorkerEngine, soon: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self.parties: dict[str, Party] = {}
        self._own, self._soon = own, soon
        self._locks: dict[str, asyncio.Lock] = {}

    def party(self, leg: str) -> Party:
        """Raises MediaError."""
        if leg not in self.parties:
            raise MediaError(f"there is no leg {leg}")
        return self.parties[leg]

    async def open(self, node: Node, call: str, leg: str, ours: Endpoint) -> Endpoint:
        """Its port at the node."""
        async with self._turn(call):
            self.parties[leg] = await patching.reserve(node, call, leg, ours)
        return self.parties[leg].outer

    async def connect(self, party: Party, agreed: Agreed) -> None:
        """As agreed, or agreed anew: first by our own process."""
        async with self._turn(party.call):
            await self._take_back(party)
            party.agreed = agreed
            await self._through(party)
        await self.settle(party)

    async def settle(self, party: Party) -> None:
        """Let the node do alone what it can, and nothing else."""
        async with self._turn(party.call):
            other = self.parties.get(party.other)
            wanted = other is not None and may_be_relayed(party, other)
            if not wanted:
                party.pause = FIRST_PAUSE
            if party.relayed_to and not (wanted and party.relayed_to == party.other):
                await self._take_back(party)
            if wanted and other is not None and not party.relayed_to:
                await self._join(party, other)

    async def settle_quietly(self, party: Party) -> None:
        """The same where nobody waits for it: a node that is gone is told of by the watch."""
        with suppress(MediaError):
            await self.settle(party)

    async def record(self, legs: Iterable[str], *, recorded: bool) -> None:
        """These are recorded from now on, or no longer."""
        for party in [self.parties[leg] for leg in legs if leg in self.parties]:
            party.recorded = recorded
            await self.settle(party)

    async def begin_pressing(self, party: Party) -> None:
        """Our own process is about to press keys."""
        party.pressing += 1
        await self.settle(party)

    async def end_pressing(self, party: Party, seconds: float) -> None:
        """It is done with them after so long."""
        await asyncio.sleep(seconds)
        party.pressing -= 1
        await self.settle_quietly(party)

    async def part(self, party: Party) -> None:
        """It and whoever it heard are no pair any more."""
        other, party.other = self.parties.get(party.other), ""
        if other is not None and other.other == party.name:
            other.other = ""
        await self.settle(party)

    async def counted(self, party: Party, own: Statistics) -> Statistics:
        """With what has come to the node and not to us."""
        try:
            found = packets(await party.node.ask("query", call_id=party.call), party.name)
        except MediaError:
            return own
        return replace(own, received=max(own.received, found))

    def forget(self, party: Party) -> None:
        """It is gone."""
        self.parties.pop(party.name, None)

    async def free(self, party: Party) -> None:
        """Give the node's ports back, after `forget`."""
        async with self._turn(party.call):
            await patching.free(party, last=self._last(party))
        if self._last(party):
            self._locks.pop(party.call, None)

    def _last(self, party: Party) -> bool:
        return not any(each.call == party.call for each in self.parties.values())

    async def _join(self, one: Party, other: Party) -> None:
        if not await self._own.lead(one.name, other.name):
            self._soon(self._try_again(one))
            return
        for party in (one, other):
            await self._carry(party, Direction.INACTIVE)
        try:
            await patching.join(one, other)
        except MediaError as error:
            log.warning("a call stays with our own media process: %s", error)
            await self._through(one)
            await self._through(other)
        else:
            one.relayed_to, other.relayed_to = other.name, one.name
            one.relayed_at = other.relayed_at = time.time()

    async def _try_again(self, party: Party) -> None:
        """When both may have been heard."""
        party.pause = min(2 * party.pause, _LONGEST_PAUSE)
        await asyncio.sleep(party.pause)
        await self.settle_quietly(party)

    async def _take_back(self, party: Party) -> None:
        """Both of them hear our own process again."""
        other = self.parties.get(party.relayed_to)
        for each in (party, other):
            if each is not None and each.relayed_to and each.agreed:
                each.relayed_to = ""
                await self._own.overtake(each.name, time.time() - each.relayed_at)
                await self._carry(each, each.agreed.direction)  # first, so that what comes counts from its beginning
                await patching.connect(each, each.agreed)

    async def _through(self, party: Party) -> None:
        if party.agreed is not None:
            await patching.connect(party, party.agreed)
            await self._carry(party, party.agreed.direction)

    async def _carry(self, party: Party, direction: Direction) -> None:
        """What our own process does for it: everything, or nothing while the node does it alone."""
        agreed, inner = party.agreed, party.inner
        assert agreed is not None and inner is not None
        await self._own.connect(
            party.name,
            (inner.host, inner.port),
            agreed.codec,
            agreed.telephone_event,
            agreed.crypto,
            direction=direction,
            learn=agreed.learn,
        )

    def _turn(self, call: str) -> asyncio.Lock:
        return self._locks.setdefault(call, asyncio.Lock())
