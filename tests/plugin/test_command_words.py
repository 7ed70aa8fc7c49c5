"""What a plugin's commands are called by: one word, of its package's choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.main import main

SCRIPT = Path(__file__).parents[2] / "plugins/demo/flows/front_desk.yaml"


def test_hub_flow_run_steps_through_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow", "run", str(SCRIPT), "--language", "zh", "--answers", "2", "2", "2"]) == 0
    assert "洗衣机 W9：¥3,299，保修五年。" in capsys.readouterr().out


def test_there_is_one_way_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["self_service", "run", str(SCRIPT)])
    assert "invalid choice" in capsys.readouterr().err
