"""The guide for supervisors names every column, code and state there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.model import importing
from hub.model.assets import FieldType
from hub.model.customers import Verification
from hub.model.states import TicketStatus
from hub.model.tickets import TicketPriority
from hub.store import import_rows

GUIDE = (Path(__file__).parents[2] / "docs" / "customers-and-tickets.md").read_text("utf-8")
CODES = {
    code
    for module in (importing, import_rows)
    for code in re.findall(r'"([A-Z]{4,}(?:_[A-Z]+)*)"', Path(str(module.__file__)).read_text("utf-8"))
}


@pytest.mark.parametrize(
    "word", sorted({*CODES, *importing.COLUMNS, *FieldType, *Verification, *TicketStatus, *TicketPriority})
)
def test_the_guide_names(word: str) -> None:
    assert f"`{word}`" in GUIDE
