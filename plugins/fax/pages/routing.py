"""Where the barcodes of a cover sheet send a fax: a pure rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_QUEUE: Final = re.compile(r"queue:([a-z0-9][a-z0-9_-]{0,63})", re.IGNORECASE)
_SERIAL: Final = re.compile(r"(?:ticket:)?#?(\d{4}-?\d{4}-?\d)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Routed:
    """`queue` is a queue's key, `serial` a ticket's nine digits; "" where no barcode says one."""

    queue: str = ""
    serial: str = ""


def route(barcodes: Iterable[str]) -> Routed:
    """`queue:KEY`, and `ticket:4821-9035-6` or the nine digits alone; the first of each counts, others say nothing."""
    said = [code.strip() for code in barcodes]
    return Routed(_first(_QUEUE, said).lower(), _first(_SERIAL, said).replace("-", ""))


def _first(form: re.Pattern[str], said: Iterable[str]) -> str:
    return next((found[1] for code in said if (found := form.fullmatch(code))), "")
