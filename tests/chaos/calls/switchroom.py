"""A hub at work with a call in each state, everybody's telephone, and the agents at their screens."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import psutil

from plugins.demo.hub_client import HubClient, Refused
from tests.chaos.calls import site
from tests.chaos.calls.book import Book
from tests.chaos.calls.site import OUTWARD, CallState
from tests.chaos.calls.ways import WAYS
from tests.chaos.site import PASSWORD
from tests.farside.telephone import Phase, Telephone, sounding
from tests.support.hub_process import HubProcess
from tests.support.ports import free_port
from tests.support.starting import Start, execute

S = CallState
IN_A_CALL: Final = frozenset({Phase.RUNG, Phase.TALKING})
SHORT_LIVED: Final = frozenset({S.AGENT_RINGING, S.WRAP_UP})
"""States that end by themselves: calls get there last."""


@dataclass(slots=True)
class Switchroom:
    """`port` is for SIP; `callers` by state, `agents` and `screens` by login; `world`: those outside whom we call."""

    hub: HubProcess
    port: int
    book: Book
    admin: HubClient
    world: Mapping[CallState, Telephone]
    callers: dict[CallState, Telephone] = field(default_factory=dict)
    agents: dict[str, Telephone] = field(default_factory=dict)
    screens: dict[str, HubClient] = field(default_factory=dict)
    states: Collection[CallState] = tuple(CallState)
    users: dict[str, int] = field(default_factory=dict)

    @property
    def phones(self) -> list[Telephone]:
        """Everybody's."""
        return [*self.callers.values(), *self.agents.values(), *self.world.values()]

    def on_the_line(self) -> list[str]:
        """Whose telephone has a call, of those that can be reached."""
        named = [(str(state), phone) for state, phone in self.callers.items()]
        named += [*self.agents.items(), *((f"outside of {state}", phone) for state, phone in self.world.items())]
        return [name for name, phone in named if phone.phase in IN_A_CALL and not phone.gone]

    async def arrange(self) -> None:
        """A call in every state."""
        await asyncio.gather(*(self.bring(state) for state in self.states if state not in SHORT_LIVED))
        await asyncio.gather(*(self.bring(state) for state in self.states if state in SHORT_LIVED))

    async def bring(self, state: CallState) -> None:
        """A call into this state."""
        await WAYS[state](self, state)

    def media_processes(self) -> list[psutil.Process]:
        """Those that carry audio."""
        return [each for each in psutil.Process(self.hub.pid).children() if _carries_audio(each)]

    def kill_media(self) -> None:
        """At once."""
        for process in self.media_processes():
            os.kill(process.pid, signal.SIGKILL)

    def sockets(self) -> int:
        """Open for audio."""
        return sum(len(process.net_connections("udp")) for process in self.media_processes())

    async def left(self, within: float = 60.0) -> set[str]:
        """What there is still of any call though everybody hangs up for so many seconds; nothing, when that is so."""
        left: set[str] = set()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while left := await self._left():
                    await asyncio.gather(*map(_off, self.phones), asyncio.sleep(0.2))
        return left

    async def _left(self) -> set[str]:
        found = {f"busy {login}" for login in await self.book.busy()} | {f"phone {name}" for name in self.on_the_line()}
        found |= {f"{number} calls"} if (number := await self.calls()) else set()
        return found | ({f"{number} sockets"} if (number := self.sockets()) else set())

    async def calls(self) -> int:
        """Those the exchange has now."""
        return int((await self.admin.of_plugin("GET", "/sip/status"))["calls"])

    async def employ(self, login: str, screen: HubClient) -> None:
        """An agent logs in, and their telephone registers."""
        await screen.log_in(login, PASSWORD)
        self.screens[login] = screen
        await self.admin.of_plugin("PUT", f"/sip/phones/{self.users[login]}", {"username": login, "password": PASSWORD})
        await self.agents[login].register(login, PASSWORD, self.port)

    async def ready(self, login: str) -> None:
        """They take work."""
        await self.screens[login].put("/me/presence", {"state": "READY"})

    async def call(self, state: CallState, **how: bool) -> Telephone:
        """A caller dials the number of this state, and is answered."""
        if state in self.callers:
            await self.callers.pop(state).leave()
        caller = self.callers[state] = Telephone(**how)
        await caller.dial(state.number, self.port)
        return caller

    async def dies_at(self, point: str) -> bool:
        """Whether the hub dies here while somebody calls, talks and hangs up, or of what is left of the call before."""
        with suppress(AssertionError):
            await self.restart(HUB_CRASH_AT=f"{point}:1")
        talk = asyncio.create_task(self._keep_talking())
        code = await asyncio.wait_for(self.hub.ended(), 60)
        talk.cancel()
        await asyncio.gather(talk, return_exceptions=True)
        return code == -signal.SIGKILL

    async def restart(self, **environment: str) -> None:
        """Killed, and started again. Whoever rang or talked gives up by themselves: nobody can tell them any more."""
        await self.hub.kill()
        self.hub.environment = {"HUB_PORT": self.hub.environment["HUB_PORT"], **environment}
        await self.hub.start()
        for phone in (*self.agents.values(), *self.world.values()):
            phone.phase = Phase.IDLE

    async def _keep_talking(self) -> None:
        """One call after another: on a busy machine one may come to nothing."""
        while True:
            with suppress(httpx.HTTPError, Refused, OSError, TimeoutError, AssertionError, ValueError):
                await self._talk()
            await asyncio.sleep(0.2)

    async def _talk(self) -> None:
        await self.bring(S.TALKING)
        await self.callers[S.TALKING].hang_up()

    async def do(self, login: str, path: str, body: object = None) -> None:
        """An agent does something with their call."""
        screen = self.screens[login]
        [item] = (await screen.get("/interactions", view="mine"))["items"]
        await screen.post(f"/interactions/{item['id']}/{path}", body)


