"""The table of promises names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NAMED = re.findall(
    r"`([a-z_/]+\.py)(?:::(test_\w+))?`", (HERE / "README.md").read_text(encoding="utf-8").split("##", 1)[1]
)


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_what_is_said_to_show_it_is_there(path: str, name: str) -> None:
    root = HERE.parents[1] if path.startswith("plugins/") else HERE.parent
    text = (root / path).read_text(encoding="utf-8")
    assert not name or re.search(rf"^(async )?def {name}\(", text, re.MULTILINE)


def test_every_row_names_what_shows_it() -> None:
    rows = [line for line in (HERE / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    said = [line for line in rows if not line.startswith(("| promise", "| bug"))]
    assert len(said) > 70 and all(re.search(r"`[a-z_/]+\.py", line.rsplit("|", 2)[1]) for line in said)
