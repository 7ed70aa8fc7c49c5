"""One client's SMTP session: aiosmtpd's commands, our own reading of DATA and our limits."""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

from aiosmtpd.smtp import SMTP, syntax

from hub.api import crash_point
from plugins.email.settings import EmailConnection

_END: Final = b"\r\n.\r\n"
_BEGUN: Final = tuple(_END[:length] for length in range(1, len(_END)))
_CHUNK: Final = 256 * 1024
_IDLE_SECONDS: Final = 300.0  # RFC 5321 §4.5.3.2.7
STORED: Final = "250 2.0.0 Stored"


class SmtpSession(SMTP):
    """`peers` holds all that are open, so that a limit can be kept and all be ended."""

    line_length_limit = _CHUNK  # also what the stream buffers at most

    def __init__(
        self, handler: object, peers: set[SmtpSession], settings: EmailConnection, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=settings.max_bytes,
            enable_SMTPUTF8=True,
            hostname="contact-hub",
            ident="ESMTP",
            tls_context=tls,
            timeout=_IDLE_SECONDS,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
        self._peers, self._settings = peers, settings

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Once for a new client, once more when STARTTLS has put TLS below it."""
        is_new = self not in self._peers
        if is_new and len(self._peers) >= self._settings.listen_max_connections:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        self._peers.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._peers:
            self._peers.discard(self)
            super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd looks commands up by this name
        """RFC 5321 §4.1.1.4. aiosmtpd reads line by line, which costs 2.5 µs a line; attachments have many."""
        if await self.check_helo_needed() or self.envelope is None:
            return
        if not self.envelope.rcpt_tos or arg:
            await self.push("501 Syntax: DATA" if arg else "503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        body = await self._body()
        if body is None:
            status = "552 5.3.4 Error: Too much mail data"
        else:
            self.envelope.content = self.envelope.original_content = body
            status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd leaves it untyped
        await self.push(status)
        if status.startswith(STORED):
            crash_point("after_ack")

    def abort(self) -> None:
        """Drop the connection: what was not acknowledged the far side still has."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def _body(self) -> bytes | None:
        """Everything up to the one true end (a bare CR or LF ends nothing), dots unstuffed; None when too much."""
        read, too_much = bytearray(b"\r\n"), False
        while not read.endswith(_END):
            read += await self._reader.readexactly(1) if read.endswith(_BEGUN) else await self._chunk()
            if len(read) > self._settings.max_bytes + len(_END):
                too_much = True
                del read[: -len(_END)]
        return None if too_much else bytes(read[: -len(_END) + 2]).replace(b"\r\n.", b"\r\n")[2:]

    async def _chunk(self) -> bytes:
        """Up to the end when that is there, else as much as cannot hold its beginning."""
        try:
            return await self._reader.readuntil(_END)
        except asyncio.LimitOverrunError as overrun:
            return await self._reader.read(overrun.consumed)
