"""What the toy's lines mean in the contract's words. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hub.api import (
    Address,
    Attachment,
    Inbound,
    LegFact,
    LegState,
    Malformed,
    MessageKind,
    Normalised,
    Part,
    Quality,
    Raw,
    Receipt,
    ReceiptState,
    Signal,
)
from tests.farside.toy_lines import decode

SCHEME = "toy"
LONGEST = 400


def line_of(raw: Raw) -> Mapping[str, Any]:
    """The line as it came, or as the query of a webhook; raises Malformed."""
    query = raw.meta.get("query")
    if not raw.body and isinstance(query, dict):
        return query
    try:
        return decode(raw.body)
    except (ValueError, RecursionError) as error:
        raise Malformed("not a line of JSON") from error


def word(line: Mapping[str, Any], key: str, longest: int = LONGEST) -> str:
    """A text the line must have; raises Malformed."""
    value = line.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not storable(value):
        raise Malformed(f"{key} must be a text of 1 to {longest} characters")
    return value


def storable(text: str) -> bool:
    """Whether a database can keep it."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def meaning(raw: Raw) -> Sequence[Normalised]:
    """One thing a line."""
    line = line_of(raw)
    read = KINDS.get(word(line, "kind"))
    if read is None:
        raise Malformed(f"no such kind: {line['kind']}")
    return [read(line)]


def _say(line: Mapping[str, Any]) -> Inbound:
    return Inbound(
        external_id=word(line, "id"),
        sender=Address(SCHEME, word(line, "from")) if line.get("from") else None,
        text=word(line, "text", 10_000),
        thread=(word(line, "session"),),
        profile={"name": word(line, "name")} if line.get("name") else {},
    )


def _voicemail(line: Mapping[str, Any]) -> Inbound:
    """`sound` is a wav file in base64."""
    try:
        sound = base64.b64decode(word(line, "sound", 1_000_000), validate=True)
    except ValueError as error:
        raise Malformed("the sound is no base64") from error
    return Inbound(
        external_id=word(line, "id"),
        sender=Address(SCHEME, word(line, "from")) if line.get("from") else None,
        kind=MessageKind.VOICEMAIL,
        thread=(word(line, "session"),),
        profile={"name": word(line, "name")} if line.get("name") else {},
        attachments=(Attachment("message.wav", "audio/wav", sound),),
    )


def _piece(line: Mapping[str, Any]) -> Inbound:
    index, total, timeout = line.get("index"), line.get("total"), line.get("timeout", 300)
    if not (isinstance(index, int) and isinstance(total, int) and 0 <= index < total <= 100):
        raise Malformed("a piece needs its index and total")
    if not (isinstance(timeout, int | float) and 0 < timeout <= 3600):
        raise Malformed("a time-out is 1 to 3600 seconds")
    return Inbound(
        external_id=word(line, "id"),
        sender=Address(SCHEME, word(line, "from")),
        text=word(line, "text", 10_000),
        thread=(word(line, "session"),),
        part=Part(word(line, "whole"), index, total, float(timeout)),
    )


def _receipt(line: Mapping[str, Any]) -> Receipt:
    try:
        state = ReceiptState(word(line, "state"))
    except ValueError as error:
        raise Malformed("no such receipt") from error
    return Receipt(word(line, "refers_to"), state, code=str(line.get("code", ""))[:40])


def _leg(line: Mapping[str, Any]) -> LegFact:
    try:
        state = LegState(word(line, "state"))
    except ValueError as error:
        raise Malformed("no such state of a leg") from error
    leg, cause = str(line.get("leg", "")), str(line.get("cause", ""))
    colleague = line.get("colleague")
    who = colleague if isinstance(colleague, int) else None
    quality = Quality(**line["quality"]) if "quality" in line else None
    queue = str(line.get("queue", ""))[:80]
    return LegFact(word(line, "session"), state, leg[:80], cause[:80], colleague=who, quality=quality, queue=queue)


def _typing(line: Mapping[str, Any]) -> Signal:
    return Signal(word(line, "session"), "typing", {"typing": bool(line.get("typing"))})


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Normalised]] = {
    "voicemail": _voicemail,
    "say": _say,
    "piece": _piece,
    "receipt": _receipt,
    "leg": _leg,
    "typing": _typing,
}
