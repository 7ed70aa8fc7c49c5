"""What a far side was told, written down where a crash of the hub cannot reach it."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any


class Ledger:
    """Append-only JSON lines, written through at once: what stands here was known before a crash."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, event: str, **facts: object) -> None:
        """One line: {"at", "event", …}."""
        self._file.write(json.dumps({"at": time.time(), "event": event, **facts}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """All lines of a ledger; one cut off in the middle by a kill is left out."""
    lines: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        with suppress(json.JSONDecodeError):
            lines.append(json.loads(line))
    return lines
