"""A websocket client that costs little (RFC 6455): text frames, one after another, as a browser offers them."""

from __future__ import annotations

import asyncio
import base64
import secrets
import zlib
from collections.abc import Callable

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
COMPRESSED = 0x40
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)


class LightSocket(asyncio.Protocol):
    """One connection. `on_text` gets each text as bytes, `on_end` is called once when it is over."""

    def __init__(self, on_text: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_text = on_text
        self._on_end = on_end
        self._buffer = bytearray()
        self._inflate: zlib._Decompress | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The network is there; who connected us sends the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def shake_hands(self, port: int, path: str) -> None:
        """Ask for a websocket; `opened` says when it is one."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._write(HANDSHAKE.format(path=path, port=port, key=key).encode())

    def send(self, text: bytes) -> None:
        """One text. The mask is zero: it defends proxies, and there is none here."""
        size = len(text)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._write(bytes([0x80 | TEXT]) + length + b"\0\0\0\0" + text)

    def close(self) -> None:
        """Go without a word."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Whole frames are taken from what came so far."""
        self._buffer += data
        if not self.opened.done():
            self._answered()
        while self.opened.done() and (frame := self._next()) is not None:
            self._take(*frame)

    def connection_lost(self, error: Exception | None) -> None:
        """It is over, whoever ended it."""
        if not self.opened.done():
            self.opened.set_exception(error or ConnectionResetError("no websocket"))
        self._on_end()

    def _answered(self) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self.close()
            return
        if b"permessage-deflate" in head:
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        del self._buffer[: end + 4]
        self.opened.set_result(None)

    def _next(self) -> tuple[int, bytes] | None:
        """The first byte and the payload of the next frame, once it is whole; servers do not mask."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        wide = {126: 2, 127: 8}.get(buffer[1], 0)
        start = 2 + wide
        size = int.from_bytes(buffer[2:start], "big") if wide else buffer[1]
        if len(buffer) < start + size:
            return None
        frame = buffer[0], bytes(buffer[start : start + size])
        del buffer[: start + size]
        return frame

    def _take(self, first: int, payload: bytes) -> None:
        match first & 0x0F:
            case 1:
                self._on_text(self._plain(payload) if first & COMPRESSED else payload)
            case 8:
                self.close()
            case 9:
                self._write(bytes([0x80 | PONG, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)

    def _plain(self, payload: bytes) -> bytes:
        """RFC 7692 §7.2.2: the tail that was cut off is put back."""
        assert self._inflate is not None
        return self._inflate.decompress(payload + b"\x00\x00\xff\xff")

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


async def open_socket(
    port: int, path: str, on_text: Callable[[bytes], None], on_end: Callable[[], None] = lambda: None
) -> LightSocket:
    """Connect to 127.0.0.1. Raises OSError when there is nobody, or no websocket."""
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: LightSocket(on_text, on_end), "127.0.0.1", port)
    socket.shake_hands(port, path)
    await socket.opened
    return socket
