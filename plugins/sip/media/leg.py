"""One party's audio in the worker: all of it that is not in arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from plugins.sip.media import rtp, tones
from plugins.sip.media.control import Control
from plugins.sip.media.engine import Codec, Crypto, DigitSource, Direction
from plugins.sip.media.g711 import BY_PAYLOAD_TYPE, CODECS, transcode
from plugins.sip.media.lending import Lent
from plugins.sip.media.playing import Playing, encoded
from plugins.sip.media.rtcp import is_rtcp
from plugins.sip.media.rtp_socket import Address, RtpSocket
from plugins.sip.media.srtp import NotAuthentic, Srtp
from plugins.sip.media.telephone_event import Listener, Presser

_ECHO: Final = 0.25
"""Seconds in which a key heard as tone and as event is one key: some peers send both."""


class Leg:
    """`pressed(leg, key, source)` is told each key that comes in."""

    def __init__(self, name: str, socket: RtpSocket, pressed: Callable[[Leg, str, DigitSource], None]) -> None:
        self.name, self.socket = name, socket
        self.row = 0  # in the arrays; others come and go
        self.codec = CODECS[0]
        self.event_kind: int | None = None
        self.direction = Direction.INACTIVE
        self.started = False
        self.plain = True  # what is to be sent goes out as it is
        self.room = ""
        self.held = False
        self.playing: Playing | None = None
        self.tones: Playing | None = None  # keys that are being pressed, before anything else
        self.wanted_play = 0
        self.told_silence = False
        self.refused = 0
        self.reports = False  # its far side is told every few seconds how it goes
        self.came = False  # a packet that waits to be taken in
        self.kinds: frozenset[int] = frozenset()
        self.lent: Lent | None = None  # who speaks to the far side instead of us, and hears it too
        self._pressed = pressed
        self._listener, self._presser = Listener(), Presser()
        self._inband: tuple[str, float] = ("", 0.0)
        self._has_events = False
        self._srtp: Srtp | None = None
        self.control = Control(socket.control)

    @property
    def sending(self) -> bool:
        """Whether packets of ours go out."""
        return self.started and self.direction.sending and self.lent is None

    def connect(
        self,
        remote: Address,
        codec: Codec,
        event_kind: int | None,
        crypto: Crypto | None,
        direction: Direction,
        *,
        learn: bool,
        rtcp: int,
    ) -> None:
        """As agreed. Raises OSError, and ValueError for a key of the wrong length."""
        if crypto is None:
            self._srtp = None
        elif self._srtp is None:
            self._srtp = Srtp(crypto)
        else:
            self._srtp.rekey(crypto)
        self.socket.aim(remote, self._agreed, learn=learn)
        shared = self._report if rtcp == remote[1] else None
        self.control.aim((remote[0], rtcp or remote[1] + 1), self.socket.far_hosts, shared)
        self.control.encrypt(crypto)
        self.codec, self.event_kind, self.direction = codec, event_kind, direction
        self.kinds = frozenset(BY_PAYLOAD_TYPE) | ({event_kind} if event_kind is not None else set())
        self.told_silence, self.started = False, True
        self._dress()

    def read(self) -> bytes | None:
        """The next datagram that came from the far side, decrypted."""
        try:
            datagram = self.socket.read()
        except OSError:  # nothing there; or what we sent was refused
            return None
        plain = self._decrypted(datagram) if self._srtp else datagram
        if self.lent is not None and plain is not None and not is_rtcp(plain):
            self.lent.give(plain)
        return plain

    def say(self, datagram: bytes) -> bool:
        """Whether a packet went out, as it is but for encryption and keys that are being pressed."""
        try:
            self.socket.write(datagram if self.plain else self.dressed(datagram))
        except OSError:  # the far side is not there, or a buffer is full
            return False
        return True

    def dressed(self, datagram: bytes) -> bytes:
        """As it goes to the far side of a leg that is not `plain`: encrypted; a key that is being pressed instead."""
        if self._presser.waiting:
            datagram = self._with_key(datagram)
            self._dress()
        return self._srtp.protect(datagram) if self._srtp else datagram

    def press(self, keys: str) -> None:
        """Send keys. Raises ValueError when one is none."""
        if self.event_kind is not None:
            self._presser.press(keys)
            self._dress()
        else:
            self.tones = Playing(encoded(tones.keys(keys)))

    def sounded(self) -> None:
        """What it heard is over."""
        if self.tones:
            self.tones = None
        else:
            self.playing = None

    def inband(self, key: str, now: float) -> None:
        """A key was recognised by its tones; nothing new to a leg whose keys come as events."""
        if not self._has_events:
            self._inband = (key, now)
            self._pressed(self, key, DigitSource.INBAND)

    def event(self, packet: rtp.Packet, now: float) -> None:
        """A packet of a key came."""
        key = self._listener.heard(packet.timestamp, packet.payload)
        if key is None:
            return
        self._has_events = True
        if self._inband[0] != key or now - self._inband[1] > _ECHO:
            self._pressed(self, key, DigitSource.TELEPHONE_EVENT)
        self._inband = ("", 0.0)

    def octets(self, packet: rtp.Packet) -> bytes:
        """A packet's audio in the leg's codec; empty for comfort noise and the like.

        Whoever named both kinds of G.711 may change from one to the other at any time (RFC 3264 §6.1).
        """
        codec = BY_PAYLOAD_TYPE.get(packet.kind)
        return transcode(packet.payload, codec, self.codec) if codec else b""

    def new_source(self) -> None:
        """The far side's timestamps begin anew."""
        self._listener.restart()

    def close(self) -> None:
        """Free its ports."""
        self.socket.close()
        self.control.close()

    def _dress(self) -> None:
        self.plain = not (self._presser.waiting or self._srtp)

    def _report(self, datagram: bytes) -> None:
        """Where the audio goes; the way may change with each agreement."""
        self.socket.write(datagram)

    def _decrypted(self, datagram: bytes) -> bytes | None:
        assert self._srtp is not None
        if is_rtcp(datagram):
            self.control.take(datagram)
            return None
        try:
            return self._srtp.unprotect(datagram)
        except (rtp.NotRtp, NotAuthentic):
            self.refused += 1
            return None

    def _with_key(self, datagram: bytes) -> bytes:
        event = self._presser.next()
        return event.instead_of(datagram, self.event_kind) if event and self.event_kind is not None else datagram

    def _agreed(self, datagram: bytes) -> bool:
        return len(datagram) >= rtp.SIZE and datagram[0] >> 6 == 2 and datagram[1] & 0x7F in self.kinds
