"""A wire to an IMAP server that breaks whenever given words go over it: how a poison mail looks from our side."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class CuttingWire:
    """`async with CuttingWire(port, b"UID FETCH 2 ") as wire`: connect to `wire.port`; `wire.cuts` counts breaks."""

    def __init__(self, port: int, words: bytes) -> None:
        self._far, self._words = port, words
        self.port, self.cuts = 0, 0
        self._ends: set[asyncio.WriteTransport] = set()

    async def __aenter__(self) -> CuttingWire:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for end in self._ends:
            end.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._far)
        ends = {writer.transport, far_writer.transport}
        self._ends |= ends
        ways = [self._pipe(reader, far_writer), self._pipe(far_reader, writer)]
        await asyncio.wait(map(asyncio.create_task, ways), return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.abort()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                if self._words in chunk:
                    self.cuts += 1
                    return
                writer.write(chunk)
                await writer.drain()
