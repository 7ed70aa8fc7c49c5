"""The service: calls that other plugins place."""

from __future__ import annotations

import asyncio

from hub.api import Address, AnyAccount, Misconfigured, Rejected, Unreachable
from plugins.sip.counters import CALLS
from plugins.sip.exchange import Exchange
from plugins.sip.lent.line import LentLine
from plugins.sip.lines.outward import Outward, Way
from plugins.sip.media.engine import MediaError
from plugins.sip.settings import NAME, SCHEME


class SipTelephony:
    """`hub.api.Telephony`."""

    def __init__(self, exchange: Exchange, outward: Outward) -> None:
        self._exchange = exchange
        self._outward = outward
        self._placed: dict[str, LentLine | None] = {}

    async def place(
        self, account: AnyAccount, to: Address, *, caller: str = "", seconds: float = 60, key: str
    ) -> LentLine:
        """See hub.api.Telephony."""
        if key in self._placed and ((before := self._placed[key]) is None or not before.over):
            raise Rejected("this call is being made already")
        self._placed[key] = None
        try:
            line = self._placed[key] = await self._dialled(account, to, await self._shown(account, caller))
            await line.rings(seconds)
        except BaseException:  # also when whoever asked does not wait any more: the next attempt may have this name
            del self._placed[key]
            raise
        self._placed = {name: each for name, each in self._placed.items() if each is None or not each.over}
        return line

    async def _dialled(self, account: AnyAccount, to: Address, shown: str) -> LentLine:
        if to.scheme != SCHEME:
            raise Rejected("not a number")
        if account.connection_id is None:
            raise Misconfigured("the account has no connection to call by")
        try:
            way = Way(account, self._exchange.audio.engine)
        except MediaError as error:
            raise Unreachable(str(error)) from error
        call = await self._outward.to_number(way, to.value, shown)
        line = LentLine(self._exchange.lent, account, call, caller=Address(SCHEME, shown), called=to)
        if (task := asyncio.current_task()) is not None:
            task.add_done_callback(lambda _: line.leave())
        CALLS.labels("out").inc()
        call.dial()
        return line

    async def _shown(self, account: AnyAccount, wanted: str) -> str:
        """The number to show: the account's, or one of ours on the same connection. Raises Misconfigured."""
        own = account.address.value
        if not wanted or wanted == own:
            return own
        ours = await self._exchange.context.accounts(NAME)
        if any(each.connection_id == account.connection_id and each.address.value == wanted for each in ours):
            return wanted
        raise Misconfigured("this number is not ours to show")
