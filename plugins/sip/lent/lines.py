"""All calls that are in other plugins' hands, and whose they are to be."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from sipmessage import Request

from hub.api import Address, AnyAccount, Cause, Context, Json, NotConnected, TakesCalls, Unsupported
from plugins.sip.calls.answering import Answering
from plugins.sip.counters import LENT
from plugins.sip.lent.line import LentLine
from plugins.sip.settings import NAME, SCHEME
from plugins.sip.trunks.dialled import Trunk, account_called
from plugins.sip.wire import sdp, t38
from plugins.sip.wire.numbers import caller
from plugins.sip.wire.sdp import BadSdp

if TYPE_CHECKING:
    from plugins.sip.lines.line import Line

log = logging.getLogger(__name__)
ToVoice: TypeAlias = Callable[[LentLine, AnyAccount], Awaitable[None]]
LAST_WORDS: Final = 3.0
"""Seconds that a plugin has for what is left to do when its call ends with the connection."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An account of another channel, by the number dialled, and who takes its calls."""

    by: TakesCalls
    account: AnyAccount
    number: str

    @property
    def shared(self) -> bool:
        """Whether a voice has the number, too, and answers first."""
        return self.by.shared_with_voice(self.account)


class LentLines:
    """`to_voice` makes a line a call of one of our own accounts."""

    def __init__(self, context: Context, to_voice: ToVoice) -> None:
        self._context = context
        self._to_voice = to_voice
        self._lines: dict[str, LentLine] = {}
        self._tasks: dict[asyncio.Task[None], LentLine] = {}

    def __iter__(self) -> Iterator[LentLine]:
        return iter(list(self._lines.values()))

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: LentLine) -> None:
        """From now on."""
        self._lines[line.id] = line
        LENT.set(len(self._lines))

    def remove(self, line: LentLine) -> None:
        """It has ended, or is somebody else's."""
        self._lines.pop(line.id, None)
        LENT.set(len(self._lines))

    async def called(
        self, request: Request, trunks: Mapping[int, Trunk], may_be: Collection[int], *, guess: bool
    ) -> Taken | None:
        """Who takes a call that came; `guess`: no voice does."""
        for taker in self._takers():
            found = await account_called(self._context, request, trunks, may_be, taker.name, guess=guess)
            if found[0] is not None:
                return Taken(taker, found[0], found[1])
        return None

    async def having(self, number: str, connection: int | None) -> Taken | None:
        """Who takes calls to this number of the connection's."""
        for taker in self._takers():
            account = await self._context.account(taker.name, Address(SCHEME, number))
            if account is not None and account.connection_id == connection:
                return Taken(taker, account, number)
        return None

    def take(self, taken: Taken, call: Answering) -> None:
        """A call that came is theirs from now on."""
        who, name = caller(call.request)
        line = LentLine(
            self, taken.account, call, caller=Address(SCHEME, who, name) if who else None,
            called=Address(SCHEME, taken.number), t38_offered=offers_t38(call.request),
        )  # fmt: skip
        self._begin(taken, line)

    async def take_over(self, taken: Taken, line: Line, about: Mapping[str, Json]) -> None:
        """A caller of ours is theirs from now on; here the call is over. It may be asked twice."""
        customer = line.customer
        if customer is None or customer.over or customer.told is not line:
            return
        who = Address(SCHEME, line.caller) if line.caller else None
        lent = LentLine(
            self, taken.account, customer, caller=who, called=taken.account.address, about=about, thread=line.thread
        )
        await line.engine.part(customer.media.name)
        self._begin(taken, lent)
        await line.detach()  # the last thing: what is said on the line ends with it, and this may be a part of that

    async def hand_over(self, line: LentLine, account: AnyAccount, about: Mapping[str, Json]) -> None:
        """To another account. Raises Unsupported."""
        if account.channel == NAME:
            await self._to_voice(line, account)
            return
        taker = next((each for each in self._takers() if each.name == account.channel), None)
        if taker is None:
            raise Unsupported(f"nobody takes calls of {account.channel}")
        await line.back_to_audio()
        line.detach()
        another = LentLine(
            self, account, line.call, caller=line.caller, called=account.address, about=about, thread=line.thread,
            t38_offered=line.t38_offered and line.call.unanswered,
        )  # fmt: skip
        self._begin(Taken(taker, account, account.address.value), another)

    async def clear(self, connection: int) -> None:
        """The connection ends, and its calls with it; who had them may finish what is left to do."""
        for line in self:
            if line.account.connection_id == connection:
                line.leave(Cause.FAILED)
        if mine := [task for task, line in self._tasks.items() if line.account.connection_id == connection]:
            _, late = await asyncio.wait(mine, timeout=LAST_WORDS)
            for task in late:
                task.cancel()

    def _takers(self) -> list[TakesCalls]:
        return list(self._context.services_of(TakesCalls))  # type: ignore[type-abstract]  # as every service

    def _begin(self, taken: Taken, line: LentLine) -> None:
        task = asyncio.get_running_loop().create_task(self._run(taken, line))
        self._tasks[task] = line
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _run(self, taken: Taken, line: LentLine) -> None:
        try:
            await taken.by.on_call(taken.account, line)
        except NotConnected as error:
            log.info("a call ended while another plugin had it: %s", error.cause)
        except Exception as error:  # noqa: BLE001  # whatever fails in another plugin ends its own call, nothing else
            log.error("a plugin failed with a call of its own: %s", type(error).__name__)
            self._context.fault("on_call", error)
        finally:
            line.leave()


def offers_t38(request: Request) -> bool:
    """Whether a call begins with T.38."""
    try:
        return bool(request.body) and t38.image_of(sdp.parse(request.body)) is not None
    except BadSdp:
        return False
