"""Serial numbers: unique, sayable, and hard to get wrong."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from hub.model.serial import CAPACITY, find_serials, format_serial, parse_serial, serial, subject_mark

counters = st.integers(0, CAPACITY - 1)
keys = st.binary(max_size=80)


@given(counters, counters, keys)
def test_two_tickets_never_share_a_serial(first: int, second: int, key: bytes) -> None:
    assume(first != second)
    assert serial(first, key) != serial(second, key)


def test_the_first_tickets_all_differ_and_do_not_look_counted() -> None:
    serials = [serial(counter) for counter in range(20_000)]
    assert len(set(serials)) == len(serials)
    steps = {int(after) - int(before) for before, after in pairwise(serials[:101])}
    assert len(steps) == 100


@given(counters, keys)
def test_a_serial_is_nine_digits_without_a_leading_zero(counter: int, key: bytes) -> None:
    digits = serial(counter, key)
    assert re.fullmatch(r"[1-9][0-9]{8}", digits)


@given(counters, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(counter: int, place: int, shift: int) -> None:
    digits = serial(counter)
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    assert parse_serial(wrong) is None


@given(counters, st.integers(0, 7))
def test_two_swapped_digits_are_always_noticed(counter: int, place: int) -> None:
    digits = serial(counter)
    assume(digits[place] != digits[place + 1])
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert parse_serial(swapped) is None


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SPELLINGS = [
    lambda digits: digits,
    format_serial,
    subject_mark,
    lambda digits: f"{digits[:3]} {digits[3:6]} {digits[6:]}",
    lambda digits: f"{digits[:4]} {digits[4:8]} {digits[8]}",
    lambda digits: digits.translate(FULL_WIDTH),
    lambda digits: format_serial(digits).replace("-", "－"),
    lambda digits: format_serial(digits).replace("-", "—"),
    lambda digits: f"［＃{format_serial(digits)}］",
]


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(
    "text", ["{}", "Re: {} 关于维修", "我的单号是{},谢谢", "Ticket 12 {}.", "2024 {}", "tel 010-8888 no {}!"]
)
def test_a_serial_is_found_however_it_is_written(spell: object, text: str) -> None:
    assert callable(spell)
    digits = serial(4711)
    assert digits in find_serials(text.format(spell(digits)))
    assert parse_serial(spell(digits)) == digits


def test_a_marked_serial_comes_before_a_bare_one() -> None:
    bare, marked = serial(1), serial(2)
    assert find_serials(f"order {bare} {subject_mark(marked)} {bare}") == [marked, bare]


def test_part_of_a_longer_number_is_no_serial() -> None:
    digits = serial(5)
    assert find_serials(f"1{digits} {digits}1") == []


@given(st.text())
@example("[#")
def test_what_is_found_is_always_valid(text: str) -> None:
    for digits in find_serials(text):
        assert parse_serial(digits) == digits


@given(counters, st.text(max_size=20), st.text(max_size=20))
def test_a_mark_in_any_subject_is_found_first(counter: int, before: str, after: str) -> None:
    assume("#" not in before + after and "＃" not in before + after)
    digits = serial(counter)
    assert find_serials(f"{before} {subject_mark(digits)} {after}")[0] == digits


@pytest.mark.parametrize("counter", [-1, CAPACITY])
def test_a_counter_out_of_range_is_refused(counter: int) -> None:
    with pytest.raises(ValueError, match="counter"):
        serial(counter)
