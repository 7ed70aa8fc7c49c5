"""`hub flow check` and `run`."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from plugins.self_service import commands

DEMO = Path(__file__).parents[2] / "demo" / "flows" / "front_desk.yaml"


def check(*files: Path) -> int:
    parser = argparse.ArgumentParser()
    commands.configure_check(parser)
    return commands.check(parser.parse_args([str(each) for each in files]))


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.configure_run(parser)
    return commands.run(parser.parse_args(arguments))


def test_check_names_file_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("flow: broken\nstart: x\nnodes:\n  y: { do: end }\n")
    assert check(DEMO, broken, tmp_path / "none.yaml") == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{DEMO}: flow front_desk, ") and out.endswith(" nodes, sound.\n")
    assert "broken.yaml:2:8: There is no node `x`." in err
    assert "none.yaml" in err
    assert check(DEMO) == 0


def test_run_plays_the_answers_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(DEMO), "--language", "zh", "--answers", "2", "2", "2", "<silence>") == 0
    out = capsys.readouterr().out
    assert "洗衣机 W9：¥3,299，保修五年。" in out
    assert "> <silence>" in out
    assert out.endswith("-> ends\n")


def test_run_asks_a_person_when_it_is_given_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("4\nMy W9 leaks\n"))
    assert run(str(DEMO)) == 0
    end = "-> goes to the queue of the account, keeps the place for a call-back, opens a ticket: Message 留言"
    assert end in capsys.readouterr().out


def test_run_rehearses_with_a_world_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ticket = {"serial": "123456789", "status": "CLOSED", "subject": "Dent", "updated_at": "2026-01-02T03:04:05+08:00"}
    world = tmp_path / "world.json"
    world.write_text(json.dumps({"tickets": {"123456789": ticket}}))
    assert run(str(DEMO), "--world", str(world), "--answers", "1", "123456789", "0000") == 0
    assert "Ticket 1234-5678-9, Dent: it is closed. Last changed on 2 January 2026 at 03:04." in capsys.readouterr().out
    assert run(str(DEMO), "--closed", "--answers", "agent") == 0
    assert "Nobody is at the desk now." in capsys.readouterr().out
    assert run(str(tmp_path / "none.yaml")) == 1
