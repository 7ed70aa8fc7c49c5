"""One spelling per address, so that a text, a fax and a call from one number are one customer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from email.utils import parseaddr

import phonenumbers

_WITHHELD = frozenset(
    {
        "",
        "anonymous",
        "asserted",
        "blocked",
        "no number",
        "null",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
        "匿名",
        "未知",
        "未知号码",
        "隐藏号码",
    }
)
_URI = re.compile(r"^(?:tel|sips?|fax|mailto):", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:转|轉|ext\.?|;ext=|x)\s*[0-9]+$", re.IGNORECASE)


def normalise_identity(scheme: str, value: str, region: str = "CN") -> str | None:
    """The value two addresses share exactly when they are one; None for a withheld or empty one.

    `tel` gives E.164 (`region`, ISO 3166 alpha-2, is the site's own country) or, for a short code,
    its digits; `mailto` a folded address with the domain as in DNS; any other scheme is opaque.
    """
    folded = unicodedata.normalize("NFKC", value).strip()
    if _fold(folded) in _WITHHELD:
        return None
    return _NORMALISERS.get(scheme, _opaque)(folded, region)


def knows_identity(said: str, identities: Iterable[tuple[str, str]], region: str = "CN") -> bool:
    """Whether `said` is the second piece of knowledge that goes with a serial number.

    It is a customer's mail address, their telephone number, or its last four digits;
    `identities` are (scheme, normalised value) pairs.
    """
    folded = unicodedata.normalize("NFKC", said).strip()
    if re.fullmatch(r"[0-9]{4}", folded):
        return any(scheme == "tel" and value.endswith(folded) for scheme, value in identities)
    scheme = "mailto" if "@" in folded else "tel"
    return (scheme, normalise_identity(scheme, folded, region)) in set(identities)


def _opaque(value: str, _region: str) -> str | None:
    return value


def _tel(value: str, region: str) -> str | None:
    """A text's sender may also be a name; that one stays as it is."""
    folded = _fold(value)
    written = _EXTENSION.sub("", _URI.sub("", folded).partition("@")[0])
    number = re.sub(r"^00(?=[1-9])", "+", re.sub(r"[^0-9a-z+*#]", "", written))
    if found := _e164(number, region) or _chinese_mobile(number):
        return found
    return number if re.fullmatch(r"[+*#0-9]+", number) else folded


def _e164(number: str, region: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _chinese_mobile(number: str) -> str | None:
    """Eleven digits are one anywhere, also in a range newer than the tables of numbers."""
    return f"+86{number}" if re.fullmatch(r"1[3-9][0-9]{9}", number) else None


def _mailto(value: str, _region: str) -> str | None:
    address = _URI.sub("", (parseaddr(value)[1] if "<" in value else value).strip())
    local, _, domain = _fold(address).rpartition("@")
    name = _dns_name(domain).rstrip(".")
    return f"{local}@{name}" if local and name and not re.search(r"\s", address) else None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text.casefold())


def _dns_name(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:  # not a name DNS could hold, yet two mails from it are from one sender
        return domain


_NORMALISERS: dict[str, Callable[[str, str], str | None]] = {"tel": _tel, "mailto": _mailto}
