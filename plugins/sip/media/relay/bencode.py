"""Bencode, the notation of rtpengine's ng protocol: integers, byte strings, lists and dictionaries. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Value: TypeAlias = "int | bytes | list[Value] | dict[str, Value]"
Sayable: TypeAlias = "int | str | bytes | Sequence[Sayable] | Mapping[str, Sayable]"
_DEEPEST: Final = 20
_LONGEST_NUMBER: Final = 20


class NotBencode(ValueError):
    """Something else, or cut off."""


def encode(value: Sayable) -> bytes:
    """As bytes; text as UTF-8."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str | bytes):
        raw = value.encode() if isinstance(value, str) else value
        return b"%d:%b" % (len(raw), raw)
    if isinstance(value, Mapping):
        return b"d%be" % b"".join(encode(key) + encode(item) for key, item in value.items())
    return b"l%be" % b"".join(map(encode, value))


def decode(text: bytes) -> Value:
    """The one value that `text` is. Raises NotBencode."""
    value, end = _value(text, 0, _DEEPEST)
    if end != len(text):
        raise NotBencode("more than one value")
    return value


def _value(text: bytes, at: int, depth: int) -> tuple[Value, int]:
    """The value that begins here, and where it ends."""
    kind = text[at : at + 1]
    if kind.isdigit():
        return _string(text, at)
    if kind == b"i":
        return _number(text, at + 1, b"e")
    if kind not in (b"l", b"d") or not depth:
        raise NotBencode(f"no value at {at}")
    items, at = _items(text, at + 1, depth - 1)
    return (items if kind == b"l" else _dictionary(items)), at


def _items(text: bytes, at: int, depth: int) -> tuple[list[Value], int]:
    items: list[Value] = []
    while text[at : at + 1] != b"e":
        item, at = _value(text, at, depth)
        items.append(item)
    return items, at + 1


def _dictionary(items: list[Value]) -> dict[str, Value]:
    keys = [key.decode("utf-8", "replace") for key in items[::2] if isinstance(key, bytes)]
    if 2 * len(keys) != len(items):
        raise NotBencode("a key that is no string, or without its value")
    return dict(zip(keys, items[1::2], strict=True))


def _string(text: bytes, at: int) -> tuple[bytes, int]:
    length, at = _number(text, at, b":")
    if length < 0 or at + length > len(text):
        raise NotBencode("a string that is cut off")
    return text[at : at + length], at + length


def _number(text: bytes, at: int, end: bytes) -> tuple[int, int]:
    """Digits up to `end`, and where what follows begins."""
    stop = text.find(end, at, at + _LONGEST_NUMBER)
    digits = text[at:stop]
    if stop < 0 or not digits.removeprefix(b"-").isdigit():
        raise NotBencode(f"no number at {at}")
    return int(digits), stop + 1
