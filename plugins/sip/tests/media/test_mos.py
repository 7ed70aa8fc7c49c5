"""The E-model against figures of the standard, and what must hold of any such figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sip.media.mos import mos, mouth_to_ear

shares, delays = st.floats(0, 1), st.floats(0, 2000)


def test_a_line_without_fault_is_as_good_as_the_codec() -> None:
    assert mos(0, 50) == pytest.approx(4.41, abs=0.005)  # R = 93.2


@pytest.mark.parametrize(("delay", "worse"), [(100, 0.0), (200, 3.0), (400, 24.1)])
def test_delay_costs_what_the_standard_s_formula_gives(delay: float, worse: float) -> None:
    rating = 93.2 - worse  # G.107 §7.4, by hand
    opinion = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6
    assert mos(0, delay) == pytest.approx(opinion, abs=0.01)


def test_loss_of_five_per_cent_is_poor_in_the_open_and_fair_where_it_is_concealed() -> None:
    assert mos(0.05, 50) == pytest.approx(2.17, abs=0.05)
    assert mos(0.05, 50, concealed=True) == pytest.approx(3.92, abs=0.05)


@given(shares, shares, delays, st.booleans())
def test_more_loss_is_never_better(one: float, other: float, delay: float, concealed: bool) -> None:
    low, high = sorted((one, other))
    assert mos(low, delay, concealed=concealed) >= mos(high, delay, concealed=concealed) - 1e-9


@given(shares, delays)
def test_it_stays_on_the_scale(loss: float, delay: float) -> None:
    assert 1 <= mos(loss, delay) <= 4.5


def test_the_way_to_the_ear_is_half_the_round_trip_and_the_buffers() -> None:
    assert mouth_to_ear(80, 10) == 80
