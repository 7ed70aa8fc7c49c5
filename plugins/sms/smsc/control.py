"""What handsets are worked by: HTTP on loopback, JSON in and out (RFC 9112, as little of it as this needs).

GET  /health                                → {"binds": 1}
GET  /handsets/{number}/texts?after=&wait=  → {"items": […]}: what is new or changed since version `after`
POST /handsets/{number}/texts               {"to", "text"} → 201 {"id"}; 503 {"error"} when nobody took it
PUT  /handsets/{number}                     {"on": false} → nothing sent there is delivered any more
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from .center import Center, NotTaken
from .handsets import Handsets, digits

MOST_BODY: Final = 100_000
LONGEST_WAIT: Final = 25.0
LONGEST_TEXT: Final = 4_000
Answer: TypeAlias = tuple[HTTPStatus, object]


class NotUnderstood(ValueError):
    """A request that is none of ours."""


class Control:
    """`asyncio.start_server(Control(center, handsets).serve, "127.0.0.1", 0)`."""

    def __init__(self, center: Center, handsets: Handsets) -> None:
        self._center, self._handsets = center, handsets

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        try:
            status, body = await self._answer(reader)
        except (NotUnderstood, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            status, body = HTTPStatus.BAD_REQUEST, {"error": "NOT_UNDERSTOOD"}
        except ConnectionError:
            return writer.close()
        payload = json.dumps(body, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode() + payload)
        with suppress(ConnectionError):
            await writer.drain()
        return writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        method, target, body = await _request(reader)
        place = urlsplit(target)
        match [method, *filter(None, place.path.split("/"))]:
            case ["GET", "health"]:
                return HTTPStatus.OK, {"binds": self._center.binds}
            case ["GET", "handsets", number, "texts"]:
                return await self._texts(digits(unquote(number)), dict(parse_qsl(place.query)))
            case ["POST", "handsets", number, "texts"]:
                return await self._send(digits(unquote(number)), body)
            case ["PUT", "handsets", number] if isinstance(body.get("on"), bool):
                self._handsets.turn(digits(unquote(number)), body["on"])
                return HTTPStatus.OK, {}
        return HTTPStatus.NOT_FOUND, {"error": "NOT_FOUND"}

    async def _texts(self, number: str, query: dict[str, str]) -> Answer:
        wait = min(float(query.get("wait", "0")), LONGEST_WAIT)
        found = await self._handsets.news(number, int(query.get("after", "0")), wait)
        return HTTPStatus.OK, {"items": [asdict(text) for text in found]}

    async def _send(self, number: str, body: dict[str, Any]) -> Answer:
        to, text = body.get("to"), body.get("text")
        if not (isinstance(to, str) and isinstance(text, str) and to and 0 < len(text) <= LONGEST_TEXT):
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "INVALID"}
        try:
            return HTTPStatus.CREATED, {"id": (await self._center.send(number, digits(to), text)).id}
        except NotTaken as why:
            return HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(why)}


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, Any]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, _, rest = head[0].partition(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= MOST_BODY:
        raise NotUnderstood
    body = json.loads(await reader.readexactly(length)) if length else {}
    if not isinstance(body, dict):
        raise NotUnderstood
    return method, rest.rpartition(" ")[0], body
