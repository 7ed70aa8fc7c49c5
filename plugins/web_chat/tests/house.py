"""A house behind the chat: what the core would make of each input, in memory, with an agent who answers by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from hub.api import (
    Accepted,
    Account,
    Address,
    AnyAccount,
    Bytes,
    Closed,
    Conversation,
    ConversationFile,
    ConversationMessage,
    Event,
    Inbound,
    Json,
    LiveChannel,
    Outbound,
    Raw,
    Receipt,
    Viewer,
)
from hub.testing import FakeContext
from plugins.web_chat.desk import Desk
from plugins.web_chat.settings import NAME, SCHEME, VISITOR, WebChatAccount

OPEN = "QUEUED"


def account(name: str = "shop", number: int = 1, **settings: Any) -> Account[WebChatAccount]:
    """An account as the core would hand it out."""
    return Account(number, None, NAME, name, Address(SCHEME, name), WebChatAccount.model_validate(settings))


class House(FakeContext):
    """The core, played: inputs become conversations at once; `said` is what customers wrote."""

    def __init__(self, shop: AnyAccount) -> None:
        super().__init__(NAME, accounts=[shop])
        self.shop = shop
        self.receipts: list[Receipt] = []
        self.reads = 0
        self.desk = Desk(self)
        self._numbers = iter(range(1, 1_000_000))
        self._known: set[str] = set()

    @property
    def channel(self) -> LiveChannel:
        return self.desk.channel

    async def emit(self, account: AnyAccount, raw: Raw) -> Accepted:
        accepted = await super().emit(account, raw)
        self.channel.authenticate(account, raw)
        for item in self.channel.normalise(account, raw):
            if isinstance(item, Receipt):
                self.receipts.append(item)
            if isinstance(item, Inbound) and item.external_id not in self._known:
                self._known.add(item.external_id)
                self._take(item)
        return accepted

    async def conversation(
        self, account: AnyAccount, thread: str, after: int = 0, limit: int = 200
    ) -> Conversation | None:
        self.reads += 1
        return await super().conversation(account, thread, after, limit)

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None:
        await super().close(account, thread, reason)
        self.change(thread, state="CLOSED")

    # --- what agents do -------------------------------------------------------------------------------------------

    @property
    def threads(self) -> list[str]:
        return [thread for _, thread in self.conversations]

    def talk(self, thread: str) -> Conversation:
        return self.conversations[(self.shop.id, thread)]

    def said(self, thread: str) -> list[str]:
        return [message.text for message in self.talk(thread).messages if message.direction == "INBOUND"]

    def change(self, thread: str, **values: Any) -> None:
        """The interaction changed: stored, and told as the event log would."""
        before = self.talk(thread)
        self.conversations[(self.shop.id, thread)] = replace(before, **values)
        self.tell(
            "interaction.state", before.interaction_id, state=values.get("state", before.state), previous=before.state
        )

    def tell(self, what: str, interaction: int, **data: Json) -> None:
        self.desk.observe(
            Event(next(self._numbers), datetime.now(UTC), what, interaction, None, None, None, 1, 1, data)
        )

    async def answer(self, thread: str, text: str, **values: Any) -> ConversationMessage:
        """An agent writes; the delivery goes through the channel as the core's sender would do it."""
        message = self.put(thread, "OUTBOUND", text, **{"author": "Mei Lin", "delivery": "LEASED", **values})
        outbound = Outbound(
            message.id, message.id, message.interaction_id, Address(VISITOR, thread.partition(":")[2]), text,
            kind=message.kind, fields=message.fields, thread=(thread,),
        )  # fmt: skip
        await self.channel.send(None, self.shop, outbound)
        return message

    def put(self, thread: str, direction: str, text: str, **values: Any) -> ConversationMessage:
        """One more message in a conversation."""
        talk = self.talk(thread)
        position = talk.messages[-1].position + 1 if talk.messages else 1
        message = _message(next(self._numbers), talk.interaction_id, position, direction, text, **values)
        self.conversations[(self.shop.id, thread)] = replace(talk, messages=(*talk.messages, message))
        return message

    def _take(self, item: Inbound) -> None:
        thread = item.thread[0]
        key = (self.shop.id, thread)
        over = key in self.conversations and self.talk(thread).state == "CLOSED"
        if key not in self.conversations or (over and item.kind != "RATING"):
            self._begin(key, item)
        values: dict[str, Any] = {"external_id": item.external_id, "kind": item.kind, "fields": item.fields}
        files = tuple(self._keep(file.name, file.media_type, file.content) for file in item.attachments)
        self.put(thread, "INBOUND", item.text, attachments=files, **values)
        self.tell("interaction.message", self.talk(thread).interaction_id, direction="INBOUND")

    def _begin(self, key: tuple[int, str], item: Inbound) -> None:
        assert item.sender is not None
        earlier = [self.conversations[key]] if key in self.conversations else []
        identity = replace(item.sender, name="")
        self.histories[(self.shop.id, identity)] = [*earlier, *self.histories.get((self.shop.id, identity), [])]
        serial = "HK7-204-9" if item.fields.get("opens_ticket") else ""
        self.conversations[key] = Conversation(next(self._numbers), OPEN, key[1], "", 0, serial, ())

    def _keep(self, name: str, media_type: str, content: bytes) -> ConversationFile:
        number = next(self._numbers)
        self.attachments[number] = Bytes(name, media_type, content)
        return ConversationFile(number, name, media_type, len(content))


def _message(
    number: int, interaction: int, position: int, direction: str, text: str, **values: Any
) -> ConversationMessage:
    given: dict[str, Any] = {
        "kind": "TEXT", "html": "", "fields": {}, "author": "", "external_id": "", "delivery": "",
        "at": datetime.now(UTC), **values,
    }  # fmt: skip
    return ConversationMessage(number, interaction, position, direction, text=text, **given)


@dataclass
class FakeSocket:
    """A visitor's end of a websocket, without a network: `say` puts a frame in, `heard` is what came out."""

    params: Mapping[str, str] = field(default_factory=lambda: {"account": "shop"})
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=lambda: {"origin": "https://shop.test", "host": "hub.test"})
    client: str = "192.0.2.7"
    viewer: Viewer | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    closed: int | None = None
    accepted: bool = False
    stalled: asyncio.Event | None = None
    served: asyncio.Task[None] | None = None
    _frames: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def accept(self, subprotocol: str | None = None) -> None:
        self.accepted = True

    async def receive(self) -> str:
        text = await self._frames.get()
        if text is None or self.closed:
            raise Closed
        return text

    async def send(self, text: str) -> None:
        if self.stalled:
            await self.stalled.wait()
        async with self._news:
            self.heard.append(json.loads(text))
            self._news.notify_all()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        async with self._news:
            self.closed = code
            self._news.notify_all()
        self._frames.put_nowait(None)

    # --- the visitor ----------------------------------------------------------------------------------------------

    def say(self, *frames: dict[str, Any]) -> None:
        for frame in frames:
            self.say_text(json.dumps(frame))

    def say_text(self, text: str) -> None:
        self._frames.put_nowait(text)

    async def go(self) -> None:
        """The tab is closed; returns when the hub has noticed."""
        self._frames.put_nowait(None)
        if self.served:
            await asyncio.wait_for(self.served, 5)

    async def until(self, true: Callable[[], object], within: float = 5.0) -> None:
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: bool(true()))

    async def hears(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The `count`-th frame of this kind."""
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.heard if frame["type"] == kind]

    @property
    def shown(self) -> list[str]:
        return [item["text"] for frame in self.of("messages") for item in frame["items"]]
