"""Sound that is played to a leg: prompts, music, keys as tones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plugins.sip.media import wav
from plugins.sip.media.engine import Codec, MediaError
from plugins.sip.media.g711 import CODECS, FRAME, QUIET, Samples, encode

_KEPT_SAMPLES: Final = 8000 * 60 * 30  # half an hour, 29 MB
Sound = Mapping[Codec, bytes]
"""Octets as they go out, in every codec: a prompt is encoded once, not for each who hears it."""


def encoded(samples: Samples) -> Sound:
    """Takes a while for long ones: not for the ticker's thread."""
    return {codec: encode(samples, codec) for codec in CODECS}


@dataclass(slots=True)
class Playing:
    """`play` is the id its end is told by; 0 for what nobody waits for."""

    sound: Sound
    play: int = 0
    loop: bool = False
    interruptible: bool = False
    _at: int = 0

    def next(self, codec: Codec) -> bytes | None:
        """The next 160 octets; the last ones are filled up with silence. None: it is over."""
        octets = self.sound[codec]
        frame, self._at = octets[self._at : self._at + FRAME], self._at + FRAME
        if len(frame) == FRAME:
            return frame
        if self.loop and octets:
            return self._from_the_start(frame, octets)
        return frame.ljust(FRAME, bytes([QUIET[codec]])) if frame else None

    def _from_the_start(self, frame: bytes, octets: bytes) -> bytes:
        self._at = (FRAME - len(frame)) % len(octets)
        return (frame + octets * (FRAME // len(octets) + 1))[:FRAME]


class Shelf:
    """Files that were played lately, ready to be played again; read anew when they changed."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, int, int], Sound] = OrderedDict()

    def load(self, path: str) -> Sound:
        """Raises MediaError. Touches the disk: not for the ticker's thread."""
        try:
            status = Path(path).stat()
            key = (path, status.st_mtime_ns, status.st_size)
            if key not in self._files:
                self._keep(key, encoded(wav.read(Path(path).read_bytes())))
        except OSError as error:
            raise MediaError(f"{Path(path).name} cannot be played: {error.strerror}") from error
        self._files.move_to_end(key)
        return self._files[key]

    def _keep(self, key: tuple[str, int, int], sound: Sound) -> None:
        self._files[key] = sound
        while sum(len(sound[CODECS[0]]) for sound in self._files.values()) > _KEPT_SAMPLES and len(self._files) > 1:
            self._files.popitem(last=False)
