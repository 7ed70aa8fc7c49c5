"""English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from plugins.tts.reading.language import Language

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = [(10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")]
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNITS = {"CNY": ("yuan", "yuan"), "USD": ("dollar", "dollars"), "EUR": ("euro", "euros"), "GBP": ("pound", "pounds")}
_SIGNS = {"+": "plus", "*": "star", "#": "hash"}


def cardinal(number: int) -> str:
    """One thousand two hundred and thirty-four."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[rest]}" if rest else "")
    size, name = next((size, name) for size, name in _SCALES if number >= size)
    times, rest = divmod(number, size)
    said = f"{cardinal(times)} {name}"
    joint = " and " if rest < 100 else " "
    return said + (joint + cardinal(rest) if rest else "")


def ordinal(number: int) -> str:
    """Twenty-first."""
    head, joint, last = cardinal(number).rpartition("-")
    if last in _ORDINALS:
        return head + joint + _ORDINALS[last]
    return head + joint + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def year(number: int) -> str:
    """Twenty twenty-six, nineteen oh five, two thousand and one."""
    century, rest = divmod(number, 100)
    if not 1000 <= number < 10_000 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {cardinal(rest) if rest > 9 else f'oh {_SMALL[rest]}'}"


def calendar(day: date) -> str:
    """March the fourth, twenty twenty-six."""
    return f"{_MONTHS[day.month - 1]} the {ordinal(day.day)}, {year(day.year)}"


def clock(hours: int, minutes: int) -> str:
    """Two thirty p.m."""
    past = "" if minutes == 0 else f" {cardinal(minutes) if minutes > 9 else f'oh {_SMALL[minutes]}'}"
    return f"{cardinal(hours % 12 or 12)}{past} {'a.m.' if hours < 12 else 'p.m.'}"


def amount(value: Decimal, currency: str) -> str:
    """Twelve dollars and fifty cents; of what we have no name for, as it is written."""
    one, more = _UNITS.get(currency, (currency, currency))
    whole, cents = divmod(int(value * 100), 100)
    said = f"{cardinal(whole)} {one if whole == 1 else more}"
    return said + (f" and {cardinal(cents)} {'cent' if cents == 1 else 'cents'}" if cents else "")


def _figure(sign: str, _in_number: bool) -> str:
    return _SMALL[int(sign)] if sign.isdecimal() and sign.isascii() else _SIGNS.get(sign, sign)


LANGUAGE = Language(
    cardinal=cardinal,
    figure=_figure,
    join_figures=" ",
    join_groups=", ",
    minus="minus ",
    point=" point ",
    calendar=calendar,
    clock=clock,
    amount=amount,
    percent=lambda said: f"{said} per cent",
)
