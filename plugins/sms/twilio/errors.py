"""Twilio's error codes as the hub's errors (https://www.twilio.com/docs/api/errors)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.api import Misconfigured, OutcomeUnknown, Rejected, SendError, Throttled, TooLarge, Unreachable
from plugins.sms.provider import OptedOut

REASONS: Final[Mapping[str, str]] = {
    "21211": "this is no number one could text to",
    "21408": "texts to this country are not allowed in the Twilio account",
    "21606": "the sender's number is not one of the Twilio account, or cannot text",
    "21608": "a trial account texts to verified numbers only",
    "21610": "this number has sent STOP to Twilio",
    "21612": "this sender cannot reach this number",
    "21614": "this number is no mobile",
    "21617": "the text is longer than 1600 characters",
    "21620": "Twilio cannot make anything of a picture's address",
    "21623": "too many pictures",
    "21659": "the sender's number is not one of the Twilio account",
    "30002": "the Twilio account is suspended",
    "30003": "the handset cannot be reached",
    "30004": "the handset's owner or carrier blocks this text",
    "30005": "nobody has this number",
    "30006": "this is a landline, or its carrier cannot be reached",
    "30007": "the carrier's filter held it back",
    "30008": "the carrier did not say why",
    "11200": "Twilio could not fetch a picture from this site: is public_url reachable?",
    "12300": "a picture is of a type that Twilio does not take",
    "30019": "the pictures are too large for the carrier",
    "30034": "the sender is not registered with the carriers (A2P 10DLC)",
}
KINDS: Final[Mapping[int, type[SendError]]] = {
    14107: Throttled,
    20003: Misconfigured,
    20404: Misconfigured,
    20429: Throttled,
    21408: Misconfigured,
    21603: Misconfigured,
    21606: Misconfigured,
    21608: Misconfigured,
    21610: OptedOut,
    21611: Throttled,
    21617: TooLarge,
    21620: Misconfigured,
    21623: TooLarge,
    21659: Misconfigured,
    21660: Misconfigured,
    21701: Misconfigured,
    21703: Misconfigured,
    30001: Throttled,
    30002: Misconfigured,
}
_BY_STATUS: Final[Mapping[int, type[SendError]]] = {
    401: Misconfigured,
    403: Misconfigured,
    404: Misconfigured,
    429: Throttled,
    503: Unreachable,
}


def send_error(status: int, code: int | None, message: str, retry_after: float | None = None) -> SendError:
    """What an answer of the API that is no success means for the text it was about."""
    kind = KINDS.get(code or 0) or _BY_STATUS.get(status) or (OutcomeUnknown if status >= 500 else Rejected)
    detail = REASONS.get(str(code), message)[:300]
    return kind(f"Twilio {code or status}: {detail}", retry_after=retry_after)
