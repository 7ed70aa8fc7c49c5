"""What the documents say of the protocol and of the widget is true."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import get_args

import pytest

from plugins.web_chat import frames
from plugins.web_chat.endpoints import SCRIPT
from plugins.web_chat.frames import Close, Frame, Problem

DOCS = Path(__file__).parents[3] / "docs/plugins"
PROTOCOL = (DOCS / "web_chat_protocol.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [get_args(frame.model_fields["type"].annotation)[0] for frame in get_args(Frame)])
def test_every_frame_is_documented_with_its_members(kind: str) -> None:
    (frame,) = [each for each in get_args(Frame) if get_args(each.model_fields["type"].annotation)[0] == kind]
    assert f"`{kind}`" in PROTOCOL
    missing = [name for name in frame.model_fields if not re.search(rf"`[^`]*\b{name}\b[^`]*`", PROTOCOL)]
    assert not missing


def test_the_example_is_understood_frame_by_frame() -> None:
    example = PROTOCOL.split("```json\n")[1].split("```")[0]
    understood = [frames.parse(line) for line in example.splitlines()]
    assert [frame.type for frame in understood] == ["hello", "message", "receipt", "end"]


@pytest.mark.parametrize("code", Problem)
def test_every_problem_is_documented(code: Problem) -> None:
    assert f"| `{code}` |" in PROTOCOL


def test_every_close_code_is_documented() -> None:
    codes = {value for value in vars(frames).values() if isinstance(value, Close)}
    assert {code for code in codes if f"| {int(code)}" not in PROTOCOL} == set()


def test_the_widget_weighs_less_than_forty_kilobytes() -> None:
    assert SCRIPT.is_file(), "build it first: make ui"
    assert len(gzip.compress(SCRIPT.read_bytes())) < 40_000


def test_the_widget_is_one_file() -> None:
    assert [path.name for path in SCRIPT.parent.iterdir() if not path.name.startswith(".")] == ["widget.js"]
