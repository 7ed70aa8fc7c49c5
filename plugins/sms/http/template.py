"""Texts with places to fill in: `{name}` or `{name|filter|filter}`; `{{` and `}}` are braces.

A template can say a value and nothing else: there is no arithmetic, no attribute, no call. Names and filters are closed
sets, so whatever is wrong with one is found when it is read, not when the first message goes out.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5, sha1, sha256
from typing import Final, TypeAlias
from urllib.parse import quote
from xml.sax.saxutils import escape

LONGEST: Final = 4000
"""Characters a template may have."""
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_TOKENS: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

Filter: TypeAlias = Callable[[str], str]


class TemplateError(ValueError):
    """What is wrong with a template, and at which character (from 0)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


def xml(text: str) -> str:
    """As it stands in XML, between tags or in quotes."""
    return escape(text, {'"': "&quot;", "'": "&apos;"})


def url(text: str) -> str:
    """As it stands in a URL."""
    return quote(text, safe="")


FILTERS: Final[Mapping[str, Filter]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "digits": lambda text: text.removeprefix("+"),
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "hex": lambda text: text.encode().hex(),
    "lower": str.lower,
    "md5": lambda text: md5(text.encode(), usedforsecurity=False).hexdigest(),
    "national": lambda text: text.removeprefix("+86"),
    "sha1": lambda text: sha1(text.encode(), usedforsecurity=False).hexdigest(),
    "sha256": lambda text: sha256(text.encode()).hexdigest(),
    "trim": str.strip,
    "ucs2": lambda text: text.encode("utf-16-be", "replace").hex().upper(),
    "upper": str.upper,
    "url": url,
    "url_gbk": lambda text: quote(text, safe="", encoding="gb18030", errors="replace"),
    "xml": xml,
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to fill in."""

    name: str
    filters: tuple[str, ...] = ()

    def filled(self, values: Mapping[str, str]) -> str:
        """The value, through the filters in their order; "" for what has none."""
        text = values.get(self.name, "")
        for name in self.filters:
            text = FILTERS[name](text)
        return text


@dataclass(frozen=True, slots=True)
class Template:
    """A text that has been read."""

    pieces: tuple[str | Slot, ...]

    @property
    def names(self) -> frozenset[str]:
        """What it wants to know."""
        return frozenset(piece.name for piece in self.pieces if isinstance(piece, Slot))

    def filled(self, values: Mapping[str, str], plain: Filter = str) -> str:
        """The text; every value goes through `plain` last, which makes it harmless where the text will stand."""
        return "".join(piece if isinstance(piece, str) else plain(piece.filled(values)) for piece in self.pieces)


def read(text: str, known: Collection[str] | None = None) -> Template:
    """Read a template that may use the `known` names (None: any). Raises TemplateError."""
    if len(text) > LONGEST:
        raise TemplateError(f"a template may have {LONGEST} characters", LONGEST)
    return Template(tuple(_pieces(text, known)))


def _pieces(text: str, known: Collection[str] | None) -> Iterator[str | Slot]:
    at = 0
    for token in _TOKENS.finditer(text):
        if token.start() > at:
            yield text[at : token.start()]
        at = token.end()
        yield token[0][0] if token[0] in ("{{", "}}") else _slot(token, known)
    if at < len(text):
        yield text[at:]


def _slot(token: re.Match[str], known: Collection[str] | None) -> Slot:
    if token[1] is None:
        raise TemplateError("a brace without its other half; write {{ or }} for a brace", token.start())
    name, *filters = (word.strip() for word in token[1].split("|"))
    if not NAME.fullmatch(name) or (known is not None and name not in known):
        raise TemplateError(f"nothing is called “{name[:40]}” here{_choice(known)}", token.start())
    for each in filters:
        if each not in FILTERS:
            raise TemplateError(f"there is no filter “{each[:40]}”; there are {', '.join(FILTERS)}", token.start())
    return Slot(name, tuple(filters))


def _choice(known: Collection[str] | None) -> str:
    return f"; there are {', '.join(sorted(known))}" if known else ""
