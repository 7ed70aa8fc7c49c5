"""The fields a CMPP body is made of: numbers, fixed texts and octets, each as wide as its version says.

A layout is a sequence of fields; it reads a body into the values of a PDU and writes them again. Nothing here knows
what a field means. Reading is total: any octets give values or `BadPdu`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Value: TypeAlias = int | str | bytes
ENCODING = "latin-1"  # numbers, service names and passwords; whatever else stands there survives unread


class BadPdu(ValueError):
    """These octets are no PDU of CMPP."""


@dataclass(slots=True)
class Body:
    """Octets that are read from the front."""

    octets: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        """The next `count` octets. Raises BadPdu where the body ends before them."""
        end = self.at + count
        if end > len(self.octets):
            raise BadPdu(f"{len(self.octets)} octets of body where {end} were said")
        taken, self.at = self.octets[self.at : end], end
        return taken


class Field(Protocol):
    """One field of a layout; `wide` says whether the body is one of version 3.0."""

    @property
    def name(self) -> str: ...

    def read(self, body: Body, wide: bool) -> Value | None: ...

    def write(self, value: Value, wide: bool) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned number, big-endian; `width` octets in 2.0, `width3` in 3.0 (0: there is none)."""

    name: str
    width: int
    width3: int | None = None

    def read(self, body: Body, wide: bool) -> Value | None:
        width = _width(self.width, self.width3, wide)
        return int.from_bytes(body.take(width), "big") if width else None

    def write(self, value: Value, wide: bool) -> bytes:
        assert isinstance(value, int)
        return (
            value.to_bytes(_width(self.width, self.width3, wide), "big")
            if _width(self.width, self.width3, wide)
            else b""
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a place of fixed width, filled up with zeros; some gateways end it with blanks."""

    name: str
    width: int
    width3: int | None = None

    def read(self, body: Body, wide: bool) -> Value | None:
        return body.take(_width(self.width, self.width3, wide)).partition(b"\0")[0].decode(ENCODING).rstrip(" ")

    def write(self, value: Value, wide: bool) -> bytes:
        assert isinstance(value, str)
        width = _width(self.width, self.width3, wide)
        octets = value.encode(ENCODING, "replace")
        if len(octets) > width:
            raise BadPdu(f"{self.name} has {len(octets)} octets, {width} are allowed")
        return octets.ljust(width, b"\0")


@dataclass(frozen=True, slots=True)
class Octets:
    """Octets of a fixed width."""

    name: str
    width: int
    width3: int | None = None

    def read(self, body: Body, wide: bool) -> Value | None:
        return body.take(_width(self.width, self.width3, wide))

    def write(self, value: Value, wide: bool) -> bytes:
        assert isinstance(value, bytes)
        width = _width(self.width, self.width3, wide)
        return value[:width].ljust(width, b"\0")


@dataclass(frozen=True, slots=True)
class Counted:
    """Octets behind one octet that counts them."""

    name: str

    def read(self, body: Body, wide: bool) -> Value | None:
        return body.take(body.take(1)[0])

    def write(self, value: Value, wide: bool) -> bytes:
        assert isinstance(value, bytes)
        if len(value) > 0xFF:
            raise BadPdu(f"{self.name} has {len(value)} octets, 255 are allowed")
        return bytes([len(value)]) + value


Layout: TypeAlias = Sequence[Field]


def read(layout: Layout, octets: bytes, wide: bool) -> dict[str, Value]:
    """The values that stand in a body. What is behind the last field is let pass: gateways add octets of their own."""
    body = Body(octets)
    found = {field.name: field.read(body, wide) for field in layout}
    return {name: value for name, value in found.items() if value is not None}


def write(layout: Layout, values: Mapping[str, Value], wide: bool) -> bytes:
    """A body. Raises BadPdu for a value that has no room in its field."""
    return b"".join(field.write(values[field.name], wide) for field in layout)


def _width(width: int, width3: int | None, wide: bool) -> int:
    return width3 if wide and width3 is not None else width
