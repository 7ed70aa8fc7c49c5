"""Where a call stands, read from T.30's control frames (§5.3.6) as they go by in either direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from plugins.fax.terminal.job import Phase

_CONTROL: Final = 0x03
"""The address octet's companion: an unnumbered frame that others follow, or that is the last."""
_EITHER: Final = 0xFE  # the lowest bit says who called
_AGREEING: Final = frozenset({0x80, 0x82, 0x44})  # DIS or DTC, DCS, FTT
_CONFIRMED: Final = 0x84  # CFR
_AFTER: Final = frozenset({0x4E, 0x8E, 0x2E})  # MPS, EOM, EOP
_PARTIAL: Final = 0xBE  # PPS, whose next octet is one of the above, or 0 between blocks of a page
_RECEIVED: Final = 0x8C  # MCF
_NEXT_PAGE: Final = frozenset({0x4E, 0x00})


class Frames:
    """Follows them."""

    def __init__(self) -> None:
        self.phase = Phase.CALLING
        self._asked = 0

    def saw(self, octets: Sequence[int]) -> bool:
        """One went by: address, control, function, and what follows. Whether the phase is another now."""
        before = self.phase
        if len(octets) > 2 and octets[1] & _EITHER | 1 in {0x03, 0x13}:
            self._function(octets[2] & _EITHER, octets[3] if len(octets) > 3 else 0)
        return self.phase is not before

    def _function(self, function: int, after: int) -> None:
        if function in _AGREEING:
            self.phase = Phase.AGREEING
        elif function == _CONFIRMED or (function == _RECEIVED and self._asked in _NEXT_PAGE):
            self.phase = Phase.PAGE
        elif function == _PARTIAL or function in _AFTER:
            self._asked = after & _EITHER if function == _PARTIAL else function
            self.phase = Phase.AFTER_PAGE
