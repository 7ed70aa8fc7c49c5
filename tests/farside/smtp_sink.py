"""A mail server on the far side, a process of its own that writes down what it took: one JSON line a mail.

`python -m tests.farside.smtp_sink LEDGER` prints "listening HOST PORT" and serves until terminated. What it does with a
mail stands in the recipient's address: `reject-550-…@`, `busy-451-…@`, `greylist-…@` (refused once, then taken),
`large-552-…@` (refused after DATA), `drop-…@` (written down, then the connection is cut before the answer: the first
time only), anything else is taken. With `--certificate` it offers STARTTLS (or TLS at once: `--implicit-tls`), with
`--password` or `--token` it wants a log-in by PASSWORD or XOAUTH2.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.farside.ledger import Ledger


class Sink:
    """aiosmtpd's handler: decides by the recipient, writes down, then answers."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = Ledger(ledger)
        self._seen: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks hooks up by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        behaviour, _, rest = address.partition("-")
        if behaviour in ("reject", "busy"):
            return f"{rest[:3]} {'5.1.1' if behaviour == 'reject' else '4.7.1'} not now"
        if behaviour == "greylist" and self._is_first(address):
            return "450 4.2.0 Greylisted, try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if any(address.startswith("large-") for address in envelope.rcpt_tos):
            return "552 5.3.4 Message too big"
        self._write(server, session, envelope)
        if any(address.startswith("drop-") and self._is_first(address) for address in envelope.rcpt_tos):
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 2.0.0 Ok: queued"

    def _is_first(self, address: str) -> bool:
        first = address not in self._seen
        self._seen.add(address)
        return first

    def _write(self, server: SMTP, session: Session, envelope: Envelope) -> None:
        self._ledger.note(
            "mail",
            tls=server.transport is not None and server.transport.get_extra_info("ssl_object") is not None,
            login=session.auth_data if isinstance(session.auth_data, str) else None,
            peer=list(session.peer or ()),
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            body=(envelope.original_content or b"").decode("latin-1"),
        )


class Server(SMTP):
    """With the log-in that Google and Microsoft want."""

    def __init__(self, sink: Sink, token: str | None, **options: Any) -> None:
        super().__init__(sink, **options)
        self._token = token

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - looked up by this name
        told = await self.challenge_auth("", encode_to_b64=False) if len(args) == 1 else _decoded(args[1])
        user = told.decode().partition("\x01")[0].removeprefix("user=") if isinstance(told, bytes) else ""
        good = isinstance(told, bytes) and f"auth=Bearer {self._token}\x01" in told.decode()
        return AuthResult(success=good, handled=False, auth_data=user)


def _decoded(word: str) -> bytes:
    return base64.b64decode(word)


def _authenticator(password: str | None) -> Any:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and password is not None and data.password == password.encode()
        return AuthResult(success=good, handled=False, auth_data=data.login.decode() if good else None)

    return check


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    sink = Sink(options.ledger)
    tls = None
    if options.certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate)
    wants_login = bool(options.password or options.token)

    def protocol() -> Server:
        return Server(
            sink,
            options.token,
            hostname="far.side.test",
            enable_SMTPUTF8=True,
            data_size_limit=options.max_bytes,
            tls_context=None if options.implicit_tls else tls,
            auth_required=wants_login,
            auth_require_tls=False,
            authenticator=_authenticator(options.password),
            auth_exclude_mechanism=["PLAIN", "LOGIN"] if options.token else ["XOAUTH2"],
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, options.host, options.port, ssl=tls if options.implicit_tls else None)
    host, port = server.sockets[0].getsockname()[:2]
    sys.stdout.write(f"listening {host} {port}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    server.close()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate")
    parser.add_argument("--implicit-tls", action="store_true")
    parser.add_argument("--password")
    parser.add_argument("--token")
    parser.add_argument("--max-bytes", type=int, default=40_000_000)
    return parser


if __name__ == "__main__":
    asyncio.run(serve(arguments().parse_args()))
