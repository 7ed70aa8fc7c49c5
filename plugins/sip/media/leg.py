"""One party's audio in the worker: packets to octets and back."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from plugins.sip.media import rtp, tones
from plugins.sip.media.engine import Codec, Crypto, DigitSource, Direction, Statistics
from plugins.sip.media.g711 import CODECS, FRAME, QUIET, RATE
from plugins.sip.media.jitter import JitterBuffer
from plugins.sip.media.playing import Playing
from plugins.sip.media.reception import Reception
from plugins.sip.media.rtp_socket import Address, RtpSocket
from plugins.sip.media.srtp import NotAuthentic, Srtp
from plugins.sip.media.telephone_event import Listener, Presser

_ECHO: Final = 0.25
"""Seconds in which a key heard as tone and as event is one key: some peers send both."""


class Leg:
    """`pressed(leg, key, source)` is told each key that comes in."""

    def __init__(self, name: str, socket: RtpSocket, pressed: Callable[[Leg, str, DigitSource], None]) -> None:
        self.name = name
        self.socket = socket
        self.codec = 0
        self.event_kind: int | None = None
        self.direction = Direction.INACTIVE
        self.room = ""
        self.held = False
        self.playing: Playing | None = None
        self.wanted_play = 0
        self.last_heard = 0.0
        self.told_silence = False
        self.started = False
        self._pressed = pressed
        self._kinds: frozenset[int] = frozenset()
        self._sequence, self._timestamp = random.getrandbits(16), random.getrandbits(32)
        self._source = random.getrandbits(32)
        self._far_source: int | None = None
        self._jitter = JitterBuffer(QUIET[CODECS[0]])
        self._reception = Reception()
        self._listener, self._presser = Listener(), Presser()
        self._tones: Playing | None = None
        self._inband: tuple[str, float] = ("", 0.0)
        self._has_events = False
        self._srtp: Srtp | None = None
        self._crypto: Crypto | None = None
        self._sent = self._refused = 0
        self._marker = True

    def connect(
        self,
        remote: Address,
        codec: Codec,
        event_kind: int | None,
        crypto: Crypto | None,
        direction: Direction,
        *,
        learn: bool,
        now: float,
    ) -> None:
        """As agreed. Raises OSError."""
        self.socket.aim(remote, learn=learn)
        if codec is not CODECS[self.codec]:
            self._jitter = JitterBuffer(QUIET[codec], late=self._jitter.late)
        if crypto != self._crypto:
            self._srtp, self._crypto = Srtp(crypto) if crypto else None, crypto
        self.codec, self.event_kind, self.direction = CODECS.index(codec), event_kind, direction
        self._kinds = frozenset({codec.payload_type} | ({event_kind} if event_kind is not None else set()))
        self.last_heard, self.told_silence, self.started = now, False, True

    def receive(self, now: float) -> None:
        """Read one packet; `now` in seconds of the local clock."""
        datagram = self.socket.receive(self._agreed)
        if datagram is None:
            return
        try:
            self._heard(self._srtp.unprotect(datagram) if self._srtp else datagram, now)
        except (rtp.NotRtp, NotAuthentic):
            self._refused += 1

    def take(self) -> bytes | None:
        """The next 20 ms from the far side."""
        return self._jitter.take()

    def send(self, payload: bytes, ticks: int) -> None:
        """The next 20 ms to the far side; `ticks` have gone by since the last, 1 unless we were late."""
        self._timestamp += FRAME * ticks
        event = None if self._presser.idle else self._presser.next()
        if not self.direction.sending:
            self._marker = True
            return
        kind, timestamp, marker = CODECS[self.codec].payload_type, self._timestamp, self._marker
        if event and self.event_kind is not None:
            kind, timestamp, payload, marker = self.event_kind, timestamp - event.back, event.payload, event.marker
        self._sequence += 1
        datagram = rtp.build(kind, self._sequence, timestamp, self._source, payload, marker=marker)
        self._sent += self.socket.send(self._srtp.protect(datagram) if self._srtp else datagram)
        self._marker = False

    def press(self, keys: str) -> None:
        """Send keys. Raises ValueError when one is none."""
        if self.event_kind is not None:
            self._presser.press(keys)
        else:
            self._tones = Playing(tones.keys(keys))

    def sounding(self) -> Playing | None:
        """What it hears instead of its room: keys first, then prompt or music."""
        return self._tones or self.playing

    def sounded(self) -> None:
        """What it heard is over."""
        if self._tones:
            self._tones = None
        else:
            self.playing = None

    def inband(self, key: str, now: float) -> None:
        """A key was recognised by its tones; nothing new to a leg whose keys come as events."""
        if not self._has_events:
            self._inband = (key, now)
            self._pressed(self, key, DigitSource.INBAND)

    def statistics(self) -> Statistics:
        """Up to now."""
        return Statistics(
            sent=self._sent,
            received=self._reception.received,
            lost=self._reception.lost,
            late=self._jitter.late,
            refused=self._refused + self.socket.refused,
            jitter_ms=round(1000 * self._reception.jitter / RATE, 1),
        )

    def _agreed(self, datagram: bytes) -> bool:
        return len(datagram) >= rtp.SIZE and datagram[0] >> 6 == 2 and datagram[1] & 0x7F in self._kinds

    def _heard(self, datagram: bytes, now: float) -> None:
        kind, _marker, sequence, timestamp, source, payload = rtp.parse(datagram)
        if kind not in self._kinds:
            self._refused += 1
            return
        if source != self._far_source:
            self._far_source = source
            self._jitter = JitterBuffer(self._jitter.quiet, late=self._jitter.late)
            self._reception.restart()
            self._listener.restart()
        self.last_heard = now
        self._reception.heard(sequence, timestamp, now * RATE)
        if kind == self.event_kind:
            self._event(timestamp, payload, now)
        else:
            self._jitter.put(timestamp, payload)

    def _event(self, timestamp: int, payload: bytes, now: float) -> None:
        key = self._listener.heard(timestamp, payload)
        if key is None:
            return
        self._has_events = True
        if self._inband[0] != key or now - self._inband[1] > _ECHO:
            self._pressed(self, key, DigitSource.TELEPHONE_EVENT)
        self._inband = ("", 0.0)
