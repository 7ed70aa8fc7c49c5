"""Keys heard as tones (ITU-T Q.24), for many legs at once.

Windows of 20 ms, one each 10 ms. A window is a hit when one row and one column frequency hold most of its power, stand
out among their likes and are near each other in level. Three hits in a row are a key, three misses end it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from plugins.sip.media.g711 import FRAME, Samples
from plugins.sip.media.per_leg import Integers, PerLeg
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


class KeyDetector(PerLeg):
    """State of `count` legs, a row each."""

    kept = ("_before", "_candidate", "_run", "_down")

    def __init__(self, count: int) -> None:
        self._bank = Bank([*KEY_ROWS, *KEY_COLUMNS], FRAME)
        self._before = np.zeros((count, _HOP), np.float32)
        self._candidate = np.full(count, _NONE)
        self._run = np.zeros(count, np.int64)
        self._down = np.full(count, _NONE)

    def heard(self, frames: Samples) -> list[tuple[int, str]]:
        """One frame of each leg (count, 160): rows and the keys that were pressed now."""
        now, count = frames.astype(np.float32), len(frames)
        windows = np.empty((2 * count, FRAME), np.float32)
        windows[:count, :_HOP], windows[:count, _HOP:] = self._before, now[:, :_HOP]
        windows[count:] = now
        self._before = now[:, _HOP:]
        keys = self._keys(windows)
        return self._step(keys[:count]) + self._step(keys[count:])

    def _step(self, key: Integers) -> list[tuple[int, str]]:
        """What the next window of each leg sounds like."""
        same = key == self._candidate
        self._run = np.where(same, self._run + 1, 1)
        self._candidate = key
        silent = key == _NONE
        self._down[silent & (self._run >= _MISSES)] = _NONE
        new = ~silent & (self._run == _HITS) & (key != self._down)
        self._down[new] = key[new]
        return [(int(row), KEY_PAD[key[row] // 4][key[row] % 4]) for row in np.flatnonzero(new)]

    def _keys(self, windows: Rows) -> Integers:
        """What each window sounds like: 4 · row + column, or none."""
        powers = self._bank.powers(windows)
        rows, columns = powers[:4], powers[4:]
        low, high = rows.max(axis=0), columns.max(axis=0)
        is_key = (np.minimum(low, high) > _FAINTEST) & (low + high > _SHARE * total(windows))
        is_key &= (low < _TWIST * high) & (high < _TWIST * low)
        keys = np.full(len(windows), _NONE)
        for window in np.flatnonzero(is_key):
            row, column = rows[:, window], columns[:, window]
            if _alone(row) and _alone(column):
                keys[window] = 4 * row.argmax() + column.argmax()
        return keys


def _alone(powers: Rows) -> bool:
    """Whether nothing comes near the highest of them."""
    return int((powers * _ABOVE_OTHERS > powers.max()).sum()) == 1
