"""Keys of SRTP in session descriptions (SDES, RFC 4568), of the one suite everybody has. Pure but for making keys."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from plugins.sip.wire.sdp import Media

SUITE: Final = "AES_CM_128_HMAC_SHA1_80"
KEY_BYTES: Final = 30
_INLINE: Final = re.compile(rb"(?<=inline:)[^|\s]+", re.IGNORECASE)
AVP, SAVP = "RTP/AVP", "RTP/SAVP"


class Encryption(StrEnum):
    """What a connection wants of its audio.

    OFF       never encrypted
    OPTIONAL  as the far side can: we offer keys without insisting (RFC 8643) and take every offer
    REQUIRED  no call without
    """

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Keying:
    """What we want, and our key and salt, by which we send."""

    wanted: Encryption = Encryption.OFF
    ours: bytes = field(default=b"", repr=False)

    @classmethod
    def fresh(cls, wanted: Encryption) -> Keying:
        """With a key nobody has."""
        return cls(wanted, b"" if wanted is Encryption.OFF else secrets.token_bytes(KEY_BYTES))

    @property
    def profile(self) -> str:
        """Of our offers."""
        return SAVP if self.wanted is Encryption.REQUIRED else AVP

    def attributes(self, number: str = "1") -> list[tuple[str, str]]:
        """Our line of a description: in an answer with the number of theirs it answers."""
        inline = base64.b64encode(self.ours).decode()
        return [("crypto", f"{number} {SUITE} inline:{inline}")] if self.ours else []

    def takes(self, media: Media) -> bool:
        """Whether a stream so described is secret enough, and not more than we can do."""
        if media.protocol == SAVP:
            return self.wanted is not Encryption.OFF and theirs(media) is not None
        return media.protocol == AVP and (self.wanted is not Encryption.REQUIRED or theirs(media) is not None)


def theirs(media: Media) -> tuple[str, bytes] | None:
    """(number, key and salt) of the first crypto line we can follow: our suite, one key, no MKI, no parameters."""
    return next((found for name, value in media.attributes if name == "crypto" and (found := _read(value))), None)


def without_keys(message: bytes) -> bytes:
    """A message as it may be kept: as long, its keys unreadable."""
    return _INLINE.sub(lambda found: b"x" * len(found[0]), message)


def _read(value: str) -> tuple[str, bytes] | None:
    words = value.split()
    if len(words) < 3 or words[1].upper() != SUITE or not words[2].lower().startswith("inline:"):
        return None
    if any(not word.startswith(("-", "WSH=")) for word in words[3:]):
        return None  # a parameter that changes what goes over the wire (§6.3.7)
    encoded, *more = words[2][len("inline:") :].split("|")
    if any(":" in each for each in more) or ";" in words[2]:
        return None
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    return (words[0], key) if len(key) == KEY_BYTES and words[0].isalnum() else None
