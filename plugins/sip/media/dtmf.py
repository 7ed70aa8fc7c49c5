"""Keys heard as tones (ITU-T Q.24), for many legs at once.

Windows of 20 ms, one each 10 ms. A window is a hit when one row and one column frequency hold most of its power, stand
out among their likes and are near each other in level. Three hits in a row are a key, three misses end it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from plugins.sip.media.g711 import FRAME, Samples
from plugins.sip.media.spectrum import FULL_SCALE, Bank, Rows, total
from plugins.sip.media.tones import KEY_COLUMNS, KEY_PAD, KEY_ROWS

_HOP: Final = FRAME // 2
_NONE: Final = -1
_HITS: Final = 3
_MISSES: Final = 3
_FAINTEST: Final = FULL_SCALE * 10 ** (-38 / 10)
"""Each frequency: -35 dBm0; Q.24 asks for -25 to -29, lines in the field lose more."""
_SHARE: Final = 0.55
"""Of a window's power in the two frequencies: speech has less, a key 1.5 % off its frequency more."""
_ABOVE_OTHERS: Final = 4.0  # 6 dB
_TWIST: Final = 10.0
"""How much stronger one may be than the other: 10 dB either way; Q.24 asks for 8 and 4."""


class KeyDetector:
    """State of `count` legs, a row each."""

    def __init__(self, count: int) -> None:
        self._bank = Bank([*KEY_ROWS, *KEY_COLUMNS], FRAME)
        self._before = np.zeros((count, FRAME), np.float32)
        self._candidate = np.full(count, _NONE)
        self._run = np.zeros(count, np.int64)
        self._down = np.full(count, _NONE)

    def heard(self, frames: Samples) -> list[tuple[int, str]]:
        """One frame of each leg (count, 160): rows and the keys that were pressed now."""
        now = frames.astype(np.float32)
        both = np.hstack([self._before[:, _HOP:], now])
        self._before = now
        pressed = self._step(both[:, :FRAME])
        return pressed + self._step(both[:, _HOP:])

    def take_over(self, old: KeyDetector, rows: npt.NDArray[np.intp], old_rows: npt.NDArray[np.intp]) -> None:
        """Go on where another left off, for legs that changed their row."""
        for name in ("_before", "_candidate", "_run", "_down"):
            getattr(self, name)[rows] = getattr(old, name)[old_rows]

    def _step(self, windows: Rows) -> list[tuple[int, str]]:
        key = self._keys(windows)
        same = key == self._candidate
        self._run = np.where(same, self._run + 1, 1)
        self._candidate = key
        ended = (key == _NONE) & (self._run >= _MISSES)
        self._down[ended] = _NONE
        new = (key != _NONE) & (self._run == _HITS) & (key != self._down)
        self._down[new] = key[new]
        return [(int(row), KEY_PAD[key[row] // 4][key[row] % 4]) for row in np.flatnonzero(new)]

    def _keys(self, windows: Rows) -> npt.NDArray[np.int64]:
        """What each window sounds like: 4 · row + column, or none."""
        powers = self._bank.powers(windows)
        rows, columns = powers[:, :4], powers[:, 4:]
        row, column = rows.argmax(axis=1), columns.argmax(axis=1)
        low, high = rows.max(axis=1), columns.max(axis=1)
        is_key = (np.minimum(low, high) > _FAINTEST) & (low + high > _SHARE * total(windows))
        is_key &= (low < _TWIST * high) & (high < _TWIST * low)
        is_key &= (low > _ABOVE_OTHERS * _second(rows)) & (high > _ABOVE_OTHERS * _second(columns))
        return np.where(is_key, 4 * row + column, _NONE)


def _second(powers: Rows) -> Rows:
    """The second largest of each row."""
    second: Rows = np.partition(powers, -2, axis=1)[:, -2]
    return second
