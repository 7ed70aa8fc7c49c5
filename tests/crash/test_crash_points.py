"""Killed at any of the named points, the hub has lost nothing it said it has, and shows nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api.faults import POINTS
from tests.chaos.round import CHANNELS, Plan, run


@pytest.mark.process
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_at_any_point_loses_nothing(point: str, channel: str, tmp_path: Path, database_url: str) -> None:
    report = await run(Plan(channel, point, count=3), tmp_path, database_url)
    assert report.crashed, f"{point} was never reached"
    assert report.acked == report.plan.tokens
    assert report.faultless, report
