"""What a language must know to read what is written in figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_DATE = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TIME = re.compile(r"^(\d{1,2}):(\d{2})")
_MONEY = re.compile(r"^\s*(?P<before>[^\d\s.,-]*)\s*(?P<amount>-?[\d,]+(?:\.\d+)?)\s*(?P<after>[^\d\s.,]*)\s*$")
_NUMBER = re.compile(r"^-?[\d,]+(?:\.\d+)?$")
CURRENCIES = {"¥": "CNY", "￥": "CNY", "元": "CNY", "RMB": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


@dataclass(frozen=True, slots=True)
class Language:
    """Words for figures. Every reader answers None for what is not of its kind.

    cardinal   a whole number, 0 and up
    figure     one digit among digits, and in a telephone number
    point      between the whole and the decimals
    """

    cardinal: Callable[[int], str]
    figure: Callable[[str, bool], str]
    join_figures: str
    join_groups: str
    minus: str
    point: str
    calendar: Callable[[date], str]
    clock: Callable[[int, int], str]
    amount: Callable[[Decimal, str], str]
    percent: Callable[[str], str]

    def digits(self, text: str) -> str | None:
        """One by one; what groups them (spaces, hyphens) is a short pause."""
        return self._figures(re.split(r"[\s\-–.]+", text), in_number=False)

    def telephone(self, text: str) -> str | None:
        """Digit by digit, as one reads a number out."""
        return self._figures(re.split(r"[\s\-–.()]+", text), in_number=True)

    def number(self, text: str) -> str | None:
        """`-1,234.50` as an amount of something."""
        if not _NUMBER.match(text):
            return None
        whole, _, decimals = text.lstrip("-").replace(",", "").partition(".")
        said = self.cardinal(int(whole or "0"))
        if decimals:
            said += self.point + self.join_figures.join(self.figure(each, False) for each in decimals)
        return self.minus + said if text.startswith("-") else said

    def date(self, text: str) -> str | None:
        """`2026-03-04`, whatever follows."""
        found = _DATE.match(text)
        try:
            return self.calendar(date(*map(int, found.groups()))) if found else None
        except ValueError:  # the 31st of February is no date
            return None

    def time(self, text: str) -> str | None:
        """`14:30`."""
        found = _TIME.match(text)
        hours, minutes = map(int, found.groups()) if found else (99, 0)
        return self.clock(hours, minutes) if hours < 24 and minutes < 60 else None

    def money(self, text: str) -> str | None:
        """`¥12.50`, `12.50 CNY`, `$3`."""
        found = _MONEY.match(text)
        if found is None:
            return None
        sign = (found["before"] or found["after"]).upper()
        amount = Decimal(found["amount"].replace(",", ""))
        said = self.amount(abs(amount).quantize(Decimal("0.01")), CURRENCIES.get(sign, sign))
        return self.minus + said if amount < 0 else said

    def _figures(self, groups: Iterable[str], in_number: bool) -> str | None:
        said = [self.join_figures.join(self.figure(each, in_number) for each in group) for group in groups if group]
        return self.join_groups.join(said) or None
