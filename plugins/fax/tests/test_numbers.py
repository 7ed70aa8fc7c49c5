"""A pasted list becomes numbers, whatever people paste."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugins.fax.broadcast.numbers import Recipient, pasted


def test_each_line_is_a_number_with_a_name_on_either_side_and_each_once() -> None:
    found = pasted(
        'name;fax\nPudong;+86 (21) 5888-1266\n010 6256 1188\n"Hamburg",+49 40/300 68120\n\n+862158881266\nnone\n'
    )
    assert found.recipients == (
        Recipient("+862158881266", "Pudong"),
        Recipient("01062561188"),
        Recipient("+494030068120", "Hamburg"),
    )
    assert found.wrong == (7,)


@given(st.text())
def test_anything_can_be_pasted(text: str) -> None:
    assert all(each.number.lstrip("+").isdecimal() for each in pasted(text).recipients)
