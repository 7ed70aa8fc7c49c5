"""What one mail may cost before it is taken apart: header bytes, boundaries and parts, found out by scanning, not by
parsing.

The parser of the standard library recurses by nesting and makes an object a part, so a small mail can be made to cost
minutes or gigabytes. What goes over a limit is read by its header alone and kept whole as an attachment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one mail; sizes in bytes."""

    header_bytes: int = 256 * 1024
    boundaries: int = 50
    parts: int = 500
    depth: int = 20


DEFAULT: Final = Limits()
_BOUNDARY: Final = re.compile(rb"(?i)boundary[ \t]*=[ \t]*(?:\"([^\"\r\n]{0,200})\"|([^\s\";]{1,200}))")
_BLANK: Final = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")


def header_end(raw: bytes) -> int:
    """Where the header section stops: the offset of the blank line, or the length of the mail."""
    blank = _BLANK.search(raw)
    return blank.start() if blank else len(raw)


def exceeded(raw: bytes, limits: Limits = DEFAULT) -> str | None:
    """Which limit the structure breaks, as one English line, or None."""
    names = [quoted or bare for quoted, bare in _BOUNDARY.findall(raw)]
    if len(names) > limits.boundaries:
        return f"more than {limits.boundaries} nested multiparts"
    if raw.count(b"\n--") <= limits.parts:
        return None
    parts = sum(raw.count(b"\n--" + name) for name in set(names))
    return f"more than {limits.parts} parts" if parts > limits.parts else None
