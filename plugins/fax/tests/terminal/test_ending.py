"""Every end has a cause, and a line for an agent in both languages."""

from __future__ import annotations

import pytest

from plugins.fax.terminal.ending import DIED, DISK, INCOMPLETE, STUCK, Cause, ending
from plugins.fax.terminal.job import Done

CODES = [*range(62), INCOMPLETE, STUCK, DIED, DISK]


@pytest.mark.parametrize("code", CODES)
def test_every_code_says_what_happened(code: int) -> None:
    found = ending(code)
    assert found.name and found.text["en"].endswith(".") and found.text["zh"].endswith("。")
    assert (found.cause is Cause.NONE) == (code == 0)


def test_what_may_go_through_another_time() -> None:
    again = {code for code in CODES if ending(code).retryable}
    assert {2, 6, 11, 20, 26, 48, 49, INCOMPLETE, STUCK, DIED} <= again
    assert not again & {0, 8, 12, 41, 43, 51, 61}
    assert ending(11).cause is Cause.IMAGE


def test_all_is_well_only_with_every_page() -> None:
    assert Done(0, "", pages=2, pages_expected=2).ok and Done(0, "", pages=2, pages_expected=0).ok
    assert not Done(0, "", pages=1, pages_expected=2).ok and not Done(0, "", pages=0, pages_expected=0).ok
    assert not Done(49, "", pages=2, pages_expected=2).ok
