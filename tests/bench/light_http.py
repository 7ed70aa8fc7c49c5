"""HTTP/1.1 over a few kept connections, with so little around it that the hub is what is measured."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class LightHttp:
    """Calls to one server; `async with` closes what is open."""

    def __init__(self, base: str) -> None:
        self._port = urlsplit(base).port or 80
        self._idle: list[Wire] = []

    async def __aenter__(self) -> LightHttp:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        for _reader, writer in self._idle:
            writer.close()

    async def call(self, method: str, path: str, token: str = "", body: object = None) -> tuple[int, Any]:
        """The status and the answer as JSON, None without one. Raises OSError, EOFError (IncompleteReadError)."""
        wire = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        wire[1].write(self._request(method, path, token, body))
        answer = await _answer(wire[0])
        self._idle.append(wire)
        return answer

    def _request(self, method: str, path: str, token: str, body: object) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", f"Content-Length: {len(content)}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if content:
            lines.append("Content-Type: application/json")
        return "\r\n".join([*lines, "", ""]).encode() + content


async def _answer(reader: asyncio.StreamReader) -> tuple[int, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    is_json = headers.get("content-type", "").startswith("application/json")
    return int(head[0].split()[1]), json.loads(content) if content and is_json else None
