"""Telephone numbers as SIP writes them: who calls, who is called, by which way they came. Pure."""

from __future__ import annotations

from typing import Final

from sipmessage import URI, Address, Request

from plugins.sip.wire.addresses import name_addr, split

_ANONYMOUS: Final = ("anonymous", "restricted", "unavailable", "unknown", "")


def called(request: Request) -> str:
    """The number dialled: the user of the Request-URI, without parameters in it (RFC 3966)."""
    return user(request.uri)


def called_besides(request: Request) -> list[str]:
    """Whom it is for by other headers, for a Request-URI that is our own Contact: P-Called-Party-ID (RFC 7315 §4.2),
    To."""
    values = [*request.headers.getlist("P-Called-Party-ID"), request.headers["To"]]
    return [number for value in values if (number := number_in(value))]


def caller(request: Request) -> tuple[str, str]:
    """(number, display name) of the caller; ("", "") when withheld. P-Asserted-Identity goes before From (RFC 3325)
    for those who may assert it: only trunks' requests are read this way."""
    if "id" in [word.strip().lower() for word in (request.headers.get("Privacy") or "").split(";")]:
        return "", ""
    for address in _candidates(request):
        number = user(address.uri)
        if number.lower() not in _ANONYMOUS and not address.uri.host.endswith(".invalid"):
            return number, address.name
    return "", ""


def diverted_by(request: Request) -> str:
    """Whom the caller dialled before the call was diverted to us (RFC 5806); "" when nobody."""
    values = request.headers.getlist("Diversion")
    try:
        return user(name_addr(split(values[0])[0]).uri) if values else ""
    except ValueError:
        return ""


def user(uri: URI) -> str:
    """A URI's number or name."""
    return (uri.user or "").partition(";")[0]


def number_in(address: str) -> str:
    """The number an address names (of a Refer-To, RFC 3515); "" when it names none."""
    try:
        return user(name_addr(address).uri)
    except ValueError:
        return ""


def as_uri(number: str, host: str) -> URI:
    """Where a number is reached at a host ("192.0.2.1:5070"). Raises ValueError for what is no number."""
    bare = number.replace(" ", "")
    if not bare.lstrip("+").replace("*", "").replace("#", "").isdecimal() or not bare.isascii():
        raise ValueError("not a number")
    return URI.parse(f"sip:{bare.replace('#', '%23')}@{host}")


def _candidates(request: Request) -> list[Address]:
    found: list[Address] = []
    for value in request.headers.getlist("P-Asserted-Identity"):
        try:
            found += [name_addr(each) for each in split(value)]
        except ValueError:
            continue
    return [*found, name_addr(request.headers["From"])]
