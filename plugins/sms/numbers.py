"""Telephone numbers as texts carry them: national, international with or without a plus, short codes, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import phonenumbers

from hub.api import Address, AnyAccount

SCHEME: Final = "tel"
_SHORTEST_PREFIX: Final = 5
_CARRIERS_OWN: Final = "10"


def normalise(number: str, region: str) -> str:
    """E.164 with its plus; a short code's digits; a name as it is."""
    given = number.strip()
    digits = re.sub(r"[\s().-]", "", given)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return given
    digits = re.sub(r"^00(?=[1-9])", "+", digits)
    for spelling in (digits, digits if digits.startswith("+") else f"+{digits}"):
        if found := _e164(spelling, region):
            return found
    return digits


def is_number(value: str) -> bool:
    """Whether one can write to it: not to a name."""
    return re.fullmatch(r"\+?[0-9]{3,20}", value) is not None


def account_of(recipient: str, accounts: Sequence[AnyAccount], default_region: str) -> AnyAccount | None:
    """The account a text is for. A Chinese carrier's number may be followed by digits of the sender's choice
    (10690001 + 23): those lead to the account of the number itself."""
    for wanted in _spellings(recipient):
        for account in accounts:
            region = account.settings.region or default_region
            own = {normalise(each, region) for each in (account.address.value, account.settings.sender) if each}
            if normalise(wanted, region) in own:
                return account
    return None


def address(number: str, region: str) -> Address | None:
    """Whom a text is from; None when withheld."""
    value = normalise(number, region)
    return Address(SCHEME, value) if value else None


def _spellings(recipient: str) -> Iterator[str]:
    yield recipient
    digits = recipient.removeprefix("+").removeprefix("86")
    if digits.startswith(_CARRIERS_OWN) and digits.isdecimal():
        for length in range(len(digits), _SHORTEST_PREFIX - 1, -1):
            yield digits[:length]


def _e164(number: str, region: str) -> str | None:
    if region == "CN" and (mobile := re.fullmatch(r"(?:\+?86)?(1[3-9][0-9]{9})", number)):
        return f"+86{mobile[1]}"  # also in a range newer than the tables of numbers
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
