"""The request that sends a text, made of its description."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from pydantic import JsonValue

from plugins.sms.http import approved, template
from plugins.sms.http.settings import Asking, HttpSettings
from plugins.sms.http.signing import signature, sorted_fields
from plugins.sms.http.template import Filter

CHINA: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Asked:
    """An HTTP request, ready to go."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def moment(now: datetime) -> dict[str, str]:
    """The names that say when, and a word never said before. `time` is China's, as gateways there want it."""
    return {
        "timestamp": str(int(now.timestamp())),
        "timestamp_ms": str(int(now.timestamp() * 1000)),
        "time": (now.astimezone(UTC) + CHINA).strftime("%Y%m%d%H%M%S"),
        "iso": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "nonce": secrets.token_hex(8),
    }


def asked(settings: HttpSettings, values: Mapping[str, str]) -> Asked:
    """The request. `values` say what it is about and when."""
    ask = settings.ask
    known = {**settings.named, **values}
    if ask.sign:
        unsigned = _unsigned(ask, known)
        known |= {"sorted": sorted_fields(unsigned), "sorted_url": sorted_fields(unsigned, template.url)}
        if "body" in template.read(ask.sign.template).names:
            known["body"] = _body(ask, known)[0].decode(ask.charset)
        known["signature"] = signature(ask.sign, known)
    body, kind = _body(ask, known)
    headers = {name: _header(template.read(text).filled(known)) for name, text in ask.headers.items()}
    return Asked(ask.method, _url(ask, known), {**({"content-type": kind} if kind else {}), **headers}, body)


def _unsigned(ask: Asking, known: Mapping[str, str]) -> dict[str, str]:
    """The fields by which it is signed: all but the one that holds the signature."""
    plain = {name: text for name, text in ask.document.items() if isinstance(text, str)}
    fields = {**ask.query, **ask.form, **plain}
    return {
        name: template.read(text).filled(known)
        for name, text in fields.items()
        if "signature" not in template.read(text).names
    }


def _url(ask: Asking, known: Mapping[str, str]) -> str:
    address = template.read(ask.url).filled(known, template.url)
    if not ask.query:
        return address
    query = {name: template.read(text).filled(known) for name, text in ask.query.items()}
    return address + ("&" if "?" in address else "?") + urlencode(query, encoding=ask.charset, errors="replace")


def _body(ask: Asking, known: Mapping[str, str]) -> tuple[bytes, str]:
    """The body, and its media type."""
    if ask.form:
        form = {name: template.read(text).filled(known) for name, text in ask.form.items()}
        octets = urlencode(form, encoding=ask.charset, errors="replace").encode()
        return octets, f"application/x-www-form-urlencoded; charset={ask.charset}"
    if ask.document:
        filled = json.dumps(_filled(dict(ask.document), known), ensure_ascii=False)
        return filled.encode(ask.charset, "replace"), f"application/json; charset={ask.charset}"
    if ask.content:
        plain: Filter = template.xml if "xml" in ask.content_type else str
        octets = template.read(ask.content).filled(known, plain).encode(ask.charset, "replace")
        return octets, f"{ask.content_type}; charset={ask.charset}"
    return b"", ""


def _filled(value: JsonValue, known: Mapping[str, str]) -> JsonValue:
    if isinstance(value, str):
        text = template.read(value).filled(known)
        return json.loads(text) if text and value in approved.WHOLE else text
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    return {name: _filled(each, known) for name, each in value.items()} if isinstance(value, dict) else value


def _header(text: str) -> str:
    """One line, whatever a value holds."""
    return " ".join(text.split()).encode("ascii", "replace").decode()
