"""Whether a tree holds for given values. Total: whatever the values are, it answers and never raises."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hub.api.conditions.tree import And, Comparison, Listing, Literal, Name, Node, Not, Operator, Or, Value

Plain = str | int | Decimal | bool | list[object] | Mapping[object, object] | None
"""What a value counts as; whatever else it is counts as none."""

_ORDER: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def holds(node: Node, values: Mapping[str, object]) -> bool:
    if isinstance(node, And):
        return all(holds(part, values) for part in node.parts)
    if isinstance(node, Or):
        return any(holds(part, values) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, values)
    if isinstance(node, Comparison):
        return _compare(value_of(node.left, values), node.operator, value_of(node.right, values))
    return bool(value_of(node, values))


def value_of(value: Value, values: Mapping[str, object]) -> Plain:
    """An absent name is None."""
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, Listing):
        return [item.value for item in value.items]
    return _look_up(value, values)


def _look_up(name: Name, values: Mapping[str, object]) -> Plain:
    found: object = values
    for part in name.parts:
        found = found.get(part) if isinstance(found, Mapping) else None
    return plain(found)


def plain(value: object) -> Plain:
    """Decimal digits mean the number they write: 0.1 of a JSON document equals 0.1 of a rule."""
    if isinstance(value, float):
        value = Decimal(repr(float(value)))
    if isinstance(value, Decimal):
        return None if value.is_nan() else value
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)  # or a day replayed elsewhere might go otherwise
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, str | int | list | Mapping) else None


def _compare(left: Plain, by: Operator, right: Plain) -> bool:
    if by in _ORDER:
        return _have_order(left, right) and _ORDER[by](left, right)
    if by is Operator.EQUAL:
        return _equal(left, right)
    if by is Operator.UNEQUAL:
        return not _equal(left, right)
    if by is Operator.STARTS_WITH:
        return isinstance(left, str) and isinstance(right, str) and left.casefold().startswith(right.casefold())
    return _contains(right, left) if by is Operator.IN else _contains(left, right)


def _have_order(left: Plain, right: Plain) -> bool:
    return _are_numbers(left, right) or (isinstance(left, str) and isinstance(right, str))


def _are_numbers(*values: Plain) -> bool:
    return all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values)


def _equal(left: Plain, right: Plain) -> bool:
    """Lists element by element, where a list within a list equals nothing: so no depth is without end."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, map(plain, left), map(plain, right)))
    return _same(left, right)


def _same(left: Plain, right: Plain) -> bool:
    if left is None or isinstance(left, bool):
        return left is right
    return _have_order(left, right) and left == right


def _contains(whole: Plain, part: Plain) -> bool:
    """Of a text in whatever case, since people wrote it; of a list exactly, since it holds codes."""
    if isinstance(whole, str):
        return isinstance(part, str) and part.casefold() in whole.casefold()
    return isinstance(whole, list) and any(_same(plain(item), part) for item in whole)
