"""Calls in many states at once, and one thing after another going wrong: afterwards nothing of them may be left."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from hub.api.faults import CALL_POINTS
from plugins.demo.hub_client import Refused
from tests.chaos.calls.site import CallState
from tests.chaos.calls.switchroom import Switchroom, switchroom
from tests.farside.telephone import Phase, Telephone

SILENCE: Final = 4.0
ROUNDS: Final = 3
CALLS: Final = 8
Strike: TypeAlias = Callable[[Switchroom, random.Random], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Struck:
    """What went wrong, with how many calls under way, how long it took until nothing of them was left, and what was."""

    fault: str
    calls: int
    seconds: float
    left: tuple[str, ...]


async def hub_killed(room: Switchroom, dice: random.Random) -> None:
    """SIGKILL, and started again."""
    await room.restart()


async def hub_stopped(room: Switchroom, dice: random.Random) -> None:
    """It stands still for longer than anybody keeps repeating what they say at first."""
    room.hub.signal(signal.SIGSTOP)
    await asyncio.sleep(dice.uniform(1, 5))
    room.hub.signal(signal.SIGCONT)


async def hub_at_point(room: Switchroom, dice: random.Random) -> None:
    """At a named point of the next call, whichever that is."""
    await room.dies_at(dice.choice(CALL_POINTS))
    await room.restart()


async def media_killed(room: Switchroom, dice: random.Random) -> None:
    """The process that carries audio."""
    room.kill_media()


async def callers_gone(room: Switchroom, dice: random.Random) -> None:
    """The network of some."""
    _take_away(list(room.callers.values()), dice)


async def agents_gone(room: Switchroom, dice: random.Random) -> None:
    """The network of some phones."""
    _take_away(list(room.agents.values()), dice)


STRIKES: Final[Mapping[str, Strike]] = {
    strike.__name__: strike
    for strike in (hub_killed, hub_stopped, hub_at_point, media_killed, callers_gone, agents_gone)
}


async def play(database: str, folder: Path, dice: random.Random) -> list[Struck]:
    """One scene: rounds of calls, in each of which one thing goes wrong."""
    async with switchroom(database, folder, silence=SILENCE) as room:
        return [await _round(room, dice.choice(sorted(STRIKES)), dice) for _ in range(ROUNDS)]


async def _round(room: Switchroom, name: str, dice: random.Random) -> Struck:
    states = dice.sample(list(CallState), CALLS)
    bringing = asyncio.gather(*(room.bring(state) for state in states), return_exceptions=True)
    await asyncio.sleep(dice.uniform(0, 3))
    await STRIKES[name](room, dice)
    bringing.cancel()
    with suppress(asyncio.CancelledError):
        await bringing
    began = time.monotonic()
    left = await room.left()
    await _again(room)
    return Struck(name, len(states), time.monotonic() - began, tuple(sorted(left)))


async def _again(room: Switchroom) -> None:
    """Everybody is back, with nothing on their telephones."""
    for phone in [*room.agents.values(), *room.world.values()]:
        phone.gone, phone.phase = False, Phase.IDLE
    for phone in room.agents.values():
        phone.goes_to = 200
    for caller in room.callers.values():
        await caller.leave()
    room.callers.clear()
    for login in await room.book.not_ready() & room.screens.keys():
        with suppress(Refused):
            await room.ready(login)


def _take_away(phones: list[Telephone], dice: random.Random) -> None:
    for phone in dice.sample(phones, (len(phones) + 1) // 2):
        phone.gone = True
