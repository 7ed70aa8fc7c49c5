"""The scripts of a site: every *.yaml in its folder, read again when a file changes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from plugins.self_service.marks import Complaint, Place, ScriptError
from plugins.self_service.script import Script, load

log = logging.getLogger(__name__)
Stamp = tuple[int, int]


class Library:
    """A file that is wrong is told of, and the script it held before stays in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complaints: dict[str, Sequence[Complaint]] = {}
        self._scripts: dict[str, Script] = {}
        self._files: dict[str, str] = {}
        self._stamps: dict[Path, Stamp] = {}
        self.refresh()

    @property
    def scripts(self) -> Mapping[str, Script]:
        return self._scripts

    def script(self, name: str) -> Script | None:
        return self._scripts.get(name)

    def file_of(self, name: str) -> Path:
        """Where a script stands."""
        return self.folder / self._files.get(name, f"{name}.yaml")

    def refresh(self) -> None:
        """Look at the files; those that changed are read. What was removed stays until the next start."""
        for path in sorted(self.folder.glob("*.yaml")):
            try:
                found = path.stat()
                stamp = (found.st_mtime_ns, found.st_size)
                if self._stamps.get(path) != stamp:
                    self._stamps[path] = stamp
                    self._take(path)
            except OSError as error:
                log.error("%s cannot be read: %s", path.name, error.strerror)

    def _take(self, path: Path) -> None:
        try:
            script = load(path)
            if self._files.get(script.name, path.name) != path.name:
                raise ScriptError([Complaint(path.name, Place(1, 1), f"There is a flow `{script.name}` already.")])
        except UnicodeDecodeError:
            self._refuse(path, [Complaint(path.name, Place(1, 1), "The file is not UTF-8.")])
        except ScriptError as error:
            self._refuse(path, error.complaints)
        else:
            self._scripts[script.name] = script
            self._files[script.name] = path.name
            self.complaints[path.name] = script.warnings

    def _refuse(self, path: Path, complaints: Sequence[Complaint]) -> None:
        self.complaints[path.name] = complaints
        for complaint in complaints:
            log.error("%s", complaint)
