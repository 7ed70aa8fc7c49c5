"""Files that grow while something goes on (a recording, a fax): whoever comes after a crash has what was there."""

import fcntl
import json
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Note = TypeVar("Note", bound=DataclassInstance)
else:
    Note = TypeVar("Note")

_LOCK: Final = "lock"
_NOTE: Final = ".json"


@dataclass(frozen=True, slots=True)
class UnfinishedFile(Generic[Note]):
    """One of them, at `path`, with a note of what it is of; its name is unlike all others."""

    path: Path
    about: type[Note]

    @property
    def name(self) -> str:
        """The same before and after a crash."""
        return self.path.stem

    @property
    def note(self) -> Note | None:
        """None when it cannot be read. Touches the disk."""
        try:
            return self.about(**json.loads(self.path.with_suffix(_NOTE).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def done(self) -> None:
        """It is stored, or nothing: not needed any more. Touches the disk."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(_NOTE).unlink(missing_ok=True)


class Unfinished(Generic[Note]):
    """Those of one process, in a folder of its own within `within` (below `Context.folder`), locked for as long as the
    process lives: several hubs may share a disk. What the hub writes only the hub may read. All of it touches the disk.

    suffix   of the files (".wav")
    about    a dataclass of strings and numbers: what one has to know to hand a file in
    at_once  whether the file is there, empty, from the beginning; else whoever fills it makes it
    """

    def __init__(self, within: Path, suffix: str, about: type[Note], *, at_once: bool = False) -> None:
        self._within = within
        self._suffix = suffix
        self._about = about
        self._at_once = at_once
        self._own: Path | None = None
        self._making = threading.Lock()
        self.lock = -1  # its descriptor, closed by the end of the process

    def begin(self, note: Note) -> UnfinishedFile[Note]:
        """A place for a new one. Raises OSError."""
        new = UnfinishedFile(self._folder() / f"{secrets.token_hex(12)}{self._suffix}", self._about)
        _write(new.path.with_suffix(_NOTE), json.dumps(asdict(note)).encode())
        if self._at_once:
            _write(new.path, b"")
        return new

    def left_behind(self) -> list[UnfinishedFile[Note]]:
        """What processes that are no more had under way; it is ours from now on. Raises OSError."""
        own, found = self._folder(), list[UnfinishedFile[Note]]()
        with self._alone():
            for folder in self._within.iterdir():
                if folder.is_dir() and folder != own and (lock := _locked(folder)) is not None:
                    found += [UnfinishedFile(path, self._about) for path in _adopted(folder, own, self._suffix)]
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


def _write(path: Path, content: bytes) -> None:
    """Readable by the hub alone, whatever its umask."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


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


def _adopted(folder: Path, own: Path, suffix: str) -> list[Path]:
    """The files with their notes; a note without a file was of something that came to nothing."""
    found = []
    for path in folder.glob(f"*{suffix}"):
        with suppress(FileNotFoundError):
            path.with_suffix(_NOTE).rename(own / path.with_suffix(_NOTE).name)
        found.append(path.rename(own / path.name))
    shutil.rmtree(folder)
    return found
