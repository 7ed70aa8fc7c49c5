"""Tones that say something of the line (ITU-T E.180, T.30): busy, a fax machine that calls, one that answers."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from plugins.sip.media.engine import ToneKind
from plugins.sip.media.g711 import FRAME, Samples
from plugins.sip.media.per_leg import Flags, PerLeg
from plugins.sip.media.spectrum import FULL_SCALE, Bank, Rows, total

_CNG: Final = (1070.0, 1085.0, 1100.0, 1115.0, 1130.0)
"""T.30 §4.3.3 allows 38 Hz either way, and a window of 20 ms hears well what is within 15 Hz."""
_CED: Final = (2090.0, 2100.0, 2110.0)  # within 15 Hz
_LINE: Final = (350.0, 400.0, 425.0, 450.0, 465.0, 480.0, 620.0)
_FAINTEST: Final = FULL_SCALE * 10 ** (-40 / 10)
_SHARE: Final = 0.75
_PAUSE_BELOW: Final = 10.0
"""In a pause of busy there is at least 10 dB less than in its tone."""
_AT_CNG: Final = slice(len(_LINE), -len(_CED))
_AT_CED: Final = slice(-len(_CED), None)
_PAIR: Final = [_LINE.index(480.0), _LINE.index(620.0)]  # North America's busy has both
_SILENT, _OTHER, _IS_LINE, _IS_CNG, _IS_CED = range(5)
_CNG_FRAMES: Final = 20  # of the 0.5 s that T.30 §4.3.3 has
_CED_FRAMES: Final = 50  # of 2.6 to 4 s
_BEAT: Final = range(8, 40)
"""Frames that busy or congestion lasts on or off: 0.2 to 0.7 s. Ringing is on for at least 0.4 and off for 2 s."""
_BEATS: Final = 6
_RIPPLE: Final = 2
"""A beat's edges may each fall into a frame of their own."""


class ToneDetector(PerLeg):
    """State of `count` legs, a row each."""

    kept = ("_kind", "_run", "_beats", "_tone_power")

    def __init__(self, count: int) -> None:
        self._bank = Bank([*_LINE, *_CNG, *_CED], FRAME)
        self._kind = np.full(count, _SILENT)
        self._run = np.zeros(count, np.int64)
        self._beats = np.zeros(count, np.int64)
        self._tone_power = np.zeros(count, np.float32)

    def heard(self, frames: Samples) -> list[tuple[int, ToneKind]]:
        """One frame of each leg (count, 160): rows and the tones that were recognised now."""
        kind = self._kinds(frames.astype(np.float32))
        changed = kind != self._kind
        beat = self._count_beats(changed, kind)
        self._run = np.where(changed, 1, self._run + 1)
        self._kind = kind
        return [
            *_found((kind == _IS_CNG) & (self._run == _CNG_FRAMES), ToneKind.CNG),
            *_found((kind == _IS_CED) & (self._run == _CED_FRAMES), ToneKind.CED),
            *_found(beat & (self._beats == _BEATS), ToneKind.BUSY),
        ]

    def _count_beats(self, changed: Flags, kind: npt.NDArray[np.int64]) -> Flags:
        """Count tones and pauses of the right length after one another; anything else begins at nought."""
        ended, long_enough = self._kind, (self._run >= _BEAT.start) & (self._run < _BEAT.stop)
        beat: Flags = changed & long_enough & ((ended == _IS_LINE) | (ended == _SILENT))
        edge = (ended == _OTHER) & (self._run <= _RIPPLE)
        self._beats = np.where(beat, self._beats + 1, np.where(changed & ~edge, 0, self._beats))
        self._beats[~changed & (kind == _OTHER) & (self._run >= _RIPPLE)] = 0
        return beat

    def _kinds(self, frames: Rows) -> npt.NDArray[np.int64]:
        """What each frame is. Silence is what is far below the tone just heard: lines are never quite silent."""
        powers, sum_of_all = self._bank.powers(frames), total(frames)
        self._tone_power[(self._kind == _SILENT) & (self._run > _BEAT.stop)] = 0
        silent = sum_of_all < np.maximum(_FAINTEST, self._tone_power / _PAUSE_BELOW)
        kind = np.where(silent, _SILENT, _OTHER)
        line = np.maximum(powers[: len(_LINE)].max(axis=0), powers[_PAIR].sum(axis=0))
        calling, answering = (powers[at].max(axis=0) for at in (_AT_CNG, _AT_CED))
        for share, is_kind in ((line, _IS_LINE), (calling, _IS_CNG), (answering, _IS_CED)):
            kind = np.where((kind == _OTHER) & (share > _SHARE * sum_of_all), is_kind, kind)
        self._tone_power = np.where(kind == _IS_LINE, sum_of_all, self._tone_power)
        return kind


def _found(rows: Flags, kind: ToneKind) -> list[tuple[int, ToneKind]]:
    return [(int(row), kind) for row in np.flatnonzero(rows)]
