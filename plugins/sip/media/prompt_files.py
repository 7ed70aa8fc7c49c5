"""Prompts handed over as bytes, as files that a media process can read."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from pathlib import Path


class PromptFiles:
    """In a folder of its own within `folder`, or within the system's for such things."""

    def __init__(self, folder: Path | None) -> None:
        self._within = folder
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writing = threading.Lock()

    def path(self, audio: bytes) -> Path:
        """The same bytes are written once, also when many calls want them at the same moment. Touches the disk."""
        with self._writing:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="prompts-", dir=self._within)
            path = Path(self._folder.name) / f"{hashlib.sha256(audio).hexdigest()}.wav"
            if not path.exists():
                path.write_bytes(audio)
        return path

    def clear(self) -> None:
        """They are needed no more."""
        if self._folder:
            self._folder.cleanup()
