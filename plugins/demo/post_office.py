"""The customers' mail server: takes whatever the hub sends them (RFC 5321) and puts it into their boxes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Connection

from hub.api import PluginStore
from plugins.demo import letters, mails
from plugins.demo.settings import MAIL_DOMAIN

_MOST_BYTES: Final = 35 * 1024 * 1024
_LONGEST_LINE: Final = 1024 * 1024


class PostOffice:
    """aiosmtpd's handler: 250 is said once the mail is in every recipient's box."""

    def __init__(self, store: PluginStore) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd looks it up by this name
        raw, recipients = envelope.original_content or b"", tuple(dict.fromkeys(envelope.rcpt_tos))
        letter = letters.read(raw)

        def deliver(conn: Connection) -> None:
            for box in recipients:
                mails.add(conn, box=box, own=False, peer=letter.sender, subject=letter.subject, raw=raw, at=now())

        await self._store.write(deliver)
        return "250 2.0.0 In the box"


class _Protocol(SMTP):
    line_length_limit = _LONGEST_LINE


@asynccontextmanager
async def open_office(store: PluginStore, port: int) -> AsyncIterator[int]:
    """Serve on loopback; yields the port. Raises OSError when it cannot be had."""
    loop, office = asyncio.get_running_loop(), PostOffice(store)

    def protocol() -> SMTP:
        return _Protocol(
            office, data_size_limit=_MOST_BYTES, enable_SMTPUTF8=True, hostname=MAIL_DOMAIN, loop=loop, timeout=300
        )

    server = await loop.create_server(protocol, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def now() -> int:
    """Milliseconds of Unix time."""
    return time.time_ns() // 1_000_000
