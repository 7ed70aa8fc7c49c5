"""What a script says: in each language, with places for what it found out, to be read or to be heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from urllib.parse import quote
from xml.sax.saxutils import escape

Texts = str | dict[str, str]
"""One text for all languages, or one for each."""

_HOLE = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
KEPT = "serial"
"""`{serial}` is filled in by the hub: the number of the ticket that the very same step opens."""

STATUS: Mapping[str, tuple[str, str]] = {
    "NEW": ("received", "已收到"),
    "OPEN": ("being worked on", "处理中"),
    "PENDING": ("waiting for your answer", "等待您的回复"),
    "RESOLVED": ("solved", "已解决"),
    "CLOSED": ("closed", "已关闭"),
}


def serial(value: str, _language: str, _zone: tzinfo) -> str:
    """In groups, as people read it out."""
    return f"{value[:4]}-{value[4:8]}-{value[8:]}" if re.fullmatch(r"\d{9}", value) else value


def status(value: str, language: str, _zone: tzinfo) -> str:
    """A ticket's status in words."""
    return STATUS.get(value, (value, value))[language == "zh"]


def day(value: str, language: str, zone: tzinfo) -> str:
    """4 March 2026, 2026年3月4日."""
    at = _instant(value, zone)
    if at is None:
        return value
    return f"{at.year}年{at.month}月{at.day}日" if language == "zh" else f"{at.day} {at:%B %Y}"


def clock(value: str, _language: str, zone: tzinfo) -> str:
    """14:05."""
    at = _instant(value, zone)
    return f"{at:%H:%M}" if at else value


def plain(value: str, _language: str, _zone: tzinfo) -> str:
    return value


READ: Mapping[str, Callable[[str, str, tzinfo], str]] = {
    "": plain,
    "serial": serial,
    "status": status,
    "date": day,
    "time": clock,
    "digits": plain,
    "telephone": plain,
    "currency": plain,
}
SAID_AS = {"serial": "digits", "digits": "digits", "telephone": "telephone", "currency": "currency"}
IN_FIGURES: Mapping[str, str] = {"date": "%Y-%m-%d", "time": "%H:%M"}
"""How a speech service wants a date or a time, which it then reads in words."""


def holes(text: str) -> Iterator[tuple[int, str, str]]:
    """Where each place stands in the text, what it names, and how that is to be read."""
    for found in _HOLE.finditer(text):
        name, _, how = found[1].partition("|")
        yield found.start(), name.strip(), how.strip()


def wrong(text: str) -> tuple[int, str] | None:
    """Where a text cannot be filled in, and why; None when it can."""
    for position, name, how in holes(text):
        if not _PATH.fullmatch(name):
            return position, f"`{name}` is no name; write for instance {{customer.name}}."
        if how not in READ:
            return position, f"`{how}` is no way to read something; there are {', '.join(filter(None, READ))}."
    bare = _HOLE.sub("", text)
    if "{" in bare or "}" in bare:
        return max(text.find("{"), 0), "A brace is not closed."
    return None


def in_language(texts: Texts, language: str) -> str:
    """The text of this language, else the first there is."""
    if isinstance(texts, str):
        return texts
    return texts.get(language) or next(iter(texts.values()), "")


def written(text: str, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    """The text as it is read; what is not known leaves nothing."""
    return _HOLE.sub(lambda hole: _filled(hole[1], values, language, zone), text)


def spoken(text: str, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    """The text as a piece of SSML. Whatever a customer said is text in it, never an element."""
    said, last = "", 0
    for hole in _HOLE.finditer(text):
        said += escape(text[last : hole.start()]) + _said(hole[1], values, language, zone)
        last = hole.end()
    return said + escape(text[last:])


def marked_up(text: str, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    """As `spoken`, for a text that has elements of its author's."""
    return _HOLE.sub(lambda hole: _said(hole[1], values, language, zone), text)


def in_address(text: str, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    """As `written`, for a URL: whatever a customer said stays in its place there."""
    return _HOLE.sub(lambda hole: quote(_filled(hole[1], values, language, zone), safe=""), text)


def ssml(language: str, pieces: str) -> str:
    """The whole of what is heard."""
    return f'<speak xml:lang="{language}">{pieces}</speak>'


def look_up(values: Mapping[str, object], path: str) -> object:
    """`ticket.status` in nested mappings; None for what is not there."""
    found: object = values
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def as_text(value: object) -> str:
    """As it stands in a sentence."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def _filled(hole: str, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    name, how = _parts(hole)
    if name == KEPT:
        return "{serial}"
    return READ[how](as_text(look_up(values, name)), language, zone)


def _said(hole: str, values: Mapping[str, object], language: str, zone: tzinfo) -> str:
    name, how = _parts(hole)
    value = as_text(look_up(values, name))
    if how in IN_FIGURES:
        at = _instant(value, zone)
        return f'<say-as interpret-as="{how}">{at.strftime(IN_FIGURES[how])}</say-as>' if at else escape(value)
    filled = escape(_filled(hole, values, language, zone))
    return f'<say-as interpret-as="{SAID_AS[how]}">{filled}</say-as>' if how in SAID_AS and name != KEPT else filled


def _parts(hole: str) -> tuple[str, str]:
    name, _, how = hole.partition("|")
    return name.strip(), how.strip()


def _instant(value: str, zone: tzinfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.astimezone(zone) if at.tzinfo else at
