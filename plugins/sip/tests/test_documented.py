"""docs/plugins/sip.md names every measure, and everything that is turned away."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import REGISTRY

from plugins.sip import counters
from plugins.sip.calls import quality
from plugins.sip.guard import Turned
from plugins.sip.softphone import counters as softphone

MODULES = (counters, quality, softphone)
TEXT = (Path(__file__).parents[3] / "docs/plugins/sip.md").read_text(encoding="utf-8")


def test_every_measure_has_its_row_and_no_other() -> None:
    assert MODULES
    found = {family.name for family in REGISTRY.collect() if family.name.startswith("sip_")}
    assert set(re.findall(r"^\| `(sip_\w+)` \|", TEXT, re.MULTILINE)) == found


def test_every_reason_to_turn_something_away_is_named() -> None:
    [row] = re.findall(r"^\| `sip_turned_away` .*$", TEXT, re.MULTILINE)
    assert [why for why in Turned if not re.search(rf"\b{why}\b", row)] == []
