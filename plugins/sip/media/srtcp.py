"""SRTCP (RFC 3711 §3.4) with AES_CM_128_HMAC_SHA1_80: reports under the same master keys as the audio."""

from __future__ import annotations

import hmac
from typing import Final

from plugins.sip.media.engine import Crypto
from plugins.sip.media.srtp import TAG, NotAuthentic, SessionKeys

_CLEAR: Final = 8  # header and source are not encrypted
_WORD: Final = 4
_ENCRYPTED: Final = 0x80000000
_FIRST_LABEL: Final = 3  # §4.3.2


class Srtcp:
    """Both directions of one leg; they count packets of their own, in the packets."""

    def __init__(self, crypto: Crypto) -> None:
        self._out, self._in = (SessionKeys(key, _FIRST_LABEL) for key in (crypto.sending, crypto.receiving))
        self._sent = 0
        self._highest = -1

    def protect(self, datagram: bytes) -> bytes:
        """Encrypt and sign a compound packet of ours."""
        word, source = _ENCRYPTED | self._sent, int.from_bytes(datagram[4:_CLEAR])
        packet = datagram[:_CLEAR] + self._out.crypt(source, self._sent, datagram[_CLEAR:])
        self._sent += 1
        return packet + word.to_bytes(_WORD) + self._out.tag(packet, word)

    def unprotect(self, datagram: bytes) -> bytes:
        """Check and decrypt one of theirs; late ones are refused with repeated ones. Raises NotAuthentic."""
        if len(datagram) < _CLEAR + _WORD + TAG:
            raise NotAuthentic("too short")
        packet, word, tag = datagram[: -TAG - _WORD], datagram[-TAG - _WORD : -TAG], datagram[-TAG:]
        number = int.from_bytes(word)
        if not hmac.compare_digest(tag, self._in.tag(packet, number)):
            raise NotAuthentic("its signature is wrong")
        index = number & ~_ENCRYPTED
        if index <= self._highest:
            raise NotAuthentic("it has come before")
        self._highest = index
        if not number & _ENCRYPTED:
            return packet
        return packet[:_CLEAR] + self._in.crypt(int.from_bytes(packet[4:_CLEAR]), index, packet[_CLEAR:])
