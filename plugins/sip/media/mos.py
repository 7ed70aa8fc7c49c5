"""What listeners would say of a line: the E-model (ITU-T G.107) for G.711, all it is not told at its defaults. Pure."""

from __future__ import annotations

import math
from typing import Final

_BEST: Final = 93.2  # R of a line without loss and delay (§7.7, table 2)
_NOTICED: Final = 100.0  # ms; mT, the delay nobody notices
_ROBUST: Final = {False: 4.3, True: 25.1}  # Bpl of G.711 without and with concealment (G.113 table I.4)


def mos(loss: float, delay_ms: float, *, concealed: bool = False) -> float:
    """1 (bad) to 4.4 (as good as G.711 gets), of random `loss`, 0 to 1, and `delay_ms` from mouth to ear; `concealed`
    when the receiver fills gaps with what came before them, as browsers and most phones do and bare mixing does not."""
    return _opinion(_BEST - _by_delay(delay_ms) - _by_loss(100 * loss, _ROBUST[concealed]))


def mouth_to_ear(round_trip_ms: float, jitter_ms: float) -> float:
    """An estimate of that delay in ms: half the way there and back, a packet of 20 ms, a buffer of twice the jitter."""
    return round_trip_ms / 2 + 20 + 2 * jitter_ms


def _by_loss(percent: float, robust: float) -> float:
    """Ie,eff of a codec that does no harm by itself (§7.5)."""
    return 95 * percent / (percent + robust)


def _by_delay(milliseconds: float) -> float:
    """Idd (§7.4): what long delay does to talking, without any echo."""
    if milliseconds <= _NOTICED:
        return 0.0
    times = math.log2(milliseconds / _NOTICED)
    return 25 * (_root(times) - 3 * _root(times / 3) + 2)


def _root(value: float) -> float:
    return float((1 + value**6) ** (1 / 6))


def _opinion(rating: float) -> float:
    """MOS of a rating R (annex B)."""
    if rating <= 0:
        return 1.0
    return max(1.0, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
