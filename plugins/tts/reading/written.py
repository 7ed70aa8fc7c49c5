"""Finds, in running text, what has a reading of its own."""

from __future__ import annotations

import re

from plugins.tts.reading.language import Language

_SIGN, _UNIT = r"[¥￥$€£]", r"(?:元|CNY|RMB|USD|EUR|GBP)\b"
_AMOUNT = r"\d+(?:,\d{3})*(?:\.\d{1,2})?"
_PATTERN = re.compile(
    rf"""
      (?P<serial>(?<![\d-])\#?\d{{4}}-\d{{4}}-\d(?![\d-]))
    | (?P<date>(?<![\d.])\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}(?!\d))
    | (?P<time>(?<![\d:])\d{{1,2}}:\d{{2}}(?![\d:]))
    | (?P<money>{_SIGN}\s?{_AMOUNT}|(?<![\d.,]){_AMOUNT}\s?{_UNIT})
    | (?P<percent>(?<![\d.])\d+(?:\.\d+)?\s?[%％])
    | (?P<telephone>\+\d[\d\s-]{{6,}}\d|(?<![\d.])\d{{3,4}}-\d{{7,8}}(?!\d)|(?<![\d.,])\d{{7,}}(?![\d.,]*\d))
    | (?P<number>(?<![\d.])-?\d+(?:,\d{{3}})*(?:\.\d+)?(?![\d]))
    """,
    re.VERBOSE,
)
MOST_FIGURES = 15  # a longer row of figures is no amount of anything


def read(spoken: Language, text: str) -> str:
    """The text as it is said."""
    return _PATTERN.sub(lambda found: _read(spoken, found), text)


def _read(spoken: Language, found: re.Match[str]) -> str:
    kind, whole = str(found.lastgroup), found[0]
    return _as(spoken, kind, whole) or whole


def _as(spoken: Language, kind: str, whole: str) -> str | None:
    match kind:
        case "serial":
            return spoken.digits(whole.removeprefix("#"))
        case "date":
            return spoken.date(whole)
        case "time":
            return spoken.time(whole)
        case "money":
            return spoken.money(whole)
        case "percent":
            said = spoken.number(whole.rstrip("%％ "))
            return spoken.percent(said) if said else None
        case "telephone":
            return spoken.telephone(whole)
        case _:
            return spoken.number(whole) if len(whole) <= MOST_FIGURES else spoken.digits(whole)
