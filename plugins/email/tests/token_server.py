"""An authority that exchanges refresh tokens: hands out given access tokens in order and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json


class TokenServer:
    """`async with TokenServer(["a", "b"]) as server`: POST to `server.url`; when the tokens run out it answers 400.

    A mail server asks `server.info` + token whose it is: `owner`'s, if the token is `good`.
    """

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = list(tokens)
        self.asked: list[str] = []
        self.url = self.info = ""
        self.good = self.owner = ""

    async def __aenter__(self) -> TokenServer:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/token"
        self.info = self.url.replace("/token", "/info?t=")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if head.startswith("get /info"):
            told: dict[str, object] = {"email": self.owner} if f"t={self.good} " in head else {"error": "unknown"}
        else:
            length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
            self.asked.append((await reader.readexactly(length)).decode())
            granted = self._tokens and {"access_token": self._tokens.pop(0), "expires_in": 3600}
            told = granted or {"error": "invalid_grant"}
        await self._say(writer, told)

    async def _say(self, writer: asyncio.StreamWriter, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        status = "400 Bad Request" if "error" in told else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
