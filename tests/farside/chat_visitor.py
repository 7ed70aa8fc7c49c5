"""A chat visitor who is not our widget: speaks the documented wire protocol and keeps a ledger of its own.

The ledger says what this side was told: a message is `acked` (the hub said it is stored), `refused` (the hub said no,
for good) or `unknown` (sent, and no answer came before the visitor gave up). What the visitor was shown is there too,
every time it was shown, so that a message shown twice is seen.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Origin

from tests.farside.ledger import Ledger

Frame: TypeAlias = dict[str, Any]

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
UNREACHABLE = (OSError, InvalidHandshake, InvalidMessage, ConnectionClosed, TimeoutError, EOFError)
PASSING = {"OVERLOADED", "RATE_LIMITED"}
SHUT = {403, 404, 4400, 4401, 4403, 4404, 4413}
"""HTTP statuses and close codes after which trying again is of no use."""


@dataclass(slots=True)
class ChatVisitor:
    """One person with one tab open. `async with ChatVisitor(hub.http) as visitor: await visitor.say("Hello")`.

    site      the hub ("http://127.0.0.1:8080")
    account   which widget
    origin    the page the widget stands on; None: the hub's own
    answers   to the form before the chat, sent with the first message
    customer  as the shop signed it (docs/plugins/web_chat_protocol.md, "hello")
    shown     ids of messages the visitor was shown, in order; a repeated id was shown twice
    states    what was said of the conversation, in order
    noticed   typing, read and whatever else passes
    """

    site: str
    account: str = "shop"
    ledger: Ledger | None = None
    origin: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    customer: Frame | None = None
    language: str = "en"
    receipts: bool = True
    seed: int = 0
    token: str = ""
    name: str = field(default_factory=lambda: secrets.token_hex(4))
    shown: list[Frame] = field(default_factory=list)
    states: list[Frame] = field(default_factory=list)
    errors: list[Frame] = field(default_factory=list)
    noticed: list[Frame] = field(default_factory=list)
    welcome: Frame = field(default_factory=dict)
    connections: int = 0
    _since: Frame | None = None
    _socket: ClientConnection | None = None
    _task: asyncio.Task[None] | None = None
    _outbox: dict[str, tuple[Frame, asyncio.Future[str]]] = field(default_factory=dict)
    _resend: asyncio.Future[None] | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> ChatVisitor:
        await self.arrive()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        await self.leave()

    # --- what a person does ---------------------------------------------------------------------------------------

    async def arrive(self, within: float = 20.0) -> None:
        """Open the tab; returns when the hub has said all there is."""
        self._task = asyncio.create_task(self._live())
        await self.until(lambda: self.connections > 0 or self._ended(), within)
        if self._ended():
            await self._task  # raises what went wrong

    async def leave(self) -> None:
        """Close the tab without a word. What was not acknowledged stays unknown."""
        for own_id, (_, outcome) in self._outbox.items():
            if not outcome.done():
                outcome.set_result("unknown")
                self._note("unknown", id=own_id)
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError, *UNREACHABLE):
                await self._task

    async def say(self, text: str, *, choice: str = "", leave: bool = False, within: float = 60.0) -> str:
        """Send one message, again after every lost connection; "acked", "refused" or "unknown"."""
        frame: Frame = {"type": "leave" if leave else "message", "id": secrets.token_urlsafe(9), "text": text}
        frame |= {"answers": self.answers, "language": self.language}
        if choice:
            frame["choice"] = choice
        return await self._deliver(frame, within)

    async def rate(self, stars: int, comment: str = "", within: float = 60.0) -> str:
        """Rate the conversation that is over."""
        frame = {"type": "rating", "id": secrets.token_urlsafe(9), "stars": stars, "comment": comment}
        return await self._deliver(frame, within)

    async def typing(self, text: str = "", typing: bool = True) -> None:
        """Type, best effort."""
        await self._send({"type": "typing", "typing": typing, "text": text})

    async def end(self) -> None:
        """End the conversation."""
        await self._send({"type": "end"})

    async def read(self) -> None:
        """Look at all that was shown."""
        await self._send({"type": "receipt", "state": "READ", "ids": [m["id"] for m in self.theirs]})

    async def send(self, frame: Frame) -> None:
        """Say any frame."""
        await self._send(frame)

    @property
    def theirs(self) -> list[Frame]:
        """What the other side wrote."""
        return [message for message in self.shown if not message["own"]]

    async def hears(self, text: str, within: float = 20.0) -> Frame:
        """Wait for a message of the other side that contains this."""
        found: list[Frame] = []

        def heard() -> bool:
            found[:] = [message for message in self.theirs if text in message["text"]]
            return bool(found)

        await self.until(heard, within)
        return found[0]

    async def until(self, true: Callable[[], object], within: float = 20.0) -> None:
        """Wait until a frame makes this true. Raises TimeoutError."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: bool(true()))

    def drop(self) -> None:
        """The network goes: no farewell; the visitor will come back by itself."""
        if self._socket:
            self._socket.transport.abort()

    # --- the connection -------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        """Connect, and connect again with a growing, jittered pause, until the tab is closed or the door is shut."""
        dice, pause = random.Random(self.seed or None), FIRST_PAUSE
        try:
            while True:
                pause = FIRST_PAUSE if await self._visited() else min(pause * 2, LONGEST_PAUSE)
                await asyncio.sleep(pause * (0.5 + dice.random()))
        finally:
            async with self._news:
                self._news.notify_all()

    async def _visited(self) -> bool:
        """Whether this connection got as far as `ready`. Raises ConnectionRefusedError when none ever will."""
        ready = False
        try:
            ready = await self._visit()
        except InvalidStatus as refused:
            if refused.response.status_code in SHUT:
                raise ConnectionRefusedError(refused.response.status_code) from None
        except UNREACHABLE:
            pass
        code = self._socket.close_code if self._socket else None
        if code in SHUT:
            raise ConnectionRefusedError(code)
        return ready

    async def _visit(self) -> bool:
        """One connection from hello to its end; whether it got as far as `ready`."""
        async with connect(
            f"{self.site.replace('http', 'ws', 1)}/c/web_chat/{self.account}/ws",
            origin=Origin(self.origin or self.site),
            compression=None,
            max_size=None,
        ) as socket:
            self._socket = socket
            await self._send(self._hello())
            before = self.connections
            with suppress(ConnectionClosed):
                async for text in socket:
                    await self._hear(json.loads(text))
            return self.connections > before

    def _hello(self) -> Frame:
        hello: Frame = {"type": "hello", "version": 1, "language": self.language}
        if self.customer:
            hello["customer"] = self.customer
        elif self.token:
            hello["token"] = self.token
        return hello | ({"since": self._since} if self._since else {})

    async def _hear(self, frame: Frame) -> None:
        async with self._news:
            await getattr(self, f"_on_{frame['type']}", self._on_other)(frame)
            self._news.notify_all()

    async def _on_welcome(self, frame: Frame) -> None:
        self.token, self.welcome = frame["token"], frame

    async def _on_ready(self, _: Frame) -> None:
        self.connections += 1
        for frame, _outcome in list(self._outbox.values()):
            await self._send(frame)

    async def _on_messages(self, frame: Frame) -> None:
        for item in frame["items"]:
            self.shown.append(item)
            self._note("shown", id=item["id"], own=item["own"], text=item["text"], interaction=frame["interaction"])
        self._since = {"interaction": frame["interaction"], "position": frame["items"][-1]["position"]}
        new = [item["id"] for item in frame["items"] if not item["own"]]
        if self.receipts and new:
            await self._send({"type": "receipt", "state": "DELIVERED", "ids": new})

    async def _on_state(self, frame: Frame) -> None:
        self.states.append(frame)
        self._note("state", state=frame["state"], interaction=frame["interaction"])

    async def _on_ack(self, frame: Frame) -> None:
        self._settle(frame["id"], "acked")

    async def _on_error(self, frame: Frame) -> None:
        self.errors.append(frame)
        own_id = frame.get("id")
        if own_id not in self._outbox:
            return
        if frame["code"] not in PASSING:
            self._settle(own_id, "refused")
            return
        asyncio.get_running_loop().call_later(frame.get("retry_after", 1.0), self._again, own_id)

    async def _on_other(self, frame: Frame) -> None:
        """Typing, read, transcript, pong: a person notices them, a ledger does not."""
        self.noticed.append(frame)

    async def _deliver(self, frame: Frame, within: float) -> str:
        outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._outbox[frame["id"]] = (frame, outcome)
        self._note("sent", id=frame["id"], text=frame.get("text", ""))
        await self._send(frame)
        try:
            async with asyncio.timeout(within):
                return await outcome
        except TimeoutError:
            self._settle(frame["id"], "unknown")
            return "unknown"

    def _settle(self, own_id: str, outcome: str) -> None:
        _, waiting = self._outbox.pop(own_id, (None, None))
        if waiting is None:
            return
        self._note(outcome, id=own_id)
        if not waiting.done():
            waiting.set_result(outcome)

    def _again(self, own_id: str) -> None:
        if own_id in self._outbox:
            self._resend = asyncio.ensure_future(self._send(self._outbox[own_id][0]))

    async def _send(self, frame: Frame) -> None:
        with suppress(ConnectionClosed):
            if self._socket:
                await self._socket.send(json.dumps(frame, ensure_ascii=False))

    def _ended(self) -> bool:
        return self._task is not None and self._task.done()

    def _note(self, event: str, **facts: object) -> None:
        if self.ledger:
            self.ledger.note(event, visitor=self.name, **facts)
