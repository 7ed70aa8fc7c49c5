"""A gateway that is described, as a provider: whole texts out by one request each, everything in by its callbacks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, cast
from urllib.parse import quote, urlsplit

import httpx

from hub.api import (
    AnyAccount,
    AnyConnection,
    Context,
    InputError,
    Malformed,
    Misconfigured,
    OutcomeUnknown,
    Raw,
    Request,
    Response,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from plugins.sms.http import approved, calling
from plugins.sms.http.answering import submitted
from plugins.sms.http.asking import Asked, asked, moment
from plugins.sms.http.reading import LARGEST
from plugins.sms.http.redacting import without_word
from plugins.sms.http.settings import HttpSettings
from plugins.sms.provider import News, Outgoing, Submitted
from plugins.sms.text import gsm0338

NAME: Final = "http"
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it writes every address it asks for, numbers within


class Http:
    """One object for all connections of the kind."""

    kind = NAME
    segments = False

    def __init__(self, context: Context) -> None:
        self._context = context

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted:
        """Ask the gateway to send it. Raises a SendError."""
        if outgoing.attachments:
            raise Unsupported("this gateway carries text alone")
        settings = cast("HttpSettings", connection.settings.of_kind)
        own_id = f"{outgoing.delivery_id}-{outgoing.segment.index}"
        about = {
            "to": outgoing.to,
            "from": outgoing.sender,
            "text": outgoing.segment.text,
            "id": own_id,
            "coding": _coding(settings, outgoing.segment.text),
            "callback": self._callback(settings, outgoing),
            **await self._template(settings, outgoing),
        }
        try:
            status, body = await _answer(asked(settings, {**moment(datetime.now(UTC)), **about}), settings)
            return submitted(settings.answer, status, body, own_id, settings.ask.charset)
        except OutcomeUnknown as unknown:
            if settings.ask.once:
                raise Unreachable(unknown.detail) from unknown
            raise

    async def probe(self, connection: AnyConnection) -> str:
        """Reach the gateway's host; asking it for anything would send something. Raises a SendError."""
        settings = cast("HttpSettings", connection.settings.of_kind)
        parts = urlsplit(asked(settings, moment(datetime.now(UTC))).url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            async with asyncio.timeout(settings.ask.answer_seconds):
                _, writer = await asyncio.open_connection(parts.hostname, port, ssl=parts.scheme == "https" or None)
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{parts.hostname}:{port}: {type(error).__name__}") from None
        writer.close()
        return f"{parts.hostname}:{port} answers; whether it lets us in shows when a text is sent"

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]:
        """What a callback says, by the description of the account's connection. Raises Malformed."""
        if account is None or account.connection is None:
            raise Malformed("the account has no connection")
        return list(calling.read(account.connection.settings.of_kind, raw))

    def authenticate(self, connection: AnyConnection, account: AnyAccount, raw: Raw) -> None:
        """Raises Unauthenticated."""
        calling.authenticate(connection.settings.of_kind, raw)

    def redacted(self, connection: AnyConnection, raw: Raw) -> Raw:
        """Without the shared word it proved itself by."""
        return without_word(connection.settings.of_kind, raw)

    def acknowledge(self, request: Request, account: AnyAccount, error: Exception | None) -> Response:
        """What the description says it wants to read; refused for good with a 4xx, to come again with a 503."""
        if error is not None:
            status = 403 if isinstance(error, Unauthenticated) else 400 if isinstance(error, InputError) else 503
            return Response(b"", status, media_type="text/plain")
        assert account.connection is not None
        about = Raw(request.body, {"action": request.params.get("action", "")})
        wanted = calling.calling_of(account.connection.settings.of_kind, about)
        return Response(wanted.answer.encode(wanted.charset, "replace"), media_type=wanted.answer_type)

    async def _template(self, settings: HttpSettings, outgoing: Outgoing) -> Mapping[str, str]:
        """What the request may say of the text's template. Raises Unsupported for none where one must be."""
        asks = settings.names_templates
        filled = await self._context.template(outgoing.account, outgoing.words) if asks else None
        if filled is None and settings.ask.templates_only:
            raise approved.refusal()
        return approved.names_of(filled)

    def _callback(self, settings: HttpSettings, outgoing: Outgoing) -> str:
        base = (settings.public_url or self._context.site_url).rstrip("/")
        return f"{base}/c/sms/{quote(outgoing.account.address.value, safe='+')}/{calling.STATUS}"


def _coding(settings: HttpSettings, text: str) -> str:
    words = settings.ask.codings
    return words.unicode if gsm0338.encode(text) is None else words.gsm


async def _answer(request: Asked, settings: HttpSettings) -> tuple[int, bytes]:
    """Status and body. Raises Unreachable when it never left, OutcomeUnknown when no answer came."""
    async with httpx.AsyncClient(timeout=settings.ask.answer_seconds, follow_redirects=False) as client:
        try:
            async with client.stream(
                request.method, request.url, content=request.body, headers=dict(request.headers)
            ) as answer:
                return answer.status_code, await _limited(answer)
        except NOT_SENT as error:
            raise Unreachable(f"the gateway: {type(error).__name__}") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Misconfigured(f"the gateway's address: {error}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"the gateway: {type(error).__name__}") from error


async def _limited(answer: httpx.Response) -> bytes:
    octets = bytearray()
    async for chunk in answer.aiter_bytes():
        octets += chunk
        if len(octets) > LARGEST:
            raise OutcomeUnknown("the gateway's answer is longer than any")
    return bytes(octets)
