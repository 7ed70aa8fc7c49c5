"""What the core can store and thread of what a channel understood; the limits are the database's."""

import json
import math
from collections.abc import Iterator

from hub.api import Attachment, Inbound, LegFact, LegState, Quality, Receipt, ReceiptState, Signal

LONGEST_KEY = 400
LONGEST_ID = 1000


def complaints(meaning: object) -> Iterator[str]:
    """One sentence for everything that is wrong with one thing `normalise` gave."""
    if isinstance(meaning, Inbound):
        yield from _inbound(meaning)
    elif isinstance(meaning, Receipt):
        if not meaning.refers_to or not isinstance(meaning.state, ReceiptState):
            yield "a receipt needs the id that `Sent` gave, and a ReceiptState"
    elif isinstance(meaning, LegFact):
        if not meaning.thread or not isinstance(meaning.state, LegState):
            yield "a leg fact needs a thread and a LegState"
        yield from _quality(meaning.quality)
    elif isinstance(meaning, Signal):
        yield from _json("a signal's data", dict(meaning.data))
    else:
        yield f"{type(meaning).__name__} is none of Inbound, Receipt, LegFact, Signal"


def _inbound(inbound: Inbound) -> Iterator[str]:
    if not 0 < len(inbound.external_id) <= LONGEST_ID:
        yield f"external_id must have 1 to {LONGEST_ID} characters: it is what makes a redelivery visible"
    if inbound.sent_at is not None and inbound.sent_at.tzinfo is None:
        yield "sent_at must carry its time zone"
    yield from _keys(inbound)
    for text in (inbound.text, inbound.html, inbound.quoted, inbound.external_id):
        yield from _text(text)
    yield from _json("fields", dict(inbound.fields))
    yield from _json("profile", dict(inbound.profile))
    for attachment in inbound.attachments:
        yield from _attachment(attachment)


def _quality(quality: Quality | None) -> Iterator[str]:
    for name, most in (("loss", 1.0), ("jitter", math.inf), ("round_trip", math.inf), ("mos", 5.0)):
        value = getattr(quality, name, None)
        if value is not None and not (math.isfinite(value) and 0 <= value <= most):
            yield f"a leg's {name} is not from 0 to {most:g}, or no number that can be stored"


def _keys(inbound: Inbound) -> Iterator[str]:
    for key in (*inbound.thread, *inbound.known_as):
        if not 0 < len(key) <= LONGEST_KEY:
            yield f"a thread key must have 1 to {LONGEST_KEY} characters"
    for address in filter(None, (inbound.sender, inbound.reply_to)):
        if not address.scheme or not 0 < len(address.value) <= LONGEST_KEY:
            yield f"an address needs a scheme and 1 to {LONGEST_KEY} characters; a withheld sender is None"


def _text(text: str) -> Iterator[str]:
    if "\x00" in text:
        yield "a text has a NUL character, which PostgreSQL cannot store"
    if any("\ud800" <= character <= "\udfff" for character in text):
        yield "a text has a lone surrogate, which cannot be stored as UTF-8"


def _attachment(attachment: Attachment) -> Iterator[str]:
    content: object = attachment.content
    if not isinstance(content, bytes):
        yield "an attachment's content must be bytes"
    if "/" not in attachment.media_type:
        yield f"{attachment.media_type!r} is no media type"


def _json(what: str, value: object) -> Iterator[str]:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        yield f"{what} cannot be stored as JSON: {error}"
