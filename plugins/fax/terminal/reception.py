"""The audio of a modem as it was sent: by sequence number, never by our clock.

A jitter buffer that follows the clock drops or doubles a frame now and then, which ears forgive and modems do not. So
frames are taken in the order of their numbers, however late they are; one that is lost is made up for by the one
before it, for silence would cost the carrier.
"""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = struct.Struct("!BBHII")
SIZE: Final = _HEADER.size
_VERSION: Final = 0x80
_PLAIN_AUDIO: Final = 0x7F
_WRAP: Final = 0x10000
_PATIENCE: Final = 5
"""Ticks a gap is waited for before it counts as lost."""
_LONGEST_GAP: Final = 50
"""Frames that are made up for; after a longer gap the stream begins anew."""
_OWED: Final = 50
"""Frames that may be missing before the far side counts as quiet: what is merely late is heard whole."""
_AHEAD: Final = -100
"""As many ticks may find nothing after a burst."""
_LARGEST: Final = 1600
"""Octets of a frame: 200 ms."""


def build(kind: int, sequence: int, timestamp: int, source: int, payload: bytes, *, marker: bool = False) -> bytes:
    """One datagram (RFC 3550 §5.1); the counters are cut to their width."""
    second = kind | 0x80 if marker else kind
    return _HEADER.pack(_VERSION, second, sequence % _WRAP, timestamp & 0xFFFFFFFF, source) + payload


class Reception:
    """Fed with datagrams, asked once a tick. `kind` is the payload type of the audio."""

    def __init__(self, kind: int) -> None:
        self._kind = kind
        self._source: int | None = None
        self._next = 0
        self._waiting: dict[int, bytes] = {}
        self._last = b""
        self._gap = 0
        self.lost = 0

    def put(self, datagram: bytes) -> None:
        """One has come; what is no plain packet of ours is left alone (keys, comfort noise, RTCP)."""
        if not SIZE < len(datagram) <= SIZE + _LARGEST or datagram[0] != _VERSION:
            return
        _, second, sequence, _, source = _HEADER.unpack_from(datagram)
        if second & _PLAIN_AUDIO != self._kind:
            return
        if source != self._source or abs(self._ahead(sequence)) > _LONGEST_GAP:
            self._source, self._next, self._waiting = source, sequence, {}
        if self._ahead(sequence) >= 0:
            self._waiting.setdefault(sequence, datagram[SIZE:])

    def take(self) -> list[bytes]:
        """The frames whose turn it is; empty when nothing has come."""
        frames = self._in_turn()
        self._gap = self._gap + 1 if self._waiting and not frames else 0
        if self._gap > _PATIENCE:
            frames = [*self._made_up(), *self._in_turn()]
        return frames

    def _ahead(self, sequence: int) -> int:
        return (sequence - self._next + _WRAP // 2) % _WRAP - _WRAP // 2

    def _in_turn(self) -> list[bytes]:
        frames = []
        while self._next in self._waiting:
            self._last = self._waiting.pop(self._next)
            frames.append(self._last)
            self._next = (self._next + 1) % _WRAP
        return frames

    def _made_up(self) -> list[bytes]:
        """For those that will not come any more."""
        missing = min(map(self._ahead, self._waiting))
        self.lost += missing
        self._next, self._gap = (self._next + missing) % _WRAP, 0
        return [self._last] * missing


class Quiet:
    """What has come against what was due: after a stall of ours both come in bursts and not in pairs, and that is no
    reason to tell a machine of a quiet that there never was."""

    def __init__(self) -> None:
        self._owed, self._filling = 0.0, False

    def fills(self, came: float) -> bool:
        """Whether to make up for a tick in which so many frames of 20 ms came."""
        if came and self._filling:
            self._owed = 0.0
        self._owed = max(_AHEAD, self._owed + 1 - came)
        self._filling = not came and self._owed > _OWED
        if self._filling:
            self._owed -= 1
        return self._filling
