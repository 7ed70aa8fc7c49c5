"""Faxes that are coming in now, at any node, page by page: for screens; nothing of it is stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from hub.api import AnyAccount, Context, Json
from plugins.fax.terminal.job import Event, PageDone, Progress

TOPIC: Final = "arriving"
REMIND_EVERY: Final = 10.0
"""Seconds: a node that has just come up learns of the others' faxes so."""
FORGET_AFTER: Final = 35.0
"""Seconds without a word of another node's fax: that node is no more."""
READING: Final = "READING"
"""All pages are here, and are made ready to be seen."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One fax. `page` is the one under way, from 1, and 0 before the first; `phase` is `terminal.job.Phase`, or
    READING; `since` in ISO 8601."""

    name: str
    account: int
    to: str
    caller: str
    since: str
    phase: str = ""
    page: int = 0
    bit_rate: int = 0
    station: str = ""


class Arriving:
    """Of one site. `me` is this life of it among the nodes; `soon` has work done besides."""

    def __init__(self, context: Context, me: str, soon: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._context, self._me, self._soon = context, me, soon
        self._own: dict[str, Arrival] = {}
        self._others: dict[str, tuple[Arrival, float]] = {}
        self._watching: set[asyncio.Event] = set()

    def begins(self, name: str, account: AnyAccount, caller: str) -> None:
        """A call has come."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._is(Arrival(name, account.id, account.name, caller, since))

    def hears(self, name: str, event: Event) -> None:
        """How it goes."""
        match event:
            case Progress():
                known, station = self._own[name], event.remote_ident
                how = replace(known, phase=event.phase.value, page=event.page, bit_rate=event.bit_rate)
                self._is(replace(how, station=station))
            case PageDone():
                self._is(replace(self._own[name], page=event.page + 1, bit_rate=event.bit_rate))

    def reads(self, name: str, pages: int) -> None:
        """The call is over."""
        self._is(replace(self._own[name], phase=READING, page=pages))

    def over(self, name: str) -> None:
        """It has been handed in, or nothing came."""
        gone = self._own.pop(name)
        self._tell(gone, over=True)

    def now(self) -> list[Arrival]:
        """All of them, the oldest first."""
        late = time.monotonic() - FORGET_AFTER
        self._others = {name: known for name, known in self._others.items() if known[1] > late}
        return sorted([*self._own.values(), *(arrival for arrival, _ in self._others.values())], key=_age)

    async def watch(self) -> AsyncGenerator[list[Arrival]]:
        """What there is, and again whenever that changes."""
        changed = asyncio.Event()
        self._watching.add(changed)
        try:
            while True:
                changed.clear()
                yield self.now()
                await _within(FORGET_AFTER, changed)
        finally:
            self._watching.discard(changed)

    async def run(self) -> None:
        """Until cancelled: hear of the other nodes', remind them of ours."""
        reminding = asyncio.create_task(self._remind())
        try:
            async with self._context.subscribe(TOPIC) as told:
                async for said in told:
                    self._heard(said)
        finally:
            reminding.cancel()

    async def _remind(self) -> None:
        while True:
            await asyncio.sleep(REMIND_EVERY)
            for arrival in list(self._own.values()):
                self._tell(arrival)

    def _heard(self, said: Mapping[str, Json]) -> None:
        """Our own words come back, too."""
        if said["node"] == self._me:
            return
        fields: Any = {name: said[name] for name in Arrival.__slots__}
        arrival = Arrival(**fields)
        if said["over"]:
            self._others.pop(arrival.name, None)
        else:
            self._others[arrival.name] = arrival, time.monotonic()
        self._wake()

    def _is(self, arrival: Arrival) -> None:
        if self._own.get(arrival.name) != arrival:
            self._own[arrival.name] = arrival
            self._tell(arrival)

    def _tell(self, arrival: Arrival, *, over: bool = False) -> None:
        self._wake()
        self._soon(self._context.publish(TOPIC, {**asdict(arrival), "over": over, "node": self._me}))

    def _wake(self) -> None:
        for changed in self._watching:
            changed.set()


def _age(arrival: Arrival) -> tuple[str, str]:
    return arrival.since, arrival.name


async def _within(seconds: float, event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
