"""Documents made to do harm are refused, whatever they do: the child process ends, the hub says why."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from hub.api import Attachment
from plugins.fax.pages import PageError, PageLimits, Printer, Problem
from plugins.fax.pages.child import Children
from plugins.fax.tests.pages.documents import (
    endless,
    endless_scans,
    file,
    forms_within_forms,
    huge_picture,
    many_pictures,
    packed_lines,
    pdf,
    vast_picture,
)

pytestmark = pytest.mark.slow

TIGHT = PageLimits(pages=20, page_seconds=0.8)
PATIENT = PageLimits(pages=20, page_seconds=50)
DRAWN = {"forms within forms", "packed lines", "markup"}
"""They are given up; all others are known before anything is drawn, however much time there is."""


BOMBS: dict[str, Callable[[], Attachment]] = {
    "pages": lambda: file(pdf(5_000)),
    "pixels": lambda: file(vast_picture()),
    "pixels in a PDF": lambda: file(huge_picture()),
    "pictures": lambda: file(many_pictures()),
    "scans": lambda: file(endless_scans()),
    "forms within forms": lambda: file(forms_within_forms()),
    "packed lines": lambda: file(packed_lines()),
    "lines": lambda: file(b"a\n" * 3_000_000),
    "one line": lambda: file(b"a" * 3_000_000),
    "markup": lambda: file(b"<" * 3_000_000, "text/html"),
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_more_than_a_fax_can_hold_is_too_large(bomb: str) -> None:
    with pytest.raises(PageError) as refused:
        await Printer(TIGHT if bomb in DRAWN else PATIENT).to_pages([BOMBS[bomb]()])
    assert refused.value.problem is Problem.TOO_LARGE
    assert "“document” is too large for a fax" in refused.value.line()


async def test_a_page_that_takes_for_ever_is_ended_within_native_code() -> None:
    with pytest.raises(PageError) as refused:
        await Printer(TIGHT).to_pages([file(endless())])
    assert refused.value.problem is Problem.TOO_LARGE


@pytest.mark.parametrize(
    ("does", "problem"),
    [
        ("import os; os.kill(os.getpid(), 11)", Problem.UNREADABLE),
        ("import os; os.kill(os.getpid(), 9)", Problem.TOO_LARGE),
        ("print('not an answer')", Problem.UNREADABLE),
        ("while True: pass", Problem.TOO_LARGE),
    ],
    ids=["crashes", "is killed", "talks", "hangs"],
)
async def test_whatever_a_child_does_the_hub_hears_one_kind_of_error(does: str, problem: Problem) -> None:
    seconds = 1.0 if "while" in does else 30.0
    children = Children(PageLimits(seconds=seconds), 1, (sys.executable, "-c", does))
    with pytest.raises(PageError) as refused:
        await children.do("print", {}, [])
    assert refused.value.problem is problem
