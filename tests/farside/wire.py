"""A line between two parties that breaks when told to: the far side's reply is lost, or arrives as the last thing."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: closing sends RST instead of FIN


class Wire:
    """`async with Wire(lambda: port) as wire`: connect to `wire.port`. `wire.cut(b"250", 3, before=True)` breaks it at
    the next three replies that contain these words: `before` they reach the client, or right after."""

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self._words, self._before = b"", False
        self.port, self.left, self.cuts = 0, 0, 0
        self._ends: set[asyncio.WriteTransport] = set()

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for end in self._ends:
            end.abort()

    def cut(self, words: bytes, times: int, *, before: bool) -> None:
        self._words, self._before, self.left = words, before, times

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer.transport}
        self._ends |= ends
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target())
            ends.add(far_writer.transport)
            self._ends |= ends
            ways = (self._there(reader, far_writer), self._back(far_reader, writer))
            await asyncio.wait(map(asyncio.ensure_future, ways), return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # nobody there just now: the client sees its connection end
        finally:
            for end in ends:
                _reset(end)
            self._ends -= ends

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                breaks = self.left > 0 and self._words in chunk
                self.left -= breaks
                self.cuts += breaks
                if not (breaks and self._before):
                    writer.write(chunk)
                    await writer.drain()
                if breaks:
                    return


def _reset(end: asyncio.WriteTransport) -> None:
    line = end.get_extra_info("socket")
    if line is not None and line.fileno() >= 0:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    end.abort()
