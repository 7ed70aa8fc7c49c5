"""Faxes while their pages come: files that the hub alone may read, each with a note of whose it is, so that whoever
comes after a crash can hand in what was there."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_LOCK: Final = "lock"
_PAGES, _NOTE = ".tiff", ".json"


@dataclass(frozen=True, slots=True)
class Note:
    """Whose pages these are; `began` in ISO 8601."""

    account: str
    caller: str
    called: str
    began: str

    @classmethod
    def now(cls, account: str, caller: str, called: str) -> Note:
        """Of a fax that begins."""
        return cls(account, caller, called, datetime.now(UTC).isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class Piece:
    """One fax on disk; its name is unlike all others."""

    path: Path

    @property
    def name(self) -> str:
        """The same before and after a crash."""
        return self.path.stem

    @property
    def note(self) -> Note | None:
        """None when it cannot be read. Touches the disk."""
        try:
            return Note(**json.loads(self.path.with_suffix(_NOTE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def done(self) -> None:
        """It is stored, or nothing: not needed any more. Touches the disk."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(_NOTE).unlink(missing_ok=True)


class UnderWay:
    """Those of one process, in a folder of its own within `within`, locked for as long as it lives: several hubs may
    share a disk. All of it touches the disk."""

    def __init__(self, within: Path) -> None:
        self._within = within
        self._own: Path | None = None
        self._making = threading.Lock()
        self.lock = -1  # its descriptor, closed by the end of the process

    def begin(self, note: Note) -> Piece:
        """A place for a new one; the pages' file is not there yet. Raises OSError."""
        piece = Piece(self._folder() / f"{secrets.token_hex(12)}{_PAGES}")
        with os.fdopen(os.open(piece.path.with_suffix(_NOTE), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            to.write(json.dumps(asdict(note)).encode())
        return piece

    def left_behind(self) -> list[Piece]:
        """What processes that are no more had under way; it is ours from now on. Raises OSError."""
        own, found = self._folder(), list[Piece]()
        with self._alone():
            for folder in self._within.iterdir():
                if folder.is_dir() and folder != own and (lock := _locked(folder)) is not None:
                    found += _adopted(folder, own)
                    os.close(lock)
        return found

    def _folder(self) -> Path:
        with self._making:
            if self._own is None:
                self._within.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._alone():
                    self._own = self._made()
            return self._own

    def _made(self) -> Path:
        own = self._within / secrets.token_hex(8)
        own.mkdir(mode=0o700)
        self.lock = _lock(own / _LOCK)
        return own

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A folder is made and locked, or looked at, never both at once."""
        descriptor = _lock(self._within / _LOCK)
        try:
            yield
        finally:
            os.close(descriptor)


def _lock(path: Path) -> int:
    """Held until it is closed, or the process dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _locked(folder: Path) -> int | None:
    """The lock of a folder whose process is no more; None of one that lives."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _adopted(folder: Path, own: Path) -> list[Piece]:
    """Pages with their notes; a note without pages was a call of which nothing came."""
    found = []
    for pages in folder.glob(f"*{_PAGES}"):
        with suppress(FileNotFoundError):
            pages.with_suffix(_NOTE).rename(own / pages.with_suffix(_NOTE).name)
        found.append(Piece(pages.rename(own / pages.name)))
    shutil.rmtree(folder)
    return found
