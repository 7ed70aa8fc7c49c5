"""Mail comes in by SMTP (RFC 5321): a recipient nobody knows gets 550, and 250 is said only after the bytes are
stored.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from hub.api import Address, Emit, InputError, Json, Overloaded, Raw, Ready, crash_point
from plugins.email.limits import header_end
from plugins.email.settings import EmailConnection, EmailSettings
from plugins.email.smtp_session import STORED, SmtpSession

_log = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd writes every address into its own log
_MOST_HOPS: Final = 100  # RFC 5321 §6.3
_MOST_RECIPIENTS: Final = 100

Resolve = Callable[[str], Awaitable[Address | None]]


class Handler:
    """What aiosmtpd asks at each step of a transaction."""

    def __init__(self, emit: Emit, resolve: Resolve) -> None:
        self._emit = emit
        self._resolve = resolve

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks hooks up by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            found = await self._resolve(address)
        except Exception:  # noqa: BLE001 - whatever the look-up met, the far side must try again, not give up
            _log.exception("looking up a recipient failed")
            return "451 4.3.0 Try again later"
        if found is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(found.value)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        raw = _raw(session, envelope)
        if _hops(raw.body) > _MOST_HOPS:
            return "554 5.4.6 Routing loop: too many hops"
        try:
            accepted = await self._emit(raw)
        except Overloaded:
            return "451 4.3.1 Busy, try again later"
        except InputError as error:
            return f"550 5.7.1 {error.line}"
        except Exception:  # noqa: BLE001 - not stored, for whatever reason: the far side keeps the mail and tries again
            _log.exception("storing a mail failed")
            return "451 4.3.0 Try again later"
        crash_point("after_commit_before_ack")
        return f"{STORED} as {accepted.raw_id}"


async def serve(defaults: EmailSettings, settings: EmailConnection, emit: Emit, resolve: Resolve, ready: Ready) -> None:
    """Listen until cancelled. Raises OSError when the port cannot be had."""
    handler, peers = Handler(emit, resolve), set[SmtpSession]()
    tls = _certificate(settings)
    host = settings.listen_host or defaults.smtp_host
    port = defaults.smtp_port if settings.listen_port is None else settings.listen_port
    server = await asyncio.get_running_loop().create_server(
        lambda: SmtpSession(handler, peers, settings, tls), host, port
    )
    try:
        bound = server.sockets[0].getsockname()
        ready(f"smtp://{bound[0]}:{bound[1]}")
        await asyncio.get_running_loop().create_future()
    finally:
        server.close()
        for peer in list(peers):
            peer.abort()


def _raw(session: Session, envelope: Envelope) -> Raw:
    content = envelope.original_content or b""
    peer = session.peer[0] if isinstance(session.peer, tuple) else ""
    to: list[Json] = list(dict.fromkeys(envelope.rcpt_tos))
    return Raw(
        content, {"via": "smtp", "to": to, "from": (envelope.mail_from or "").removeprefix("<>"), "client": str(peer)}
    )


def _hops(body: bytes) -> int:
    return body[: header_end(body)].lower().count(b"\nreceived:")


def _certificate(settings: EmailConnection) -> ssl.SSLContext | None:
    if not settings.listen_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.listen_certificate)
    return context
