"""What Twilio's webhooks say: a text, what became of one of ours, or the pictures of a text, fetched since."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from hub.api import Attachment, Json, Malformed, Raw, ReceiptState
from plugins.sms.provider import Heard, News, Report
from plugins.sms.twilio.errors import REASONS

MESSAGE, STATUS, MEDIA = "message", "status", "media"
MOST_MEDIA: Final = 10
STATES: Final[Mapping[str, ReceiptState]] = {
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "undelivered": ReceiptState.FAILED,
    "failed": ReceiptState.FAILED,
    "canceled": ReceiptState.FAILED,
}
NOT_FETCHED: Final = "[…]"


def fields_of(raw: Raw) -> tuple[tuple[str, str], ...]:
    """The form's fields, in order; of a GET those of the address. Empty for what is no form."""
    if raw.meta.get("method") == "GET":
        query = raw.meta.get("query")
        return tuple((name, str(value)) for name, value in query.items()) if isinstance(query, dict) else ()
    try:
        return tuple(parse_qsl(raw.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200))
    except ValueError:
        return ()


def read(raw: Raw) -> Sequence[News]:
    """Raises Malformed."""
    if raw.meta.get("action") == MEDIA:
        return [_media(raw.body)]
    fields = dict(fields_of(raw))
    if raw.meta.get("action") == STATUS:
        return _status(fields)
    return _message(fields)


def media_of(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Address and media type of each picture of a text."""
    count = fields.get("NumMedia", "0")
    most = min(int(count), MOST_MEDIA) if count.isascii() and count.isdecimal() and len(count) < 3 else 0
    found = [(fields.get(f"MediaUrl{n}", ""), fields.get(f"MediaContentType{n}", "")) for n in range(most)]
    return [(url, kind) for url, kind in found if url]


def fetched(fields: Mapping[str, str], files: Sequence[Attachment], missing: int = 0) -> bytes:
    """What is stored once a text's pictures are here, but for the `missing`: all that is needed to read it again, much
    later."""
    kept: dict[str, Json] = {name: fields.get(name, "") for name in ("MessageSid", "From", "To")}
    kept["missing"] = missing
    kept["files"] = [_kept(file) for file in files]
    return json.dumps(kept).encode()


def _message(fields: Mapping[str, str]) -> Sequence[News]:
    sid, sender = fields.get("MessageSid") or fields.get("SmsSid", ""), fields.get("From", "")
    if not sid or not sender:
        raise Malformed("a text without MessageSid or From")
    if not fields.get("Body") and media_of(fields):
        return []  # nothing but pictures, which come once they are fetched
    return [Heard(sender, fields.get("To", ""), text=fields.get("Body", ""), id=sid)]


def _status(fields: Mapping[str, str]) -> Sequence[News]:
    sid = fields.get("MessageSid") or fields.get("SmsSid", "")
    if not sid:
        raise Malformed("a status without MessageSid")
    state = STATES.get((fields.get("MessageStatus") or fields.get("SmsStatus", "")).lower())
    if state is None:
        return []  # accepted, queued, sending: nothing has happened yet
    code = fields.get("ErrorCode", "") if state is ReceiptState.FAILED else ""
    detail = fields.get("ErrorMessage", "") or REASONS.get(code, "")
    return [Report(sid, state, code=code, detail=detail, recipient=fields.get("To", ""))]


def _media(body: bytes) -> Heard:
    try:
        kept = json.loads(body)
        files = tuple(_file(each) for each in kept["files"])
        text = "" if files and not kept.get("missing") else NOT_FETCHED
        sid, sender, recipient = str(kept["MessageSid"]), str(kept["From"]), str(kept["To"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Malformed("no media of a text") from None
    return Heard(sender, recipient, text=text, id=f"{sid}/media", attachments=files)


def _kept(file: Attachment) -> Json:
    return {"name": file.name, "type": file.media_type, "base64": base64.b64encode(file.content).decode()}


def _file(kept: Mapping[str, str]) -> Attachment:
    try:
        content = base64.b64decode(kept["base64"], validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
    return Attachment(str(kept["name"]), str(kept["type"]), content)
