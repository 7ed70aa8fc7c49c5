"""What a gateway's callbacks say, and whether they are the gateway's."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from hashlib import sha256
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from hub.api import Json, Malformed, Raw, ReceiptState, Unauthenticated
from plugins.sms.http.reading import Format, Unreadable, at, document, each_at, form_of, text_at
from plugins.sms.http.settings import Calling, Hearing, HttpSettings, Proof, Reporting
from plugins.sms.http.signing import signature, sorted_fields
from plugins.sms.provider import Heard, News, Report

MESSAGE, STATUS = "message", "status"


def calling_of(settings: HttpSettings, raw: Raw) -> Hearing | Reporting:
    """The description of this callback. Raises Malformed for one that is not described."""
    found = {MESSAGE: settings.heard, STATUS: settings.reports}.get(str(raw.meta.get("action", "")))
    if found is None:
        raise Malformed("the connection describes no such callback")
    return found


def authenticate(settings: HttpSettings, raw: Raw) -> None:
    """Raises Unauthenticated."""
    try:
        calling = calling_of(settings, raw)
    except Malformed:
        raise Unauthenticated("the connection describes no such callback") from None
    if calling.networks and not _is_within(str(raw.meta.get("client", "")), calling.networks):
        raise Unauthenticated("it comes from another network")
    if calling.proof and not _is_proved(calling, calling.proof, settings.named, raw):
        raise Unauthenticated(f"what stands in {calling.proof.where} is missing or wrong")


def read(settings: HttpSettings, raw: Raw) -> Iterator[News]:
    """What it says. Raises Malformed."""
    calling = calling_of(settings, raw)
    try:
        found = _document(calling, raw)
    except Unreadable as error:
        raise Malformed(str(error)) from None
    for index, one in enumerate(each_at(found, calling.each)):
        yield from _heard(calling, raw, one, index) if isinstance(calling, Hearing) else _report(calling, one)


def _heard(calling: Hearing, raw: Raw, one: Json, index: int) -> Iterator[Heard]:
    sender, text = text_at(one, calling.sender), text_at(one, calling.text)
    if not sender:
        raise Malformed("a text without a sender")
    if calling.text_hex:
        text = _from_hex(text)
    elif calling.unicode_where and _says(one, calling.unicode_where):
        octets = at(_document(calling, raw, "latin-1"), calling.text)
        text = str(octets or "").encode("latin-1", "replace").decode("utf-16-be", "replace")
    own = text_at(one, calling.id) or _name_of(raw, index)
    yield Heard(sender, text_at(one, calling.recipient), text=text, id=own)


def _name_of(raw: Raw, index: int) -> str:
    """For a text to which its gateway gives no id: the same words said again are another text, so when counts, too."""
    told = f"{raw.meta.get('at', '')} {raw.meta.get('url', '')} {index} ".encode("utf-8", "replace")
    return f"sha256-{sha256(told + raw.body).hexdigest()[:40]}"


def _says(one: Json, condition: str) -> bool:
    path, _, value = condition.partition("=")
    return text_at(one, path) == value


def _report(calling: Reporting, one: Json) -> Iterator[Report]:
    refers_to, word = text_at(one, calling.id), text_at(one, calling.state)
    if not refers_to or not word:
        raise Malformed("a report without an id or a state")
    if word in calling.ignored:
        return
    state = ReceiptState.DELIVERED if word in calling.delivered else ReceiptState.FAILED
    if word in calling.sent:
        state = ReceiptState.SENT
    failed = state is ReceiptState.FAILED
    code = (text_at(one, calling.code) or word) if failed else ""
    yield Report(refers_to, state, code=code, detail=text_at(one, calling.detail) if failed else "")


def _document(calling: Calling, raw: Raw, charset: str = "") -> Json:
    charset = charset or calling.charset
    if calling.format is Format.QUERY or raw.meta.get("method") == "GET":
        return form_of(urlsplit(str(raw.meta.get("url", ""))).query, charset)
    return document(raw.body, calling.format, charset)


def _is_within(client: str, networks: list[str]) -> bool:
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return any(address in ip_network(network) for network in networks)


def given_in(calling: Calling, proof: Proof, raw: Raw) -> str:
    """What stands where the proof should."""
    place, _, name = proof.where.partition(":")
    if place == "field":
        return _fields(calling, raw).get(name, "")
    shown = _strings(raw.meta.get("headers" if place == "header" else "query"))
    return shown.get(name.lower() if place == "header" else name, "")


def _is_proved(calling: Calling, proof: Proof, named: Mapping[str, str], raw: Raw) -> bool:
    fields, given = _fields(calling, raw), given_in(calling, proof, raw)
    name = proof.where.partition(":")[2]
    unsigned = {key: value for key, value in fields.items() if key != name}
    values = {
        **unsigned,
        "body": raw.body.decode(calling.charset, "replace"),
        "sorted": sorted_fields(unsigned),
        "url": str(raw.meta.get("url", "")),
        **named,
    }
    wanted = signature(proof.sign, values)
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _fields(calling: Calling, raw: Raw) -> dict[str, str]:
    """The fields at the top of what it says; none where it cannot be read."""
    try:
        found = _document(calling, raw)
    except Unreadable:
        return {}
    return {name: text_at(found, name) for name in found if "." not in name} if isinstance(found, dict) else {}


def _strings(value: Json) -> dict[str, str]:
    return {name: str(each) for name, each in value.items()} if isinstance(value, dict) else {}


def _from_hex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode("utf-16-be", "replace")
    except ValueError:
        raise Malformed("a text that is not hexadecimal") from None