async def _off(phone: Telephone) -> None:
    """Whoever can, hangs up; whoever is rung waits to be told that it is over."""
    if phone.phase is Phase.TALKING and not phone.gone:
        with suppress(TimeoutError):
            await phone.hang_up()


def _carries_audio(process: psutil.Process) -> bool:
    with suppress(psutil.Error):  # it has ended meanwhile
        return any(word.endswith("media/start.py") for word in process.cmdline())
    return False


@asynccontextmanager
async def switchroom(
    database: str,
    folder: Path,
    *,
    states: Collection[CallState] = tuple(CallState),
    silence: float = 60,
    begin: Start = execute,
) -> AsyncIterator[Switchroom]:
    """A hub with its agents at work; at the end it has ended and everybody has gone home. `states` are those that calls
    shall get into."""
    world = {state: Telephone(status) for state, status in OUTWARD.items() if state in states}
    sip, http = free_port(), free_port()  # the same after each start: nobody has to be told
    site.write(folder, sip, states, {state: phone.port for state, phone in world.items()}, silence)
    async with AsyncExitStack() as stack:
        hub = HubProcess(folder, database, {"HUB_PORT": str(http)}, begin=begin)
        admin = await stack.enter_async_context(HubClient(f"http://127.0.0.1:{http}"))
        room = Switchroom(hub, sip, Book(database), admin, world, states=states)
        await stack.enter_async_context(sounding(lambda: room.phones))
        await stack.enter_async_context(hub)
        reading = asyncio.create_task(room.book.run())
        stack.callback(reading.cancel)
        await _open(room, stack)
        yield room


async def _open(room: Switchroom, stack: AsyncExitStack) -> None:
    """Everybody logs in."""
    await room.admin.log_in("admin", PASSWORD)
    room.users = {each["login"]: each["id"] async for each in room.admin.each("/users")}
    logins = [login for state in room.states for login in state.agents]
    room.agents = {login: Telephone() for login in logins}
    screens = [await stack.enter_async_context(HubClient(room.hub.http)) for _ in logins]
    await asyncio.gather(*(room.employ(*each) for each in zip(logins, screens, strict=True)))
