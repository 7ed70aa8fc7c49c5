"""An authority that exchanges refresh tokens: hands out given access tokens in order and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json


class TokenServer:
    """`async with TokenServer(["a", "b"]) as server`: POST to `server.url`; when the tokens run out it answers 400."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = list(tokens)
        self.asked: list[str] = []
        self.url = ""

    async def __aenter__(self) -> TokenServer:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/token"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
        self.asked.append((await reader.readexactly(length)).decode())
        told = {"access_token": self._tokens.pop(0), "expires_in": 3600} if self._tokens else {"error": "invalid_grant"}
        body = json.dumps(told).encode()
        status = "200 OK" if "access_token" in told else "400 Bad Request"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
