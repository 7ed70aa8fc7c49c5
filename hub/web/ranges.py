"""Byte ranges: a player that moves about in a sound fetches no more of it than it plays (RFC 9110 §14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hub.web.errors import RangeNotSatisfiable

_ONE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` up to `stop`, of a file of `size`."""

    start: int
    stop: int
    size: int

    @property
    def partial(self) -> bool:
        """Whether it is less than the whole: 206, not 200."""
        return self.stop - self.start < self.size

    @property
    def content_range(self) -> str:
        """As the header says it (§14.4)."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def part_of(headers: Mapping[str, str], etag: str, size: int) -> Part:
    """What a GET asks for. Several ranges, or what is no range, is answered with the whole (§14.2: a server may ignore
    the field), as is one that was meant for another version (If-Range, §13.1.5). Raises RangeNotSatisfiable."""
    whole = Part(0, size, size)
    asked = _ONE.fullmatch(headers.get("range", ""))
    if asked is None or asked[1] == asked[2] == "" or headers.get("if-range", etag) != etag:
        return whole
    first, last = asked[1], asked[2]
    if first and last and int(last) < int(first):
        return whole
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
    if start >= stop:
        raise RangeNotSatisfiable(size)
    return Part(start, stop, size)
