"""What came with an input and is not kept: passwords and keys. What only proves who sent it (a signature) is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_plus

from hub.api import Json, Raw

NOT_KEPT: Final = "(not kept)"
_SECRET: Final = re.compile(
    r"authori[sz]ation|cookie|passw|pwd|secret|credential|(api|access|auth)[-_]?key"
    r"|^([\w-]*(access|auth|api|bearer|refresh|session|security)[-_]?)?token$",  # `message_token` names a message
    re.I,
)
_TOKEN: Final = re.compile("token", re.I)  # no message is named in a header
_SIGNS: Final = re.compile(r"(digest|signature|\S*hmac\S*)\s", re.I)  # RFC 7616, RFC 9421's forerunner, AWS and kin
_SCHEMES: Final = ("basic", "bearer", "token")
_PAIR: Final = re.compile(r"([?&;])([^=&;#]*)=([^&;#]*)")  # of an address's query


def without_credentials(raw: Raw) -> Raw:
    """The same input, as it is stored: in the `headers`, the `query` and the `url` of its meta the value of what is
    named like a credential is gone; of an Authorization its scheme stays, and all of one that signs. Total."""
    meta = dict(raw.meta)
    for name, cleaned in (("headers", _headers), ("query", _values)):
        told = meta.get(name)
        if isinstance(told, dict):
            meta[name] = cleaned(told)
    if isinstance(url := meta.get("url"), str):
        meta["url"] = _PAIR.sub(_pair, url)
    return Raw(raw.body, meta) if meta != raw.meta else raw


def _headers(told: Mapping[str, Json]) -> dict[str, Json]:
    return {name: _header(name, value) for name, value in told.items()}


def _header(name: str, value: Json) -> Json:
    if _authorizes(name):
        return _authorization(value)
    return NOT_KEPT if _TOKEN.search(name) else _value(name, value)


def _values(told: Mapping[str, Json]) -> dict[str, Json]:
    return {name: _value(name, value) for name, value in told.items()}


def _value(name: str, value: Json) -> Json:
    return NOT_KEPT if _SECRET.search(name) else value


def _authorizes(name: str) -> bool:
    return name.lower() in ("authorization", "proxy-authorization")


def _authorization(value: Json) -> Json:
    told = str(value)
    if _SIGNS.match(told):
        return value
    scheme = told.partition(" ")[0]
    return f"{scheme} {NOT_KEPT}" if scheme.lower() in _SCHEMES else NOT_KEPT


def _pair(found: re.Match[str]) -> str:
    before, name, _ = found.groups()
    return f"{before}{name}={NOT_KEPT}" if _SECRET.search(unquote_plus(name)) else found[0]
