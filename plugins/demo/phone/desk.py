"""What the phone's page asks for: the numbers there are, and a websocket that lives as long as its call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from hub.api import Closed, Request, Response, WebSocket
from plugins.demo import story
from plugins.demo.demo import TROUBLE, Demo
from plugins.demo.phone.call import Call
from plugins.demo.phone.stages import Stage, Why

MOST_CALLS: Final = 8
"""At once: whoever reaches the desk may call."""
DIAL_WITHIN: Final = 10.0
NOT_UNDERSTOOD, ELSEWHERE = 4400, 4403

Number = Annotated[str, Field(pattern=r"^\+?[0-9*#]{1,20}$")]


class Dial(BaseModel):
    """The page's first words. `caller` is the customer's own number; without one it is withheld."""

    caller: Annotated[str, Field(pattern=r"^(\+?[0-9]{3,20})?$")] = ""
    called: Number
    offer: Annotated[str, Field(max_length=20_000)]


class HangUp(BaseModel):
    """The page's last ones."""

    hang_up: Literal[True]


class Phone:
    """The routes of the phone."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._calls = 0

    async def numbers(self, request: Request) -> Response:
        """Whom one may be, and the site's numbers."""
        people = [
            {"number": each.tel, "name": each.name, "language": each.language} for each in story.people().values()
        ]
        said = {"people": people, "site": self._demo.numbers}
        body = json.dumps(said, ensure_ascii=False).encode()
        return Response(body, headers={"Cache-Control": "no-store"})

    async def call(self, socket: WebSocket) -> None:
        """One call. The page says whom it calls; it is told the answer to its offer, and every stage."""
        if not _is_our_page(socket.headers):
            return await socket.close(ELSEWHERE)
        await socket.accept()
        try:
            async with asyncio.timeout(DIAL_WITHIN):
                order = Dial.model_validate_json(await socket.receive())
        except (ValidationError, TimeoutError):
            return await socket.close(NOT_UNDERSTOOD)
        if self._calls >= MOST_CALLS:
            return await _refuse(socket, Why.TOO_MANY)
        self._calls += 1
        try:
            return await _connect(socket, await self._demo.telephone(), order)
        except TROUBLE:
            return await _refuse(socket, Why.UNREACHABLE)
        finally:
            self._calls -= 1


async def _connect(socket: WebSocket, hub: tuple[str, int], order: Dial) -> None:
    said: asyncio.Queue[Mapping[str, str]] = asyncio.Queue()
    call = Call(hub, order.caller, order.called, said.put_nowait)
    calling = asyncio.create_task(call.run(order.offer))
    listening = asyncio.create_task(_until_hung_up(socket, call))
    try:
        while True:
            word = await said.get()
            await socket.send(json.dumps(word))
            if word.get("stage") == Stage.ENDED:
                break
    finally:
        listening.cancel()
        call.hang_up()
        await calling  # the hub is told, whoever left first


async def _refuse(socket: WebSocket, why: Why) -> None:
    await socket.send(json.dumps({"stage": Stage.ENDED, "why": why}))


async def _until_hung_up(socket: WebSocket, call: Call) -> None:
    with suppress(Closed, ValidationError):
        HangUp.model_validate_json(await socket.receive())
    call.hang_up()


def _is_our_page(headers: Mapping[str, str]) -> bool:
    """A browser names the page's origin (RFC 6455 §10.2); what is no browser does not."""
    origin = headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == headers.get("host", "")
