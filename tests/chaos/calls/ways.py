"""How a call is brought into each state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import psutil

from plugins.demo.hub_client import Refused
from tests.chaos.calls.site import OUTSIDE, CallState
from tests.farside.telephone import Phase

if TYPE_CHECKING:
    from tests.chaos.calls.switchroom import Switchroom

S = CallState
_HEADER: Final = 44  # octets of a WAV before its first sample
TO_OUTSIDE: Final = {"scheme": "tel", "value": OUTSIDE}
Way: TypeAlias = "Callable[[Switchroom, CallState], Awaitable[None]]"


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
        # of files there is no news
        while not any(_recorded(each, state.number) for each in room.media_processes()):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def _recorded(process: psutil.Process, number: str) -> bool:
    """Whether something of a call to this number is on the disk: the first second is written when it is over."""
    files = [Path(file.path) for file in process.open_files() if "/recordings/" in file.path]
    with suppress(OSError):  # one that has just ended
        return any(number in file.with_suffix(".json").read_text() and file.stat().st_size > _HEADER for file in files)
    return False


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


WAYS: Final[Mapping[CallState, Way]] = {
    S.RINGING_IN: _ringing_in, S.GREETED: _self_service, S.COLLECTING: _collecting, S.VOICEMAIL: _voicemail,
    S.WAITING: _waiting, S.AGENT_RINGING: _agent_ringing, S.TALKING: _talking, S.ON_HOLD: _on_hold,
    S.CONSULTING: _consulting, S.CONFERENCED: _conferenced, S.TRANSFERRING: _transferring, S.WRAP_UP: _wrap_up,
    S.DIALLING_OUT: _outward, S.RINGING_OUT: _outward,
}  # fmt: skip
