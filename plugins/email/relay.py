"""One mail, one SMTP transaction with the relay that takes it (RFC 5321 §3.3), all recipients or none."""

from __future__ import annotations

import re
import ssl
from typing import Final

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPHeloError, SMTPResponseException

from hub.api import Misconfigured, SendError, TooLarge, Unsupported
from plugins.email import relay_errors
from plugins.email.compose import Envelope
from plugins.email.oauth import TokenSource
from plugins.email.relay_pool import RelayPools
from plugins.email.settings import Auth, EmailConnection, Security

# Amazon SES puts a Message-ID of its own in place of ours and tells it in its answer to DATA.
_REWRITTEN: Final = re.compile(r"\b([0-9a-f]{16}-[0-9a-f-]{36,60})\b")


class Relay:
    """Sends through the relay of a connection; connections are pooled by the connection's id."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens
        self.pools = RelayPools(self._connected)

    async def send(self, connection_id: int, settings: EmailConnection, envelope: Envelope) -> tuple[str, ...]:
        """Hand over one mail; returns the further Message-IDs it will be known by. Raises a SendError.

        All recipients are accepted or none gets it: an agent sees a refused Cc instead of half a delivery. A
        connection lost after the last dot is Unreachable too: the mail is sent again under the same Message-ID, by
        which readers know it.
        """
        if not settings.relay_host:
            raise Misconfigured("the connection has no relay")
        try:
            async with self.pools.line(connection_id, settings) as smtp:
                reply = await _transact(smtp, envelope)
        except (SMTPException, OSError, ValueError, TimeoutError) as error:
            raise relay_errors.of_exception(error) from error
        return tuple(f"{found}@email.amazonses.com" for found in _REWRITTEN.findall(reply))

    async def probe(self, settings: EmailConnection) -> str:
        """Connect and log in, then leave. Raises a SendError."""
        try:
            smtp = await self._connected(settings)
            await smtp.quit()
        except (SMTPException, OSError, ValueError, TimeoutError) as error:
            raise relay_errors.of_exception(error) from error
        return f"{settings.relay_host}:{settings.relay_port}: takes our mail"

    async def _connected(self, settings: EmailConnection) -> SMTP:
        smtp = SMTP(
            hostname=settings.relay_host,
            port=settings.relay_port,
            timeout=settings.relay_timeout,
            use_tls=settings.relay_security is Security.TLS,
            start_tls=False,
            tls_context=trust(settings) if settings.relay_security is not Security.NONE else None,
        )
        try:
            await smtp.connect()
            await _greet(smtp)
            if settings.relay_security is Security.STARTTLS:
                await _encrypt(smtp, settings)
            await self._log_in(smtp, settings)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _log_in(self, smtp: SMTP, settings: EmailConnection) -> None:
        if not settings.relay_user or settings.relay_auth is Auth.NONE:
            return
        if settings.relay_auth is Auth.PASSWORD:
            await smtp.login(settings.relay_user, settings.relay_password.get_secret_value())
            return
        try:
            await smtp.auth_xoauth2(settings.relay_user, await self._tokens.token(settings))
        except SMTPAuthenticationError:
            self._tokens.forget(settings)
            raise


async def _greet(smtp: SMTP) -> None:
    try:
        await smtp.ehlo()
    except SMTPHeloError:
        await smtp.helo()


async def _encrypt(smtp: SMTP, settings: EmailConnection) -> None:
    """A relay that suddenly offers no STARTTLS may be somebody in between: no password and no mail goes there."""
    if not smtp.supports_extension("starttls"):
        raise Misconfigured("the relay offers no STARTTLS")
    await smtp.starttls(tls_context=trust(settings))
    await _greet(smtp)


async def _transact(smtp: SMTP, envelope: Envelope) -> str:
    encoding = "utf-8" if envelope.utf8 else "ascii"
    await smtp.mail(envelope.sender, options=_options(smtp, envelope), encoding=encoding)
    try:
        for recipient in envelope.recipients:
            await _recipient(smtp, recipient, encoding)
    except SendError:
        await smtp.rset()
        raise
    return (await smtp.data(envelope.body)).message


async def _recipient(smtp: SMTP, recipient: str, encoding: str) -> None:
    """RFC 3461: ask to be told of failure and delay, where the relay can."""
    options = ["NOTIFY=FAILURE,DELAY"] if smtp.supports_extension("dsn") else []
    try:
        await smtp.rcpt(recipient, options=options, encoding=encoding)
    except SMTPResponseException as error:
        raise relay_errors.of_reply(error.code, error.message, recipient) from error


def _options(smtp: SMTP, envelope: Envelope) -> list[str]:
    size = smtp.esmtp_extensions.get("size", "")
    if size.isdigit() and 0 < int(size) < len(envelope.body):
        raise TooLarge(f"{len(envelope.body)} bytes; the relay takes {size}")
    if envelope.utf8 and not smtp.supports_extension("smtputf8"):
        raise Unsupported("the relay does not know internationalised addresses (SMTPUTF8)")
    wanted = {
        f"SIZE={len(envelope.body)}": smtp.supports_extension("size"),
        "SMTPUTF8": envelope.utf8,
        "BODY=8BITMIME": envelope.utf8 and smtp.supports_extension("8bitmime"),
        "RET=HDRS": smtp.supports_extension("dsn"),
    }
    return [option for option, is_wanted in wanted.items() if is_wanted]


def trust(settings: EmailConnection) -> ssl.SSLContext:
    """Certificates are checked, always; a private authority is named in the settings."""
    return ssl.create_default_context(cafile=settings.tls_ca or None)
