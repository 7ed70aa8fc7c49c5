"""Addresses in headers (RFC 3261 §19.1, §20.10, §25.1): lists, names, URIs of any scheme, parameters. Pure."""

from __future__ import annotations

import functools
import re
from typing import Final

from sipmessage import URI, Address, Parameters

TOKEN: Final = r"[A-Za-z0-9\-.!%*_+`'~]+"  # noqa: S105 - the grammar's word, not a secret
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(.+)", re.DOTALL)

_PIECES: Final = {
    # possessive: what a far side sends must never make it look twice
    mark: re.compile(rf'(?:[^{mark}"<>]++|"(?:[^"\\]++|\\.)*+"|<[^<>]*+>)*+', re.DOTALL)
    for mark in ",;"
}
LONGEST_TEL: Final = 128
REMEMBERED: Final = 4_096
"""Addresses parsed once: those of a call come back in each of its messages."""


def split(value: str, separator: str = ",") -> list[str]:
    """A header's list, split outside quotes and <>. Raises ValueError for a quote or bracket that never ends."""
    piece, parts, at = _PIECES[separator], [], 0
    while True:
        end = _end(piece, value, at)
        parts.append(value[at:end].strip())
        if end == len(value):
            return parts
        if value[end] != separator:
            raise ValueError("a quote or bracket that never ends")
        at = end + 1


def _end(piece: re.Pattern[str], value: str, at: int) -> int:
    found = piece.match(value, at)
    return found.end() if found else at


@functools.lru_cache(REMEMBERED)
def name_addr(value: str) -> Address:
    """One address of a From, To or Contact, with any URI scheme (§20.10, §25.1). Raises ValueError."""
    first, *parameters = split(value, ";")
    name, uri = _display(first)
    return Address(name=name, uri=_any_uri(uri), parameters=_parameters(parameters))


def single_uri(text: str) -> URI:
    """A Request-URI of whatever scheme; an unknown scheme keeps its rest as `user`. Raises ValueError."""
    matched = _SCHEME.fullmatch(text)
    if matched is None:
        raise ValueError("the Request-URI has no scheme")
    scheme = matched[1].lower()
    if scheme not in ("sip", "sips", "tel"):
        return URI(scheme=scheme, host="", user=matched[2])
    if "?" in text.rpartition("@")[2]:
        raise ValueError("headers in the Request-URI")
    if (
        scheme == "tel" and len(matched[2]) > LONGEST_TEL
    ):  # the library's pattern takes seconds over thousands of digits
        raise ValueError("no number is so long")
    return URI.parse(f"{scheme}:{matched[2]}")


def host_and_port(where: str) -> tuple[str, int | None]:
    """Of "host", "host:port", "[::1]:port"; the host without brackets."""
    host, colon, port = where.rpartition(":")
    if not colon or where.endswith("]"):
        return where.strip("[]"), None
    return host.strip("[]"), int(port)


def tag(address: Address) -> str:
    """The tag of a From or To, "" without one (RFC 2543)."""
    return address.parameters.get("tag") or ""


def _display(value: str) -> tuple[str, str]:
    if "<" not in value:
        if any(mark in value for mark in ' "?,'):
            raise ValueError("an address that needs its brackets")
        return "", value
    name, _, uri = value.rpartition("<")
    name = name.strip()
    if not uri.endswith(">") or " " in uri:
        raise ValueError("an address in broken brackets")
    if name.startswith('"'):
        if len(name) < 2 or not name.endswith('"'):
            raise ValueError("a display name with half its quotes")
        return re.sub(r"\\(.)", r"\1", name[1:-1]), uri[:-1]
    if name and not re.fullmatch(rf"{TOKEN}(?: +{TOKEN})*", name) and name.isascii():
        raise ValueError("a display name that needs quotes")
    return name, uri[:-1]


def _any_uri(text: str) -> URI:
    """As `single_uri`; headers after "?" are dropped: we never act upon them."""
    host = text.rpartition("@")[2]
    if "?" in host and text.lower().startswith("sip"):
        text = text[: len(text) - len(host)] + host.partition("?")[0]
    return single_uri(text)


def _parameters(values: list[str]) -> Parameters:
    found: dict[str, str | None] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not name.strip():
            raise ValueError("a parameter without a name")
        found[name.strip().lower()] = rest.strip().strip('"') if equals else None
    return Parameters(**found)
