"""The torture messages of RFC 4475 with what it asks of each (SOURCE.txt says where they are from)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "sip-rfc4475"


@dataclass(frozen=True)
class Torture:
    """One message; `expected` is its row of expected.json."""

    file: str
    data: bytes
    expected: dict[str, Any]

    @property
    def statuses(self) -> list[int]:
        """Answers the RFC asks for; 400 where it names none."""
        return self.expected["reply_allowed"] or [400]

    @property
    def may_be_read(self) -> bool:
        """Well-formed, or one of the faults a receiver may overlook (§3.1.2)."""
        return bool(self.expected["expect"] == "accept" or self.expected["liberal_accept_allowed"])

    @property
    def may_be_refused(self) -> bool:
        """Malformed, or one that has to be answered by 400 at the latest (§3.3)."""
        return bool(self.expected["expect"] == "reject" or 400 in (self.expected["reply_allowed"] or []))

    def judged(self, status: int) -> bool:
        """Whether this is the answer asked for; a method we do not serve is refused whatever else holds."""
        return status in (self.expected["reply_allowed"] or [status]) or status in (405, 501)


def _load() -> list[Torture]:
    if not CORPUS.is_dir():
        return []
    rows = json.loads((CORPUS / "expected.json").read_text())
    return [Torture(row["file"], (CORPUS / row.get("use_file", row["file"])).read_bytes(), row) for row in rows]


TORTURE = _load()
