"""From characters to tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from hub.api.conditions.faults import ConditionError, Fault
from hub.api.conditions.tree import WORD

MAX_CHARACTERS = 2_000
KEYWORDS = frozenset({"and", "or", "not", "in", "contains", "starts", "with", "true", "false", "none"})

_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
      | (?P<word>{WORD})
      | (?P<symbol>[<>=!]=|[<>()\[\],.])
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Kind(Enum):
    NUMBER = auto()
    WORD = auto()
    SYMBOL = auto()
    TEXT = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is what was written, of a TEXT what it says; `position` counts characters from 0."""

    kind: Kind
    text: str
    position: int

    def is_keyword(self, word: str) -> bool:
        return self.kind is Kind.WORD and self.text == word

    def is_symbol(self, symbol: str) -> bool:
        return self.kind is Kind.SYMBOL and self.text == symbol


def tokens(text: str) -> Iterator[Token]:
    """The tokens and last an END. Raises ConditionError."""
    if len(text) > MAX_CHARACTERS:
        raise ConditionError(MAX_CHARACTERS, Fault.TOO_LONG)
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ConditionError(position, _unknown(text[position]))
        if found.lastgroup != "space":
            yield _token(found)
        position = found.end()
    yield Token(Kind.END, "", len(text))


def _token(found: re.Match[str]) -> Token:
    kind = Kind[str(found.lastgroup).upper()]
    said = _unquoted(found) if kind is Kind.TEXT else found[0]
    return Token(kind, said, found.start())


def _unquoted(found: re.Match[str]) -> str:
    for escape in _ESCAPE.finditer(found[0]):
        if escape[1] not in "\"'\\":
            raise ConditionError(found.start() + escape.start(), Fault.UNKNOWN_ESCAPE)
    return _ESCAPE.sub(r"\1", found[0][1:-1])


def _unknown(character: str) -> Fault:
    if character in "\"'":
        return Fault.UNCLOSED_TEXT
    return Fault.SINGLE_EQUALS if character == "=" else Fault.UNKNOWN_CHARACTER
