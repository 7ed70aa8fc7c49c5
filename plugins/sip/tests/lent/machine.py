"""Another plugin of a test that takes calls, and what a far side that speaks T.38 says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydantic import BaseModel

from hub.api import Account, Address, AnyAccount, Line, LineEnded, LineEvent
from plugins.sip.tests.party import ACCOUNT, Party, Site, site

MACHINE = "+861058880009"
NEAR = ("127.0.0.1", 45_000)


class Settings(BaseModel):
    """Of an account that has none."""


def account(number: str = MACHINE) -> AnyAccount:
    """The machine's, on the trunk of the tests' site."""
    return Account(2, 7, "machine", "Machine", Address("tel", number), Settings())


class Machine:
    """`lines` are the calls it was given, `told` what it was told of them; it keeps each until `done`, or over."""

    name = "machine"

    def __init__(self, *, shared: bool = False) -> None:
        self.shared = shared
        self.lines: list[Line] = []
        self.told: list[LineEvent] = []
        self.done = asyncio.Event()
        self.fails: Exception | None = None

    def shared_with_voice(self, account: AnyAccount) -> bool:
        return self.shared

    async def on_call(self, account: AnyAccount, line: Line) -> None:
        self.lines.append(line)
        tasks = [asyncio.create_task(work) for work in (self.listen(line), self.done.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        if self.fails is not None:
            raise self.fails

    async def listen(self, line: Line) -> None:
        async for event in line.events():
            self.told.append(event)

    @property
    def ended(self) -> bool:
        """Whether it was told that its call is over."""
        return any(isinstance(event, LineEnded) for event in self.told)


@asynccontextmanager
async def house(machine: Machine, *, number: str = MACHINE, **settings: Any) -> AsyncIterator[Site]:
    """The site, with the machine's number beside its own."""
    async with site(accounts=[ACCOUNT, account(number)], services=[machine], **settings) as found:
        yield found


@asynccontextmanager
async def carrier(machine: Machine, **more: Any) -> AsyncIterator[tuple[Site, Party]]:
    """The house, with a way out to a party."""
    with Party() as outside:
        way: dict[str, Any] = {"proxies": [f"127.0.0.1:{outside.port}"], "prefixes": ["+86"], **more}
        async with house(machine, **way) as found:
            yield found, outside


def dials(
    party: Party, found: Site, number: str = MACHINE, body: bytes | None = None, headers: Sequence[str] = ()
) -> None:
    """This party calls the machine; nobody has answered yet."""
    party.where = ("127.0.0.1", found.port)
    party.to(f"<sip:{number}@hub>", f"sip:{number}@hub")
    party.say(party.request("INVITE", *headers, body=fax() if body is None else body))


async def answered(party: Party) -> bytes:
    """The description in the answer, which is acknowledged."""
    answer = await party.answer()
    assert answer.code == 200, answer.code
    party.into(answer)
    party.acknowledge()
    return answer.body


async def on_the_line(party: Party, found: Site, machine: Machine, near: tuple[str, int] = NEAR) -> Line:
    """A call that the machine has answered, with sound."""
    dials(party, found, body=speech())
    await found.until(lambda: machine.lines)
    line = machine.lines[-1]
    answering = asyncio.create_task(line.answer(near))
    await answered(party)
    await answering
    return line


def speech(port: int = 4000) -> bytes:
    """Sound alone."""
    return described(f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000")


def fax(port: int = 4002, *more: str) -> bytes:
    """T.38 alone."""
    return described(f"m=image {port} udptl t38", "a=T38FaxVersion:0", "a=T38MaxBitRate:9600", *more)


def described(*lines: str) -> bytes:
    """A session description."""
    return "\r\n".join(("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", *lines, "")).encode()
