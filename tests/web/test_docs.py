"""docs/api.md and docs/metrics.md say what is there, all of it."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import REGISTRY

import hub.plugin.metrics
import hub.web.metrics
from hub.web.app import operations
from hub.web.routing import Operation

DOCS = Path(__file__).parents[2] / "docs"
METRICS = (DOCS / "metrics.md").read_text(encoding="utf-8")
MODULES = (hub.plugin.metrics, hub.web.metrics)


def row(operation: Operation) -> str:
    """How an operation stands in the table."""
    who = "public" if operation.public else f"`{operation.permission}`" if operation.permission else ""
    summary = (operation.handler.__doc__ or "").strip().split("\n")[0]
    return f"| `{operation.method} {operation.path}` | {who} | {summary} |"


def test_every_operation_stands_in_the_reference_and_no_other() -> None:
    wanted = ["| operation | permission | what it does |", "|---|---|---|", *map(row, operations())]
    table = (DOCS / "api.md").read_text(encoding="utf-8").partition("\n## Operations\n")[2]
    assert table.strip().splitlines()[2:] == wanted


def test_every_metric_stands_in_the_docs_with_its_sentence_and_no_other() -> None:
    assert MODULES
    found = {family.name: family.documentation for family in REGISTRY.collect() if family.name.startswith("hub_")}
    documented = dict(re.findall(r"^\| `(hub_\w+)` \| [^|]* \| ([^|]*?)\.(?: \*site\*)? \|$", METRICS, re.MULTILINE))
    assert documented == found
