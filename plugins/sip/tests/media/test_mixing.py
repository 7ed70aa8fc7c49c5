"""Who hears whom, and how loud."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media.g711 import FRAME, Samples
from plugins.sip.media.mixing import gain_matrix, mix


def level(value: int) -> Samples:
    return np.full((1, FRAME), value, np.int16)


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=6))
def test_everybody_hears_the_others_and_too_loud_is_clipped(levels: list[int]) -> None:
    names = [str(number) for number in range(len(levels))]
    heard = mix(np.concatenate([level(value) for value in levels]), gain_matrix(names, {}))
    for row, own in enumerate(levels):
        expected = min(32767, max(-32768, sum(levels) - own))
        assert abs(int(heard[row, 0]) - expected) <= 1


def test_gains_say_who_hears_whom() -> None:
    gains = gain_matrix(["caller", "agent", "boss"], {("caller", "boss"): 0.0, ("boss", "agent"): 0.5})
    heard = mix(np.concatenate([level(100), level(1000), level(10000)]), gains)
    assert heard[:, 0].tolist() == [1000, 10100, 600]
