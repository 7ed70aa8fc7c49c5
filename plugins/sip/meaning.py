"""What our raw inputs mean in the contract's words. Pure: everything needed is in the raw, so it can be read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sipmessage import Request

from hub.api import (
    Address,
    Attachment,
    Inbound,
    LegFact,
    LegState,
    Malformed,
    MessageKind,
    Normalised,
    Raw,
)
from plugins.sip.settings import SCHEME
from plugins.sip.wire import sound
from plugins.sip.wire.message import Unreadable, read
from plugins.sip.wire.numbers import caller, diverted_by

WITHHELD: Final = Address(SCHEME, "anonymous")
LONGEST: Final = 200


def meaning(raw: Raw) -> Sequence[Normalised]:
    """One thing a raw; `meta["what"]` says of which kind. Raises Malformed."""
    make = _KINDS.get(str(raw.meta.get("what")))
    if make is None:
        raise Malformed("no such kind of input")
    return [make(raw)]


def number_of(raw: Raw) -> str:
    """The account's number the input is for. Raises Malformed."""
    return _word(raw.meta, "account")


def _call(raw: Raw) -> Inbound:
    try:
        invite = read(raw.body)
    except Unreadable as error:
        raise Malformed(error.why) from None
    if not isinstance(invite, Request):
        raise Malformed("no request")
    number, name = caller(invite)
    thread = _word(raw.meta, "thread")
    fields = {"called": str(raw.meta.get("called", ""))[:LONGEST], "diverted_by": _clean(diverted_by(invite))}
    return Inbound(
        external_id=thread,
        sender=Address(SCHEME, _clean(number), _clean(name)) if number else None,
        reply_to=None if number else WITHHELD,
        kind=MessageKind.CALL,
        thread=(thread,),
        fields={key: value for key, value in fields.items() if value},
        profile={"name": _clean(name)} if name and name != number else {},
    )


def _keys(raw: Raw) -> Inbound:
    return _said(raw, text=_word(_body(raw), "keys"))


def _voicemail(raw: Raw) -> Inbound:
    return _said(raw, kind=MessageKind.VOICEMAIL, attachments=(_wav("message.wav", raw),))


def _recording(raw: Raw) -> Inbound:
    return _said(raw, kind=MessageKind.RECORDING, attachments=(_wav("recording.wav", raw),))


def _said(raw: Raw, **values: Any) -> Inbound:
    if raw.meta.get("unknown"):
        raise Malformed("the call that this is of is not known")
    thread, number = _word(raw.meta, "thread"), str(raw.meta.get("caller", ""))[:LONGEST]
    return Inbound(
        external_id=f"{thread}:{raw.meta.get('place', 0)}",
        sender=Address(SCHEME, number) if number else None,
        reply_to=None if number else WITHHELD,
        thread=(thread,),
        fields={name: raw.meta[name] for name in ("seconds", "partial", "pauses") if name in raw.meta},
        **values,
    )


def _wav(name: str, raw: Raw) -> Attachment:
    if not raw.body.startswith(b"RIFF"):
        raise Malformed("no wav file")
    return Attachment(name, "audio/wav", raw.body)


def _leg(raw: Raw) -> LegFact:
    fact = _body(raw)
    try:
        state = LegState(_word(fact, "state"))
        at = datetime.fromisoformat(_word(fact, "at"))
    except ValueError:
        raise Malformed("no such fact of a leg") from None
    thread, leg, cause = _word(raw.meta, "thread"), str(fact.get("leg", "")), str(fact.get("cause", ""))
    colleague = fact.get("colleague")
    return LegFact(
        thread,
        state,
        _clean(leg),
        _clean(cause),
        at,
        colleague if isinstance(colleague, int) else None,
        sound.of_json(fact.get("quality")),
        _clean(str(fact.get("queue", ""))),
    )


def _body(raw: Raw) -> Mapping[str, Any]:
    try:
        found = json.loads(raw.body)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(found, dict):
        raise Malformed("no JSON object")
    return found


def _word(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or value != _clean(value):
        raise Malformed(f"{key} is missing")
    return value


def _clean(text: str) -> str:
    """What every database can keep."""
    return "".join(c for c in text if c.isprintable() and not "\ud800" <= c <= "\udfff")[:LONGEST]


_KINDS: Final[Mapping[str, Callable[[Raw], Normalised]]] = {
    "call": _call,
    "keys": _keys,
    "voicemail": _voicemail,
    "recording": _recording,
    "leg": _leg,
}
