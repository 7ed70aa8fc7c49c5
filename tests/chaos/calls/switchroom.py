"""A hub at work with a call in each state, everybody's telephone, and the agents at their screens."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from plugins.demo.hub_client import HubClient, Refused
from tests.chaos.calls import site
from tests.chaos.calls.book import Book
from tests.chaos.calls.site import OUTSIDE, OUTWARD, CallState
from tests.chaos.site import PASSWORD
from tests.farside.telephone import Phase, Telephone, sounding
from tests.support.hub_process import HubProcess
from tests.support.postgresql import free_port
from tests.support.starting import Start, execute

S = CallState
TO_OUTSIDE: Final = {"scheme": "tel", "value": OUTSIDE}
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
        await asyncio.gather(*(self.bring(state) for state in CallState if state not in SHORT_LIVED))
        await asyncio.gather(*(self.bring(state) for state in SHORT_LIVED))

    async def bring(self, state: CallState) -> None:
        """A call into this state."""
        await _WAYS[state](self, state)

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
        caller = self.callers[state] = Telephone(**how)
        await caller.dial(state.number, self.port)
        return caller

    async def do(self, login: str, path: str, body: object = None) -> None:
        """An agent does something with their call."""
        screen = self.screens[login]
        [item] = (await screen.get("/interactions", view="mine"))["items"]
        await screen.post(f"/interactions/{item['id']}/{path}", body)


def _carries_audio(process: psutil.Process) -> bool:
    with suppress(psutil.Error):  # it has ended meanwhile
        return any(word.endswith("media/start.py") for word in process.cmdline())
    return False


async def _ringing_in(room: Switchroom, state: CallState) -> None:
    """We answer at once; until the caller has acknowledged that, it rings."""
    await room.call(state, acknowledges=False)


async def _self_service(room: Switchroom, state: CallState) -> None:
    await room.call(state)
    await room.book.becomes(state, "SELF_SERVICE")


async def _collecting(room: Switchroom, state: CallState) -> None:
    await _self_service(room, state)
    await room.callers[state].press("1")


async def _voicemail(room: Switchroom, state: CallState) -> None:
    await _self_service(room, state)
    async with asyncio.timeout(30):
        while not any(map(_records, room.media_processes())):  # noqa: ASYNC110  # of a file begun there is no news
            await asyncio.sleep(0.1)


def _records(process: psutil.Process) -> bool:
    return any(file.path.endswith("message.wav") for file in process.open_files())


async def _waiting(room: Switchroom, state: CallState) -> None:
    await room.call(state)
    await room.book.becomes(state, "QUEUED")


async def _agent_ringing(room: Switchroom, state: CallState) -> None:
    [login] = state.agents
    phone = room.agents[login]
    phone.goes_to = 180
    await room.ready(login)
    await room.call(state)
    await phone.until(lambda: phone.phase is Phase.RUNG)
    await room.book.becomes(state, "OFFERED")


async def _talking(room: Switchroom, state: CallState) -> None:
    await room.ready(state.agents[0])
    await room.call(state)
    await room.book.becomes(state, "CONNECTED")


async def _on_hold(room: Switchroom, state: CallState) -> None:
    await _talking(room, state)
    await room.do(state.agents[0], "hold")
    await room.book.becomes(state, "ON_HOLD")


async def _consulting(room: Switchroom, state: CallState) -> None:
    first, second = state.agents
    await _talking(room, state)
    await room.ready(second)
    await room.do(first, "consult", {"user": room.users[second]})
    await room.book.becomes(state, "CONSULTING")
    colleague = room.agents[second]
    await colleague.until(lambda: colleague.phase is Phase.TALKING)


async def _conferenced(room: Switchroom, state: CallState) -> None:
    await _consulting(room, CallState(state))
    await _once_accepted(lambda: room.do(state.agents[0], "consult/join"))
    await room.book.becomes(state, "CONFERENCED")


async def _once_accepted(do: Callable[[], Awaitable[None]]) -> None:
    """The colleague's phone has been answered; the record learns of it a moment later."""
    async with asyncio.timeout(30):
        while True:
            with suppress(Refused):
                return await do()
            await asyncio.sleep(0.1)


async def _transferring(room: Switchroom, state: CallState) -> None:
    await _talking(room, state)
    await room.do(state.agents[0], "pass-out", {"to": TO_OUTSIDE})
    await room.world[state].until(lambda: room.world[state].phase is Phase.RUNG)
    await room.book.becomes(state, "TRANSFERRING")


async def _wrap_up(room: Switchroom, state: CallState) -> None:
    await _talking(room, state)
    await room.callers[state].hang_up()
    await room.book.becomes(state, "CLOSED")


async def _outward(room: Switchroom, state: CallState) -> None:
    [login] = state.agents
    await room.ready(login)
    screen = room.screens[login]
    accounts = (await screen.get("/accounts", limit=100))["items"]
    [account] = [each["id"] for each in accounts if each["name"] == state]
    await screen.post("/calls", {"account": account, "to": TO_OUTSIDE})
    await room.world[state].until(lambda: room.world[state].phase is Phase.RUNG)
    await room.book.becomes(state, "INITIATED")


_WAYS: Final[Mapping[CallState, Callable[[Switchroom, CallState], Awaitable[None]]]] = {
    S.RINGING_IN: _ringing_in, S.GREETED: _self_service, S.COLLECTING: _collecting, S.VOICEMAIL: _voicemail,
    S.WAITING: _waiting, S.AGENT_RINGING: _agent_ringing, S.TALKING: _talking, S.ON_HOLD: _on_hold,
    S.CONSULTING: _consulting, S.CONFERENCED: _conferenced, S.TRANSFERRING: _transferring, S.WRAP_UP: _wrap_up,
    S.DIALLING_OUT: _outward, S.RINGING_OUT: _outward,
}  # fmt: skip


@asynccontextmanager
async def switchroom(
    database: str, folder: Path, *, silence: float = 60, begin: Start = execute
) -> AsyncIterator[Switchroom]:
    """A hub with its agents at work; at the end it has ended and everybody has gone home."""
    world = {state: Telephone(status) for state, status in OUTWARD.items()}
    sip, http = free_port(), free_port()  # the same after each start: nobody has to be told
    site.write(folder, sip, {state: phone.port for state, phone in world.items()}, silence)
    async with AsyncExitStack() as stack:
        hub = HubProcess(folder, database, {"HUB_PORT": str(http)}, begin=begin)
        admin = await stack.enter_async_context(HubClient(f"http://127.0.0.1:{http}"))
        room = Switchroom(hub, sip, Book(database), admin, world)
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
    logins = [login for state in CallState for login in state.agents]
    room.agents = {login: Telephone() for login in logins}
    screens = [await stack.enter_async_context(HubClient(room.hub.http)) for _ in logins]
    await asyncio.gather(*(room.employ(*each) for each in zip(logins, screens, strict=True)))
