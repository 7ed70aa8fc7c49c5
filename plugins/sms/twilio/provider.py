"""Twilio as a provider: whole texts go out by its REST API, everything comes in by signed webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote, urlsplit

from hub.api import (
    AnyAccount,
    AnyConnection,
    Context,
    InputError,
    Overloaded,
    Raw,
    Request,
    Response,
    Unauthenticated,
    Unreachable,
)
from plugins.sms.pictures.lent import Lent
from plugins.sms.pictures.limits import PictureLimits
from plugins.sms.provider import News, Outgoing, Submitted
from plugins.sms.twilio import meaning, rest, sending
from plugins.sms.twilio.media import Media
from plugins.sms.twilio.settings import TwilioSettings
from plugins.sms.twilio.signature import HEADER, is_signed

if TYPE_CHECKING:
    from twilio.rest import Client  # type: ignore[import-untyped]  # the library has types, but does not say so

NAME: Final = "twilio"
EMPTY: Final = b"<Response/>"
"""TwiML that says: nothing to say."""


class Twilio:
    """One object for all connections of the kind."""

    kind = NAME
    segments = False
    pictures = PictureLimits(frozenset({"image/jpeg", "image/png", "image/gif"}), 10, 5_000_000, 1600)
    """Of an MMS (https://www.twilio.com/docs/messaging/guides/accepted-mime-types)."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lent = Lent(context)
        self._clients: dict[int, tuple[TwilioSettings, Client]] = {}

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted:
        """POST …/Messages.json. Twilio knows no idempotency key: where its answer does not come, it is asked what it
        has. Raises a SendError; OutcomeUnknown when that does not tell either."""
        settings = cast("TwilioSettings", connection.settings.of_kind)
        client = self._client(connection)
        wanted = sending.parameters(settings, outgoing, self._callback(settings, outgoing))
        if outgoing.attachments:
            wanted["media_url"] = await self._put_up(outgoing, settings)
        return await asyncio.to_thread(sending.submit, client, wanted, datetime.now(UTC))

    async def probe(self, connection: AnyConnection) -> str:
        """Look the account up."""
        settings = cast("TwilioSettings", connection.settings.of_kind)
        return await asyncio.to_thread(sending.probe, self._client(connection), settings.account_sid)

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]:
        """What a webhook says. Raises Malformed."""
        return meaning.read(raw)

    def authenticate(self, connection: AnyConnection, account: AnyAccount, raw: Raw) -> None:
        """Raise Unauthenticated for what Twilio has not signed."""
        settings = cast("TwilioSettings", connection.settings.of_kind)
        headers = cast("Mapping[str, str]", raw.meta.get("headers") or {})
        fields = () if raw.meta.get("method") == "GET" else meaning.fields_of(raw)
        token = settings.auth_token.get_secret_value()
        if not is_signed(token, headers.get(HEADER, ""), self._addresses(settings, raw), fields, raw.body):
            raise Unauthenticated("X-Twilio-Signature is missing or wrong")

    def acknowledge(self, request: Request, account: AnyAccount, error: Exception | None) -> Response:
        """Empty TwiML when it is stored. Twilio comes again after a 5xx where its console says so."""
        if error is None:
            return Response(EMPTY, media_type="text/xml")
        refused = isinstance(error, InputError) and not isinstance(error, Overloaded)
        status = 403 if isinstance(error, Unauthenticated) else 400 if refused else 503
        return Response(b"", status, media_type="text/plain")

    async def expect(self, account: AnyAccount, raw: Raw) -> None:
        """A text with pictures is about to be stored: see that they will be fetched, whatever happens after."""
        fields = dict(meaning.fields_of(raw))
        if raw.meta.get("action") == meaning.MESSAGE and meaning.media_of(fields):
            await Media(self._context).expect(account, fields)

    def _addresses(self, settings: TwilioSettings, raw: Raw) -> list[str]:
        """How the far side may have written our address: as it came here, and as it is known outside."""
        came = str(raw.meta.get("url", ""))
        parts = urlsplit(came)
        behind = parts.path + (f"?{parts.query}" if parts.query else "")
        return [came, *(base.rstrip("/") + behind for base in (settings.public_url, self._context.site_url) if base)]

    def _callback(self, settings: TwilioSettings, outgoing: Outgoing) -> str:
        return f"{self._base(settings)}/c/sms/{quote(outgoing.account.address.value, safe='+')}/{meaning.STATUS}"

    async def _put_up(self, outgoing: Outgoing, settings: TwilioSettings) -> Sequence[str]:
        """Raises Unreachable while the database is away: nothing has gone, so there is no doubt."""
        try:
            return await self._lent.put_up(outgoing, self._base(settings))
        except Overloaded as error:
            raise Unreachable(f"the pictures could not be put up: {error.detail}") from error

    def _base(self, settings: TwilioSettings) -> str:
        return (settings.public_url or self._context.site_url).rstrip("/")

    def _client(self, connection: AnyConnection) -> Client:
        settings = cast("TwilioSettings", connection.settings.of_kind)
        known = self._clients.get(connection.id)
        if known is None or known[0] != settings:
            known = self._clients[connection.id] = (settings, rest.client(settings))
        return known[1]
