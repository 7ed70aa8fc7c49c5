"""What a stored input means to the hub: content or a receipt. Pure, so that it can be replayed.

`Raw.meta` keys of ours: "kind" (the provider), "account" (the account's own address), "at" (when it came, ISO 8601),
"reports" (per id a provider's report names, what its delivery is called and what state the whole of it is in).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from hub.api import AnyAccount, Inbound, Json, Normalised, Part, Raw, Receipt, ReceiptState
from plugins.sms import numbers
from plugins.sms.consent.words import Wish, wish
from plugins.sms.provider import Coding, Concatenated, Heard, Provider, Report
from plugins.sms.record import sent_parts
from plugins.sms.settings import SmsSettings
from plugins.sms.text import header, segments

_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def thread_key(number: str) -> str:
    """What names the conversation with a number on an account."""
    return f"{numbers.SCHEME}:{number}"


def normalised(provider: Provider, account: AnyAccount, raw: Raw, settings: SmsSettings) -> Sequence[Normalised]:
    """What `raw` means. Raises Malformed."""
    meanings: list[Normalised] = []
    for news in provider.read(raw, account):
        if isinstance(news, Heard):
            meanings.append(_inbound(news, account, raw, settings))
        else:
            meanings += _receipt(news, account, raw)
    return meanings


def said(heard: Heard) -> str:
    """The words of one piece, without what no database keeps."""
    text = segments.text_of(heard.octets, heard.coding) if heard.coding else heard.text
    return text.replace("\0", "")


def part_of(heard: Heard) -> Concatenated | None:
    """Which piece of a longer text it is; None when it is a whole one."""
    part = heard.part or header.part_of(heard.header)
    return part if part is not None and part.total > 1 else None


def wish_of(heard: Heard, settings: SmsSettings) -> Wish:
    """STOP or START where that is the whole text: the last piece of "how do I stop" wishes nothing."""
    return Wish.NONE if part_of(heard) else wish(said(heard), settings.stop_words)


def _inbound(heard: Heard, account: AnyAccount, raw: Raw, settings: SmsSettings) -> Inbound:
    region = account.settings.region or settings.region
    sender, text, part = numbers.address(heard.sender, region), said(heard), part_of(heard)
    from_whom, wanted = sender.value if sender else "", wish_of(heard, settings)
    return Inbound(
        external_id=heard.id or f"sha256-{sha256(raw.body).hexdigest()[:40]}",
        sender=sender,
        text=text,
        thread=(thread_key(from_whom),) if from_whom else (),
        fields=_fields(heard, part, wanted),
        attachments=heard.attachments,
        sent_at=heard.at or _came(raw),
        automatic=wanted is not Wish.NONE,
        language="zh" if _HAN.search(text) else "",
        part=_part(part, from_whom, account),
    )


def _part(part: Concatenated | None, sender: str, account: AnyAccount) -> Part | None:
    """References are used again, so an incomplete text is given up after a while; complete ones are forgotten."""
    if part is None:
        return None
    key = f"{sender}/{part.reference}/{part.total}"
    return Part(key, part.index, part.total, account.settings.part_seconds)


def _fields(heard: Heard, part: Concatenated | None, wanted: Wish) -> dict[str, Json]:
    """`wish`, STOP or START, where the text is nothing but that."""
    coding = heard.coding or (Coding.UCS2 if _HAN.search(heard.text) else None)
    told: dict[str, Json] = {"coding": coding.value if coding else "", "parts": part.total if part else 1}
    if wanted is not Wish.NONE:
        told["wish"] = wanted.value
    return {name: value for name, value in told.items() if value}


def _receipt(report: Report, account: AnyAccount, raw: Raw) -> Iterator[Receipt]:
    told = raw.meta.get("reports")
    known = told.get(report.refers_to.replace("\0", "")) if isinstance(told, dict) else None
    if isinstance(known, list) and len(known) == 2:
        refers_to, state = str(known[0]), str(known[1])
        if state not in set(ReceiptState):
            return
        yield Receipt(refers_to, ReceiptState(state), report.code, report.detail, report.recipient, report.at)
    else:
        refers_to = sent_parts.name(account.connection_id or 0, report.refers_to)
        yield Receipt(refers_to, report.state, report.code, report.detail, report.recipient, report.at)


def _came(raw: Raw) -> datetime | None:
    try:
        return datetime.fromisoformat(str(raw.meta.get("at") or ""))
    except ValueError:
        return None
