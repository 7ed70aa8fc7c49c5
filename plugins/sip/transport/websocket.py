"""SIP over WebSocket (RFC 7118): subprotocol "sip", one SIP message a WebSocket message; the handshake and frames (RFC
6455) are the library's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Origin, Subprotocol

from plugins.sip.transport.flow import Host, Received
from plugins.sip.transport.framing import PING, PONG
from plugins.sip.transport.tcp import StreamFlow
from plugins.sip.wire.message import LONGEST

OPENS_WITHIN: Final = 10.0
"""Seconds for the handshake; who says nothing is let go."""


class WebSocketFlow(StreamFlow):
    """One connection, opened by a phone. A page may open one only when its origin is named; who has none is no page."""

    def __init__(
        self, received: Received, peers: set[StreamFlow], transport: str, local: Host, origins: Sequence[str] = ()
    ) -> None:
        super().__init__(received, peers, transport, local)
        named = [None, *(cast("Origin", each) for each in origins)]
        self._web = ServerProtocol(origins=named, subprotocols=[cast("Subprotocol", "sip")], max_size=LONGEST)
        self._parts: list[bytes] = []
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._patience = asyncio.get_running_loop().call_later(OPENS_WITHIN, self._tired)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._web.receive_data(data)
        for event in self._web.events_received():
            if isinstance(event, Request):
                self._web.send_response(self._web.accept(event))
            elif isinstance(event, Frame):
                self._framed(event)
        self._flush()

    def eof_received(self) -> None:
        self._web.receive_eof()
        self._flush()

    def send(self, data: bytes) -> None:
        if self._web.state is not State.OPEN:
            return
        if data.isascii() or _is_text(data):
            self._web.send_text(data)
        else:
            self._web.send_binary(data)  # as text, bytes that are no UTF-8 would end the connection (RFC 6455 §8.1)
        self._flush()

    @property
    def open(self) -> bool:
        """Whether it can still carry anything."""
        return super().open and self._web.state is State.OPEN

    def _framed(self, frame: Frame) -> None:
        """Pings, pongs and the end are the library's to answer."""
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            message, self._parts = b"".join(self._parts), []
            self._heard(message)

    def _heard(self, message: bytes) -> None:
        if message == PING:
            self.send(PONG)  # as on other streams (RFC 7118 §6)
        elif message.strip(b"\r\n"):
            self.received(message, self)

    def _flush(self) -> None:
        """What the library wants sent; an empty piece is its wish to say no more."""
        for data in self._web.data_to_send():
            if data:
                super().send(data)
        if self._web.close_expected() and self._stream is not None:
            self._stream.close()

    def _tired(self) -> None:
        if self._web.state is State.CONNECTING:
            self.close()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
