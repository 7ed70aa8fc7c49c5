"""What a gateway's answer means: the text is taken, or the error of the hub that its code is said to be."""

from __future__ import annotations

from typing import Final

from hub.api import Json, Misconfigured, OutcomeUnknown, Rejected, SendError, Throttled, TooLarge, Unreachable
from plugins.sms.http import template
from plugins.sms.http.reading import Unreadable, document, text_at
from plugins.sms.http.settings import Answering
from plugins.sms.provider import OptedOut, Submitted

KINDS: Final = (
    ("throttled", Throttled),
    ("unreachable", Unreachable),
    ("misconfigured", Misconfigured),
    ("too_large", TooLarge),
    ("opted_out", OptedOut),
)
SECONDS: Final = 5.0
"""After which a text is offered again that was too much at once, where the gateway does not say."""


def submitted(settings: Answering, status: int, body: bytes, own_id: str, charset: str = "utf-8") -> Submitted:
    """Raises a SendError: OutcomeUnknown where it cannot be told."""
    found = _document(settings, status, body, charset)
    code = text_at(found, settings.code)
    if settings.code and code:
        if code not in settings.ok:
            raise _refused(settings, code, text_at(found, settings.detail))
    elif settings.code or not 200 <= status < 300:
        raise _by_status(status)
    parts = text_at(found, settings.parts)
    count = int(parts) if parts.isdecimal() and len(parts) < 4 else 1
    return Submitted(text_at(found, settings.id) or own_id, max(count, 1), text_at(found, settings.price))


def _document(settings: Answering, status: int, body: bytes, charset: str) -> Json:
    pattern = template.read(settings.pattern) if settings.pattern else None
    try:
        return document(body, settings.format, charset, pattern)
    except Unreadable as error:
        if 200 <= status < 300 and settings.code:
            raise OutcomeUnknown(f"the gateway's answer cannot be read: {error}") from None
        return None


def _refused(settings: Answering, code: str, detail: str) -> SendError:
    kind = next((kind for name, kind in KINDS if code in getattr(settings, name)), Rejected)
    words = f"the gateway says {code[:40]}" + (f": {detail[:200]}" if detail else "")
    return kind(words, retry_after=SECONDS if kind is Throttled else None)


def _by_status(status: int) -> SendError:
    if status == 429:
        return Throttled("the gateway wants a slower pace", retry_after=SECONDS)
    if status in (401, 403, 404, 405):
        return Misconfigured(f"the gateway answers {status}")
    if status == 503:
        return Unreachable("the gateway answers 503")
    if 200 <= status < 300 or status >= 500:
        return OutcomeUnknown(f"the gateway answers {status}, and not as agreed")
    return Rejected(f"the gateway answers {status}")
