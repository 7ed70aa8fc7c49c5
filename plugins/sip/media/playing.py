"""Sound that is played to a leg: prompts, music, keys as tones."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from plugins.sip.media import wav
from plugins.sip.media.engine import MediaError
from plugins.sip.media.g711 import FRAME, Samples

_KEPT_SAMPLES: Final = 8000 * 60 * 30  # half an hour, 29 MB


@dataclass(slots=True)
class Playing:
    """`play` is the id its end is told by; 0 for what nobody waits for."""

    samples: Samples
    play: int = 0
    loop: bool = False
    interruptible: bool = False
    _at: int = 0

    def next(self) -> Samples | None:
        """The next 160 samples; the last ones are filled up with silence. None: it is over."""
        at, self._at = self._at, self._at + FRAME
        if self._at <= len(self.samples):
            return self.samples[at : self._at]
        if self.loop and len(self.samples):
            self._at %= len(self.samples)
            return np.take(self.samples, range(at, at + FRAME), mode="wrap")
        if at >= len(self.samples):
            return None
        return np.concatenate([self.samples[at:], np.zeros(self._at - len(self.samples), np.int16)])


class Shelf:
    """Files that were played lately, ready to be played again; read anew when they changed."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, int, int], Samples] = OrderedDict()

    def load(self, path: str) -> Samples:
        """Raises MediaError. Touches the disk: not for the ticker's thread."""
        try:
            status = Path(path).stat()
            key = (path, status.st_mtime_ns, status.st_size)
            if key not in self._files:
                self._keep(key, wav.read(Path(path).read_bytes()))
        except OSError as error:
            raise MediaError(f"{Path(path).name} cannot be played: {error.strerror}") from error
        self._files.move_to_end(key)
        return self._files[key]

    def _keep(self, key: tuple[str, int, int], samples: Samples) -> None:
        self._files[key] = samples
        while sum(map(len, self._files.values())) > _KEPT_SAMPLES and len(self._files) > 1:
            self._files.popitem(last=False)
