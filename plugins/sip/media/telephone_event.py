"""Keys as RTP events (RFC 4733): four octets say which key, how long already, and whether it is over."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from plugins.sip.media.g711 import FRAME

_EVENT: Final = struct.Struct("!BBH")
KEYS: Final = "0123456789*#ABCD"
_END: Final = 0x80
_VOLUME: Final = 10  # -10 dBm0
_PRESS: Final = 5  # frames: 100 ms
_PAUSE: Final = 4
_REPEATS: Final = 3  # §2.5.1.4: the end is sent three times, for packets get lost


@dataclass(slots=True)
class Listener:
    """Tells each press once, at its first packet: packets of one press share a timestamp (§2.5.1.2)."""

    _last: int | None = None

    def heard(self, timestamp: int, payload: bytes) -> str | None:
        """The key, if this packet is the first of its press. Events that are no keys (flash, tones) are passed over."""
        if len(payload) < _EVENT.size or timestamp == self._last:
            return None
        event = payload[0]
        if event >= len(KEYS):
            return None
        if self._last is not None and (timestamp - self._last) & 0xFFFFFFFF > 0x80000000:
            return None  # a straggler of an earlier press
        self._last = timestamp
        return KEYS[event]

    def restart(self) -> None:
        """Another source, with timestamps of its own."""
        self._last = None


@dataclass(frozen=True, slots=True)
class EventPacket:
    """What to send in this frame instead of audio; `back` is how many samples ago the press began."""

    payload: bytes
    marker: bool
    back: int

    def instead_of(self, datagram: bytes, kind: int) -> bytes:
        """The datagram for it; the one of audio that it replaces gives the header. The time is when the press began."""
        began = (int.from_bytes(datagram[4:8]) - self.back) & 0xFFFFFFFF
        second = kind | 0x80 if self.marker else kind
        return bytes([datagram[0], second]) + datagram[2:4] + began.to_bytes(4) + datagram[8:12] + self.payload


@dataclass(slots=True)
class Presser:
    """Keys to be pressed, a packet a frame."""

    waiting: deque[str] = field(default_factory=deque)
    _frame: int = 0

    def press(self, keys: str) -> None:
        """Append keys; raises ValueError when one is none."""
        if unknown := set(keys) - set(KEYS):
            raise ValueError(f"{''.join(sorted(unknown))!r} is no key")
        self.waiting.extend(keys)

    def next(self) -> EventPacket | None:
        """The packet for this frame; None is a pause or nothing at all."""
        if not self.waiting:
            return None
        frame, last = self._frame, _PRESS + _REPEATS - 1
        self._frame += 1
        if frame > last:
            if frame >= last + _PAUSE:
                self.waiting.popleft()
                self._frame = 0
            return None
        ended = frame >= _PRESS
        duration = min(frame + 1, _PRESS) * FRAME
        flags = _VOLUME | (_END if ended else 0)
        payload = _EVENT.pack(KEYS.index(self.waiting[0]), flags, duration)
        return EventPacket(payload, marker=frame == 0, back=frame * FRAME)
