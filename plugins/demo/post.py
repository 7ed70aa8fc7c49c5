"""How a customer's mail leaves: by SMTP to the hub (RFC 5321), with a copy kept in the box it was sent from."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib
from sqlalchemy import Connection

from hub.api import PluginStore
from plugins.demo import mails
from plugins.demo.post_office import now

SECONDS = 20.0


async def hand_over(server: tuple[str, int], message: EmailMessage) -> None:
    """Give a mail to the hub; returns when it said 250. Raises aiosmtplib.SMTPException or OSError."""
    host, port = server
    await aiosmtplib.send(message, hostname=host, port=port, use_tls=False, start_tls=False, timeout=SECONDS)


async def send(store: PluginStore, server: tuple[str, int], message: EmailMessage, box: str) -> int:
    """Hand it over and keep the copy; the copy's id."""
    await hand_over(server, message)
    return await store.write(lambda conn: _keep(conn, message, box))


def _keep(conn: Connection, message: EmailMessage, box: str) -> int:
    to, subject = str(message["To"]), str(message["Subject"])
    return mails.add(conn, box=box, own=True, peer=to, subject=subject, raw=message.as_bytes(), at=now())
