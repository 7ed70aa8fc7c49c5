"""When a fax is tried again, and how."""

from __future__ import annotations

import pytest

from plugins.fax.outgoing.schedule import Failure, Why, again, failure_of, way
from plugins.fax.settings import T38, FaxSettings
from plugins.fax.terminal.job import ALL_MODEMS, Modem

SITE = FaxSettings(busy_seconds=[1, 2], no_answer_seconds=[10], line_seconds=[3, 4])
BUSY, SILENT, BAD, BAD_T38 = Failure(Why.BUSY), Failure(Why.NO_ANSWER), Failure(Why.LINE), Failure(Why.LINE, t38=True)


@pytest.mark.parametrize(
    ("made", "pause"),
    [
        ([BUSY], 1), ([BUSY, BUSY], 2), ([BUSY, BUSY, BUSY], None), ([SILENT], 10), ([SILENT, SILENT], None),
        ([BUSY, SILENT], 10), ([BAD, BUSY, BAD], 4), ([Failure(Why.PERMANENT)], None), ([Failure(Why.IMAGE)], 5),
        ([Failure(Why.IMAGE), Failure(Why.IMAGE)], None),
    ],
)  # fmt: skip
def test_each_cause_has_its_own_pauses(made: list[Failure], pause: float | None) -> None:
    assert again(made, SITE) == pause


def test_a_bad_line_is_tried_the_other_way_and_then_slowly() -> None:
    assert way([], T38.AUTO) == way([BUSY], T38.AUTO)
    assert way([BAD_T38], T38.AUTO).t38 is T38.OFF
    assert way([BAD], T38.AUTO).t38 is T38.AUTO
    assert way([BAD_T38, BAD], T38.AUTO).modems == ALL_MODEMS - {Modem.V17}


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("BUSY", Why.BUSY), ("NO_ANSWER", Why.NO_ANSWER), ("UNREACHABLE", Why.NO_ANSWER), ("FAILED", Why.LINE),
        ("CANNOT_TRAIN", Why.LINE), ("NORESSUPPORT", Why.IMAGE), ("NOSIZESUPPORT", Why.PERMANENT),
        ("CEDTONE", Why.NO_ANSWER), ("DIED", Why.LINE),
        ("REJECTED", Why.BUSY), ("NOT_ALLOWED", Why.PERMANENT), ("MISCONFIGURED", Why.PERMANENT),
        ("a word nobody knows", Why.LINE),
    ],
)  # fmt: skip
def test_the_log_says_why(code: str, why: Why) -> None:
    assert failure_of(code, t38=False).why is why
