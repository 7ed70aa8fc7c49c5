"""Mandarin Chinese, as it is read in the mainland (GB/T 15835 for what stands in figures)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from plugins.tts.reading.language import Language

_FIGURES = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_MYRIADS = ("", "万", "亿", "万亿")
_UNITS = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑"}
_PARTS = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_SIGNS = {"+": "加", "*": "星号", "#": "井号"}


def cardinal(number: int) -> str:
    """一万零五十; 十二 and not 一十二 where nothing stands before it."""
    said = _myriads(number) or _FIGURES[0]
    return said[1:] if said.startswith("一十") else said


def _myriads(number: int) -> str:
    """By ten thousands; a group that begins with a nought, or follows an empty one, says so once."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if group == 0:
            gap = True
            continue
        said += (_FIGURES[0] if said and (gap or group < 1000) else "") + _thousands(group) + _MYRIADS[place]
        gap = False
    return said


def _thousands(group: int) -> str:
    said, gap = "", False
    for place in (3, 2, 1, 0):
        figure = group // 10**place % 10
        if figure == 0:
            gap = bool(said)
            continue
        said += (_FIGURES[0] if gap else "") + _FIGURES[figure] + _PLACES[place]
        gap = False
    return said


def calendar(day: date) -> str:
    """二零二六年三月四日."""
    year = "".join(_FIGURES[int(each)] for each in str(day.year))
    return f"{year}年{cardinal(day.month)}月{cardinal(day.day)}日"


def clock(hours: int, minutes: int) -> str:
    """下午两点三十分, 上午九点, 上午九点零五分."""
    part = (
        "凌晨" if hours < 6 else "上午" if hours < 12 else "中午" if hours == 12 else "下午" if hours < 18 else "晚上"
    )
    hour = hours if hours <= 12 else hours - 12
    said = f"{part}{'两' if hour == 2 else cardinal(hour)}点"
    if minutes == 0:
        return said
    return f"{said}{_FIGURES[0] if minutes < 10 else ''}{cardinal(minutes)}分"


def amount(value: Decimal, currency: str) -> str:
    """十二元五角, 三元零五分; of what we have no name for, as it is written."""
    whole, cents = divmod(int(value * 100), 100)
    jiao, fen = divmod(cents, 10)
    said = f"{cardinal(whole)}{_UNITS.get(currency, currency)}" if whole or not cents else ""
    if currency != "CNY":
        return said + (f"{cardinal(cents)}分" if cents else "")
    said += f"{_FIGURES[jiao]}角" if jiao else _FIGURES[0] if fen and said else ""
    return said + (f"{_FIGURES[fen]}分" if fen else "")


def _figure(sign: str, in_number: bool) -> str:
    """In a telephone number a one is 幺, so that nobody hears a seven."""
    if sign == "1" and in_number:
        return "幺"
    return _FIGURES[int(sign)] if sign.isdecimal() and sign.isascii() else _SIGNS.get(sign, sign)


LANGUAGE = Language(
    cardinal=cardinal,
    figure=_figure,
    join_figures="",
    join_groups="，",
    minus="负",
    point="点",
    calendar=calendar,
    clock=clock,
    amount=amount,
    percent=lambda said: f"百分之{said}",
)
