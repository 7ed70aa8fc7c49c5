"""What a condition consists of, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

WORD = r"[^\W\d]\w*"
_WORD = re.compile(WORD)

Scalar = str | int | Decimal | bool | None


class Operator(StrEnum):
    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "in"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """Equal if it is written the same: to Python alone, 1 would equal true."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return _quoted(self.value)
        return format(self.value, "f") if isinstance(self.value, Decimal) else str(self.value).lower()


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Literal, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class Name:
    """`attributes.vip` has two parts, and so has `attributes["credit grade"]`."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        first, *others = self.parts
        return first + "".join(f".{part}" if _WORD.fullmatch(part) else f"[{_quoted(part)}]" for part in others)


Value = Literal | Listing | Name


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Value
    operator: Operator
    right: Value

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def __str__(self) -> str:
        if isinstance(self.part, Comparison) and self.part.operator is Operator.IN:
            return f"{self.part.left} not in {self.part.right}"
        return f"not {_grouped(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """Two parts or more."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " and ".join(map(_grouped, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Two parts or more."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " or ".join(str(part) if isinstance(part, And) else _grouped(part) for part in self.parts)


Node = And | Or | Not | Comparison | Value


def parts(node: Node) -> tuple[Node, ...]:
    """The conditions directly within this one; of a comparison or a value none."""
    if isinstance(node, And | Or):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


def names(node: Node) -> Iterator[Name]:
    """Every name, as often as it stands there."""
    if isinstance(node, Comparison):
        yield from (side for side in (node.left, node.right) if isinstance(side, Name))
    elif isinstance(node, Name):
        yield node
    for part in parts(node):
        yield from names(part)


def _grouped(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
