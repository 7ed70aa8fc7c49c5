"""The event stream: a websocket that misses nothing, whatever happened to the network in between.

Frames to the client: hello {seq}, events {items}, signal {kind, interaction, data}, resync {seq} (load anew), ping.
Frames from it: {token} first when it has no cookie, then viewing {interaction} and typing {interaction, typing}.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.api import Overloaded
from hub.model.permissions import Permission
from hub.web.credentials import origin_allowed, token_of
from hub.web.fanout import Fanout, Subscriber
from hub.web.fields import Id
from hub.web.json import dump
from hub.web.sessions import Login, Sessions
from hub.web.signals import Signals

LOGIN_WITHIN = 10.0
PING = 25.0
LOGIN_REQUIRED = 4401
TOO_MUCH = 4429
TRY_AGAIN_LATER = 1013
FRAMES_A_SECOND = 20


class _Frame(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Token(_Frame):
    """The first frame of a client without a cookie."""

    token: Annotated[str, Field(max_length=200)]


class Viewing(_Frame):
    """The conversation on the screen, null for none."""

    type: Literal["viewing"]
    interaction: Id | None


class Typing(_Frame):
    """Whether the agent types in a conversation."""

    type: Literal["typing"]
    interaction: Id
    typing: bool


_said: TypeAdapter[Viewing | Typing] = TypeAdapter(Annotated[Viewing | Typing, Field(discriminator="type")])


class Stream:
    """Serves streams; one object a node."""

    def __init__(
        self,
        fanout: Fanout,
        sessions: Sessions,
        signals: Signals,
        origins: tuple[str, ...],
        gone: Callable[[int], None],
    ) -> None:
        self._fanout = fanout
        self._sessions = sessions
        self._signals = signals
        self._origins = origins
        self._gone = gone

    async def __call__(self, socket: WebSocket) -> None:
        """The endpoint."""
        if not origin_allowed(socket, self._origins):
            await socket.close()  # before the handshake is done: the browser reads 403
            return
        await socket.accept()
        try:
            found = await self._login(socket)
        except Overloaded:
            await _close(socket, TRY_AGAIN_LATER, "the hub is busy")
            return
        if found is None:
            await _close(socket, LOGIN_REQUIRED, "log in first")
            return
        await self._serve(socket, Subscriber(*found))

    async def _login(self, socket: WebSocket) -> tuple[Login, str] | None:
        """By bearer header or cookie, else by the first frame."""
        token = token_of(socket) or await _first_frame(socket)
        login = await self._sessions.find(token) if token else None
        return (login, token) if login and token else None

    async def _serve(self, socket: WebSocket, subscriber: Subscriber) -> None:
        position = self._fanout.join(subscriber)
        try:
            await self._greet(socket, subscriber, position)
            await _first_to_end(
                self._send(socket, subscriber), self._hear(socket, subscriber), self._watch(socket, subscriber)
            )
        except (WebSocketDisconnect, RuntimeError):  # the peer is gone, however its server says so
            pass
        except Overloaded:
            await _close(socket, TRY_AGAIN_LATER, "the hub is busy")
        finally:
            self._fanout.leave(subscriber)
            await self._look(subscriber, None)
            self._gone(subscriber.actor.user_id)

    async def _greet(self, socket: WebSocket, subscriber: Subscriber, position: int) -> None:
        await socket.send_text(dump({"type": "hello", "seq": position}).decode())
        since = socket.query_params.get("since", "")
        if since.isascii() and since.isdigit() and len(since) <= 18:
            for frame in await self._fanout.missed(subscriber, int(since), position):
                await socket.send_text(frame)

    async def _send(self, socket: WebSocket, subscriber: Subscriber) -> None:
        while True:
            await socket.send_text(await subscriber.frames.get())

    async def _hear(self, socket: WebSocket, subscriber: Subscriber) -> None:
        heard, since = 0, 0.0
        while True:
            text = await socket.receive_text()
            now = asyncio.get_running_loop().time()
            heard, since = (heard + 1, since) if now < since + 1 else (1, now)
            if heard > FRAMES_A_SECOND:
                await _close(socket, TOO_MUCH, "too many frames")
                return
            with contextlib.suppress(ValidationError):  # what we do not understand is a newer client's
                await self._take(subscriber, _said.validate_json(text))

    async def _take(self, subscriber: Subscriber, said: Viewing | Typing) -> None:
        if said.interaction is not None and not await self._fanout.sees(subscriber, said.interaction):
            return
        if isinstance(said, Viewing):
            await self._look(subscriber, said.interaction)
        elif subscriber.actor.may(Permission.INTERACTIONS_REPLY):
            await self._signals.typing(subscriber.actor, said.interaction, said.typing)

    async def _look(self, subscriber: Subscriber, interaction_id: int | None) -> None:
        """Tell the colleagues where this user looks, and where no longer."""
        before, subscriber.viewing = subscriber.viewing, interaction_id
        if before is not None and before != interaction_id:
            await self._signals.viewing(subscriber.actor, before, viewing=False)
        if interaction_id is not None:
            await self._signals.viewing(subscriber.actor, interaction_id, viewing=True)

    async def _watch(self, socket: WebSocket, subscriber: Subscriber) -> None:
        """Ping now and then, and close when the session has ended."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(subscriber.ended.wait(), PING)
            if subscriber.ended.is_set() or await self._sessions.find(subscriber.token) is None:
                await _close(socket, LOGIN_REQUIRED, "the session has ended")
                return
            await socket.send_text('{"type":"ping"}')
            if subscriber.viewing is not None:
                await self._look(subscriber, subscriber.viewing)


async def _first_frame(socket: WebSocket) -> str | None:
    try:
        text = await asyncio.wait_for(socket.receive_text(), LOGIN_WITHIN)
        return Token.model_validate_json(text).token
    except (TimeoutError, ValidationError, WebSocketDisconnect, KeyError):  # KeyError: a binary frame
        return None


async def _first_to_end(*works: Awaitable[None]) -> None:
    """Run them together until the first ends; its error, if it has one, is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with contextlib.suppress(RuntimeError):  # closed by the peer in the same moment
        await socket.close(code, reason)
