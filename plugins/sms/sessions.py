"""A session of texts is one interaction until it has been idle for a while: then it ends, and a later text begins a new
one on the same ticket. It never ends while somebody waits for an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.api import Address, AnyAccount, Context, Conversation, Json, Overloaded
from plugins.sms import numbers, talk
from plugins.sms.meaning import thread_key
from plugins.sms.settings import NAME

TIMER: Final = "idle"
REASON: Final = "idle"
_OVER: Final = frozenset({"CLOSED", "ABANDONED", "FAILED"})
_WAITING: Final = frozenset({"QUEUED", "OFFERED"})
_MOST: Final = 20_000


class Sessions:
    """One durable timer for each session; when it fires, the session's own messages tell whether it is idle."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._watched: dict[str, datetime] = {}  # until when a timer stands: another node may be the one that fires

    async def watch(self, account: AnyAccount, number: str) -> None:
        """Something was said in this session. What was said is stored or sent already, so this never fails."""
        now = datetime.now(UTC)
        if not number or self._watched.get(_key(account, number), now) > now:
            return
        try:
            await self._plan(account, number, now + timedelta(seconds=account.settings.idle_seconds))
        except Overloaded as error:  # the next thing said plans it
            self._context.fault("session", error)

    async def fire(self, payload: Mapping[str, Json]) -> None:
        """The timer is due: end the session, or look again later."""
        account = await self._context.account(NAME, Address(numbers.SCHEME, str(payload["account"])))
        if account is None:
            return
        number, now = str(payload["number"]), datetime.now(UTC)
        self._watched.pop(_key(account, number), None)
        found = await talk.latest(self._context, account, number)
        if found is None or found.state in _OVER:
            return
        due = _idle_at(found, timedelta(seconds=account.settings.idle_seconds), now)
        if due <= now:
            await self._context.close(account, thread_key(number), REASON)
        else:
            await self._plan(account, number, due)

    async def _plan(self, account: AnyAccount, number: str, at: datetime) -> None:
        payload: dict[str, Json] = {"account": account.address.value, "number": number}
        await self._context.schedule(at, TIMER, payload, key=f"{TIMER} {_key(account, number)}")
        if len(self._watched) > _MOST:
            self._watched.clear()
        self._watched[_key(account, number)] = at


def _key(account: AnyAccount, number: str) -> str:
    return f"{account.id} {number}"


def _idle_at(found: Conversation, idle: timedelta, now: datetime) -> datetime:
    """When it may end: not before we have answered what was said last."""
    last = found.messages[-1] if found.messages else None
    if last is None:
        return now
    if found.state in _WAITING or last.direction == "INBOUND":
        return now + idle
    return last.at + idle
