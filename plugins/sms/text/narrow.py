"""What goes in the narrow coding, 160 characters to a short message: not every far side takes all a handset knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from plugins.sms.text.gsm0338 import OCTETS


@dataclass(frozen=True, slots=True)
class Narrow:
    """The characters of the GSM alphabet that a far side takes, and how many units of a text that is not cut."""

    chars: frozenset[str]
    whole: int = 160


HANDSETS: Final = Narrow(frozenset(OCTETS))
LATIN1: Final = Narrow(frozenset(char for char in OCTETS if ord(char) < 0x100))
"""A far side that is told Latin-1 has no € and no Greek."""
ASCII: Final = Narrow(frozenset(char for char in OCTETS if char.isascii()), whole=159)
"""Msg_Length of an ASCII text is less than 160 (CMPP 2.0 §7.4.3.1)."""
