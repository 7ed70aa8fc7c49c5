"""What was spoken, on disk: found again by what was asked for, within a bound, the longest unheard going first."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

VERSION = 1  # counts up when readings or voices change
KEEP = 0.8  # how full it is after tidying


class Cache:
    """Files named by a hash: no word of what was said stands in a name."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._size: int | None = None

    def place(self, *key: object) -> Path:
        """Where this is, or belongs. The folder is there afterwards."""
        name = hashlib.sha256(json.dumps([VERSION, *key], ensure_ascii=False, default=str).encode()).hexdigest()
        folder = self._folder / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.wav"

    def find(self, place: Path) -> bool:
        """Whether it is there; it counts as heard now."""
        try:
            os.utime(place)
        except FileNotFoundError:
            return False
        return True

    def keep(self, fresh: Path, place: Path) -> None:
        """Take a finished file in, in one step: nobody ever sees half of one."""
        size = fresh.stat().st_size
        fresh.replace(place)
        self._size = self._measured() if self._size is None else self._size + size
        if self._size > self._limit:
            self._tidy(place)

    def _measured(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob("*/*.wav"))

    def _tidy(self, newest: Path) -> None:
        aged = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self._folder.glob("*/*.wav"))
        size = sum(each for _, each, _ in aged)
        for _, each, path in aged:
            if size <= self._limit * KEEP:
                break
            if path != newest:
                path.unlink(missing_ok=True)
                size -= each
        self._size = size
