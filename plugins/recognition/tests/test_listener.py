"""Whoever listens is behind a process boundary: what it says is a transcript, what it does is never an exception."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hub.api import Recognition, Transcript
from hub.testing import FakeContext
from plugins import recognition
from plugins.recognition import listener
from plugins.recognition.listener import Listener

HEARS = 'import sys, json; sys.stdin.buffer.read(); print(json.dumps({"text": " call me back "}))'
HEARS_NOTHING = 'print("{\\"text\\": \\"\\"}")'


class Listening:
    def __init__(self, tmp_path: Path, program: str) -> None:
        self.told: list[tuple[str, Exception]] = []
        child = tmp_path / "child.py"
        child.write_text(program)
        self.listener = Listener(lambda what, error: self.told.append((what, error)), (sys.executable, str(child)))


async def test_words_come_back_with_who_heard_them(tmp_path: Path) -> None:
    heard = Listening(tmp_path, HEARS)
    assert isinstance(heard.listener, Recognition)
    found = await heard.listener.recognise(b"RIFF", "en-GB", 20)
    assert found == Transcript("call me back", "en", "pocketsphinx") and heard.told == []


@pytest.mark.parametrize(("language", "program"), [("zh", HEARS), ("en", HEARS_NOTHING)])
async def test_what_it_does_not_know_or_did_not_catch_is_nothing(tmp_path: Path, language: str, program: str) -> None:
    heard = Listening(tmp_path, program)
    assert await heard.listener.recognise(b"RIFF", language, 20) is None and heard.told == []


@pytest.mark.parametrize("program", ["import sys; sys.exit(139)", "print('not json')", "print('{}')"])
async def test_a_child_that_fails_is_a_fault_and_no_exception(tmp_path: Path, program: str) -> None:
    heard = Listening(tmp_path, program)
    assert await heard.listener.recognise(b"RIFF", "en", 20) is None
    assert [what for what, _ in heard.told] == ["recogniser"]


async def test_a_child_that_does_not_end_is_ended_in_time(tmp_path: Path) -> None:
    heard = Listening(tmp_path, "import time; time.sleep(60)")
    assert await heard.listener.recognise(b"RIFF", "en", 0.7) is None and heard.told == []


async def test_where_nobody_can_listen_an_administrator_reads_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "is_installed", lambda: False)
    context = FakeContext("recognition")
    await recognition.hub_start(context)
    assert recognition.hub_services(context) == [] and "not installed" in str(context.faults[0][1])
    monkeypatch.setattr(recognition, "is_installed", lambda: True)
    assert isinstance(recognition.hub_services(context)[0], listener.Listener)
