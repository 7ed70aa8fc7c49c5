"""What plugins return is what the contract says, or a TypeError."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

T = TypeVar("T")


def one(value: object, wanted: type[T]) -> T:
    """The value, if it is one of these."""
    if not isinstance(value, wanted):
        raise TypeError(f"expected {wanted.__name__}, got {type(value).__name__}")
    return value


def each(values: Iterable[Any], *wanted: type[Any]) -> Iterable[Any]:
    """The values, as far as they are of these kinds."""
    for value in values:
        if not isinstance(value, wanted):
            raise TypeError(f"a {type(value).__name__} is none of {', '.join(kind.__name__ for kind in wanted)}")
        yield value
