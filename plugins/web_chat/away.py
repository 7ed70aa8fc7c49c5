"""A visitor who stays away has left: a durable timer per conversation, so that a crash of the hub forgets none.

The timer is set with the first message, moved on when the last tab closes, and asks every node before it ends anything:
in a site of several processes the visitor may have come back through another one.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hub.api import Address, AnyAccount, Context, Json
from plugins.web_chat.rooms import Room, Rooms
from plugins.web_chat.settings import NAME, NEWS, SCHEME, WebChatAccount
from plugins.web_chat.wire import OVER

TIMER = "away"
ASKING = timedelta(seconds=10)


class Away:
    """Ends conversations whose visitor has gone."""

    def __init__(self, context: Context, rooms: Rooms) -> None:
        self._context = context
        self._rooms = rooms

    async def watch(self, room: Room) -> None:
        """From now on somebody looks whether this visitor is still there."""
        if not room.armed:
            room.armed = True
            await self._later(room.account, room.thread)

    async def gone(self, room: Room) -> None:
        """The last tab was closed; count from now."""
        if room.armed and room.state not in OVER:
            await self._later(room.account, room.thread)

    async def still_here(self, room: Room) -> None:
        """Another node asked, and the visitor is here."""
        await self._later(room.account, room.thread)

    async def due(self, payload: Mapping[str, Json]) -> None:
        """The timer rang: ask around first, then end the conversation."""
        account = await self._context.account(NAME, Address(SCHEME, str(payload["account"])))
        if account is None:
            return
        thread = str(payload["thread"])
        if room := self._rooms.find(thread):
            room.armed = False
            if room.state not in OVER:
                await self.watch(room)
        elif payload.get("asked"):
            await self._context.close(account, thread, "visitor_left")
        elif await self._open(account, thread):
            await self._ask(account, thread)

    async def _ask(self, account: AnyAccount, thread: str) -> None:
        await self._set(account, thread, ASKING, asked=True)
        await self._context.publish(NEWS, {"thread": thread, "asked": True})

    async def _open(self, account: AnyAccount, thread: str) -> bool:
        found = await self._context.conversation(account, thread, 0, 1)
        return found is not None and found.state not in OVER

    async def _later(self, account: AnyAccount, thread: str) -> None:
        settings: WebChatAccount = account.settings
        await self._set(account, thread, timedelta(seconds=settings.away_seconds), asked=False)

    async def _set(self, account: AnyAccount, thread: str, wait: timedelta, *, asked: bool) -> None:
        payload: dict[str, Json] = {"account": account.address.value, "thread": thread, "asked": asked}
        await self._context.schedule(datetime.now(UTC) + wait, TIMER, payload, key=thread)
