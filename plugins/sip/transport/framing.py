"""Messages off a stream (RFC 3261 §18.3): headers end with an empty line, Content-Length says how long the body is."""

from __future__ import annotations

import re
from typing import Final

_LENGTH: Final = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d{1,6})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
LONGEST_HEAD: Final = 65_535
LONGEST_BODY: Final = 65_535
PING, PONG = b"\r\n\r\n", b"\r\n"


class Unframed(Exception):
    """Where the next message begins is not known any more: the connection must go."""


class Framing:
    """Bytes in, whole messages out. A double CRLF between messages is a ping (RFC 5626 §3.5.1), given as b""."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """What is whole by now. Raises Unframed."""
        self._held += data
        found: list[bytes] = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> bytes | None:
        if self._held.startswith(PING):
            self._held = self._held[len(PING) :]
            return b""
        if self._held in (b"", b"\r", b"\r\n", b"\r\n\r"):
            return None
        self._held = self._held.lstrip(b"\r\n")
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            if len(self._held) > LONGEST_HEAD:
                raise Unframed("headers without an end")
            return None
        return self._whole(end + 4)

    def _whole(self, head: int) -> bytes | None:
        lengths = _LENGTH.findall(self._held[:head])
        if len(lengths) != 1 or int(lengths[0]) > LONGEST_BODY:
            raise Unframed("no usable Content-Length")
        size = head + int(lengths[0])
        if len(self._held) < size:
            return None
        message, self._held = self._held[:size], self._held[size:]
        return message
