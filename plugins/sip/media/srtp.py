"""SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711): each direction has its own master key and salt."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from plugins.sip.media import rtp
from plugins.sip.media.engine import Crypto

KEY_BYTES: Final = 30
TAG: Final = 10
_WINDOW: Final = 64
_HALF: Final = 0x8000
_ENCRYPTION, _AUTHENTICATION, _SALT = 0, 1, 2


class NotAuthentic(ValueError):
    """Forged, damaged, replayed, or meant for other keys."""


def derive(master: bytes, label: int, size: int) -> bytes:
    """A session key (§4.3.1, key derivation rate 0)."""
    key, salt = master[:16], master[16:KEY_BYTES]
    start = int.from_bytes(salt) ^ (label << 48)
    return _keystream(key, start << 16, bytes(size))


def _keystream(key: bytes, counter: int, data: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CTR(counter.to_bytes(16))).encryptor()
    return cipher.update(data) + cipher.finalize()


class SessionKeys:
    """Of one direction; audio's labels begin at 0, those of reports at 3 (§4.3)."""

    def __init__(self, master: bytes, first_label: int = 0) -> None:
        self._key = derive(master, first_label + _ENCRYPTION, 16)
        self._tagger = hmac.new(derive(master, first_label + _AUTHENTICATION, 20), digestmod=hashlib.sha1)
        self._salt = int.from_bytes(derive(master, first_label + _SALT, 14)) << 16

    def crypt(self, source: int, index: int, payload: bytes) -> bytes:
        """§4.1.1; both ways alike."""
        return _keystream(self._key, self._salt ^ (source << 64) ^ (index << 16), payload)

    def tag(self, packet: bytes, rollover: int) -> bytes:
        """§4.2.1."""
        tagger = self._tagger.copy()
        tagger.update(packet + rollover.to_bytes(4))
        return tagger.digest()[:TAG]


class Srtp:
    """Both directions of one leg. Raises ValueError when a key has the wrong length."""

    def __init__(self, crypto: Crypto) -> None:
        _check(crypto)
        self._crypto = crypto
        self._out, self._in = SessionKeys(crypto.sending), SessionKeys(crypto.receiving)
        self._sent_rollover = 0
        self._sent_last: int | None = None
        self._sent_source: int | None = None
        self._source: int | None = None
        self._highest = -1  # index of the newest authentic packet, 48 bits
        self._seen = 0  # bit n: the index n below it has come

    def rekey(self, crypto: Crypto) -> None:
        """As agreed anew: a direction whose key stays goes on counting, the other begins again. Raises ValueError."""
        _check(crypto)
        if crypto.sending != self._crypto.sending:
            self._out, self._sent_rollover, self._sent_last = SessionKeys(crypto.sending), 0, None
        if crypto.receiving != self._crypto.receiving:
            self._in, self._source, self._highest, self._seen = SessionKeys(crypto.receiving), None, -1, 0
        self._crypto = crypto

    def protect(self, datagram: bytes) -> bytes:
        """Encrypt and sign one packet of ours."""
        sequence, source = int.from_bytes(datagram[2:4]), int.from_bytes(datagram[8:12])
        if source != self._sent_source:  # a stream of its own, with numbers of its own (§3.2.3)
            self._sent_source, self._sent_rollover = source, 0
        elif self._sent_last is not None and self._sent_last - sequence > _HALF:
            self._sent_rollover += 1
        self._sent_last = sequence
        index = self._sent_rollover << 16 | sequence
        packet = datagram[: rtp.SIZE] + self._out.crypt(source, index, datagram[rtp.SIZE :])
        return packet + self._out.tag(packet, self._sent_rollover)

    def unprotect(self, datagram: bytes) -> bytes:
        """Check and decrypt one of theirs. Raises NotAuthentic, NotRtp."""
        if len(datagram) < rtp.SIZE + TAG:
            raise NotAuthentic("too short")
        packet, tag = datagram[:-TAG], datagram[-TAG:]
        start, source = rtp.payload_start(packet, packet[0]), int.from_bytes(packet[8:12])
        highest = self._highest if source == self._source else -1
        index = _index(int.from_bytes(packet[2:4]), highest)
        if not hmac.compare_digest(tag, self._in.tag(packet, index >> 16)):
            raise NotAuthentic("its signature is wrong")
        self._once(source, index)
        return packet[:start] + self._in.crypt(source, index, packet[start:])

    def _once(self, source: int, index: int) -> None:
        """Refuse what has come before (§3.3.2)."""
        if source != self._source:
            self._source, self._highest, self._seen = source, index, 1
            return
        behind = self._highest - index
        if behind >= _WINDOW or (behind >= 0 and self._seen >> behind & 1):
            raise NotAuthentic("it has come before")
        if behind < 0:
            self._seen = (self._seen << -behind | 1) & (1 << _WINDOW) - 1
            self._highest = index
        else:
            self._seen |= 1 << behind


def _check(crypto: Crypto) -> None:
    if len(crypto.sending) != KEY_BYTES or len(crypto.receiving) != KEY_BYTES:
        raise ValueError(f"a key and salt have {KEY_BYTES} bytes")


def _index(sequence: int, highest: int) -> int:
    """The packet's index guessed from the newest one (§3.3.1)."""
    if highest < 0:
        return sequence
    rollover, newest = highest >> 16, highest & 0xFFFF
    if newest < 0x8000 and sequence - newest > 0x8000:
        rollover -= 1
    elif newest >= 0x8000 and newest - sequence > 0x8000:
        rollover += 1
    return max(0, rollover) << 16 | sequence
