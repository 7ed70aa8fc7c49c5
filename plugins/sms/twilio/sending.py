"""One text to Twilio, and what is done when its answer does not come. Runs in a thread: the library blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx

from hub.api import OutcomeUnknown, SendError, Unreachable
from plugins.sms.provider import Outgoing, Submitted
from plugins.sms.twilio.errors import send_error
from plugins.sms.twilio.settings import TwilioSettings

if TYPE_CHECKING:
    from twilio.rest import Client  # type: ignore[import-untyped]  # the library has types, but does not say so

NEWEST: Final = 50
"""So many of the texts to a number are looked at when it is not known whether one went."""
CLOCKS: Final = timedelta(seconds=2)
"""By how much Twilio's clock and ours may differ."""
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""The request never left."""


def parameters(settings: TwilioSettings, outgoing: Outgoing, callback: str) -> dict[str, Any]:
    """What the API is asked for."""
    wanted = {"to": outgoing.to, "body": outgoing.segment.text}
    if settings.messaging_service_sid:
        wanted["messaging_service_sid"] = settings.messaging_service_sid
    else:
        wanted["from_"] = outgoing.sender
    if outgoing.receipt:
        wanted["status_callback"] = callback
    return wanted


def submit(client: Client, wanted: Mapping[str, Any], now: datetime) -> Submitted:
    """Have Twilio send it. Raises a SendError."""
    try:
        return _submitted(_asked(lambda: client.messages.create(**wanted)))
    except OutcomeUnknown as unknown:
        found = _sent_since(client, wanted, now - CLOCKS)
        if found is None:
            raise unknown
        return _submitted(found)


def probe(client: Client, account_sid: str) -> str:
    """One sentence on the Twilio account. Raises a SendError."""
    try:
        account = _asked(lambda: client.api.accounts(account_sid).fetch())
    except OutcomeUnknown as unknown:
        raise Unreachable(unknown.detail) from unknown
    return f"Twilio account {account.friendly_name}: {account.status}"


def _asked(ask: Any) -> Any:
    """The API's answer, or the SendError its refusal means."""
    from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]  # no types

    try:
        return ask()
    except NOT_SENT as error:
        raise Unreachable(f"Twilio: {type(error).__name__}") from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown(f"Twilio: {type(error).__name__}") from error
    except TwilioRestException as error:
        raise send_error(error.status, error.code, str(error.msg)) from error
    except (TwilioException, ValueError, KeyError, TypeError) as error:  # an answer that is none of Twilio's
        raise OutcomeUnknown(f"Twilio's answer could not be read: {type(error).__name__}") from error


def _sent_since(client: Client, wanted: Mapping[str, Any], began: datetime) -> Any | None:
    """The one text Twilio has that says the same to the same number since; None for none, or several."""
    try:
        texts = _asked(lambda: client.messages.list(to=wanted["to"], limit=NEWEST))
    except SendError:
        return None
    said, shown = wanted["body"], len(wanted.get("media_url", ()))
    same = [text for text in texts if (text.body or "") == said and int(text.num_media or 0) == shown]
    same = [text for text in same if text.date_created >= began]
    return same[0] if len(same) == 1 else None


def _submitted(message: Any) -> Submitted:
    parts = str(message.num_segments or "1")
    price = f"{str(message.price).lstrip('-')} {message.price_unit or ''}".strip() if message.price else ""
    return Submitted(str(message.sid), int(parts) if parts.isdecimal() else 1, price)
