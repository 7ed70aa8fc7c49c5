"""docs/plugins/self_service.md says what a script may hold, all of it, and its example is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugins.self_service.head import Head
from plugins.self_service.nodes import KINDS
from plugins.self_service.script import parse
from plugins.self_service.texts import READ

TEXT = (Path(__file__).parents[3] / "docs/plugins/self_service.md").read_text(encoding="utf-8")
COMMON = {"do", "say", "speak", "retries", "timeout", "otherwise", "silence", "next", "nodes"}


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
def test_the_examples_are_sound(example: str) -> None:
    assert parse(example).warnings == ()


@pytest.mark.parametrize("name", KINDS)
def test_every_node_has_its_row_with_every_key(name: str) -> None:
    [row] = re.findall(rf"^\| `{name}` \|.*$", TEXT, re.MULTILINE)
    keys = {field.alias or key for key, field in KINDS[name].model_fields.items()} - COMMON
    assert {key for key in keys if not re.search(rf"`[^`]*\b{key}\b[^`]*`", row)} == set()


@pytest.mark.parametrize("name", sorted(set(Head.model_fields) - COMMON))
def test_every_key_at_the_top_has_its_row(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{name}`", TEXT, re.MULTILINE)


@pytest.mark.parametrize("how", sorted(filter(None, READ)))
def test_every_way_to_read_is_named(how: str) -> None:
    assert f"`{how}`" in TEXT
