"""One site's web chat: what its routes, its channel and its hooks share."""

import time
from collections.abc import Mapping

from hub.api import Address, AnyAccount, Context, Event, Json
from plugins.web_chat import wire
from plugins.web_chat.away import Away
from plugins.web_chat.channel import WebChat
from plugins.web_chat.feed import SETTLING, Feed
from plugins.web_chat.rates import Buckets, Rate
from plugins.web_chat.rooms import Room, Rooms
from plugins.web_chat.settings import NAME, NEWS, SCHEME
from plugins.web_chat.visitors import Visitors

REMEMBERED = 5.0
"""Seconds an account's settings and hours are held: a crowd that comes back at once asks the database once."""
LEFT_QUEUE = frozenset({"QUEUED", "OFFERED"})


class Desk:
    """Made once a site. `rooms` are this process's visitors; `feed` pushes to them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.visitors = Visitors(context.key("visitors"))
        self.channel = WebChat(context, self.visitors)
        self.rooms = Rooms()
        self.feed = Feed(context, self.rooms, self.file_url)
        self.away = Away(context, self.rooms)
        self.buckets = Buckets()
        self._accounts: dict[str, tuple[float, AnyAccount | None, bool]] = {}

    async def account(self, name: str) -> tuple[AnyAccount | None, bool]:
        """The enabled account of this name, and whether it is inside its hours."""
        read_at, account, is_open = self._accounts.get(name, (float("-inf"), None, False))
        if time.monotonic() - read_at > REMEMBERED:
            account = await self.context.account(NAME, Address(SCHEME, name))
            is_open = account is not None and await self.context.is_open(account)
            if len(self._accounts) > 1_000:  # names are asked for by strangers
                self._accounts.clear()
            self._accounts[name] = (time.monotonic(), account, is_open)
        return account, is_open

    def wait(self, what: str, whose: str, per_minute: int) -> float:
        """Seconds until this may be done once more; 0.0 when it just was."""
        return self.buckets.take(what, whose, Rate.of(per_minute), time.monotonic())

    def file_url(self, room: Room, attachment: int) -> str:
        """Where the visitor's client fetches a file of their conversation; the path is the proof."""
        return file_url(self.visitors, room.account, room.thread, attachment)

    # --- news -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """One subscription for all visitors of this process; runs until the site stops."""
        try:
            async with self.context.subscribe(NEWS) as news:
                async for item in news:
                    await self.hear(item)
        finally:
            await self.feed.close()

    async def hear(self, news: Mapping[str, Json]) -> None:
        """Something happened to a thread that may have its visitor here."""
        room = self.rooms.find(str(news.get("thread", "")))
        if room is None:
            return
        if news.get("asked"):
            await self.away.still_here(room)
        elif "typing" in news:
            typing = wire.frame("typing", typing=news["typing"], name=news.get("name") or None)
            self.feed.spawn(self.feed.tell(room, typing))
        else:
            self.feed.wake(room)

    def observe(self, event: Event) -> None:
        """The event log moved; quick, for it is called for every row."""
        if event.type == "interaction.state" and event.data.get("previous") in LEFT_QUEUE:
            self.feed.queue_moved()
        if event.type == "interaction.message" and event.interaction_id:
            self.rooms.begun(event.data.get("raw"), event.interaction_id)
        if (room := self.rooms.having(event.interaction_id)) is None:
            return
        if event.type == "interaction.read":
            self.feed.spawn(self.feed.tell(room, wire.frame("read", interaction=room.interaction)))
        elif event.data.get("direction") != "OUTBOUND":  # those wake the feed when they are sent
            self.feed.wake(room, SETTLING)


def file_url(visitors: Visitors, account: AnyAccount, thread: str, attachment: int) -> str:
    return f"/c/{NAME}/{account.address.value}/files/{visitors.file_link(thread, attachment)}"
