"""Inbound values as JSON documents, for the parts that wait for their siblings."""

import base64
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from hub.api import Address, Attachment, Inbound


def after(moment: datetime, seconds: float) -> datetime:
    """`seconds` later."""
    return moment + timedelta(seconds=seconds)


def to_document(inbound: Inbound) -> dict[str, Any]:
    """Everything but the part, as JSON can hold it: bytes in base64, moments in ISO 8601."""
    document = asdict(inbound)
    document["sent_at"] = inbound.sent_at.isoformat() if inbound.sent_at else None
    for kept, file in zip(document["attachments"], inbound.attachments, strict=True):
        kept["content"] = base64.b64encode(file.content).decode()
    return document


def from_document(document: dict[str, Any]) -> Inbound:
    """The value again."""
    values = dict(document)
    for name in ("sender", "reply_to"):
        values[name] = Address(**values[name]) if values[name] else None
    values["sent_at"] = datetime.fromisoformat(values["sent_at"]) if values["sent_at"] else None
    files = [{**file, "content": base64.b64decode(file["content"])} for file in values["attachments"]]
    values["attachments"] = tuple(Attachment(**file) for file in files)
    for name in ("thread", "known_as", "serials"):
        values[name] = tuple(values[name])
    return Inbound(**values)
