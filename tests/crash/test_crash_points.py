"""Killed at each of the named points in turn, the hub has lost nothing it said it has, and shows nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api.faults import POINTS
from tests.chaos.report import report
from tests.chaos.scene import CHANNELS, scene
from tests.support.starting import Start


@pytest.mark.process
@pytest.mark.timeout(600)
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_kill_at_any_point_loses_nothing(
    channel: str, tmp_path: Path, database_url: str, begin_hub: Start
) -> None:
    points = [f"{point}:2" for point in POINTS]
    async with scene(channel, database_url, tmp_path, points=points, begin=begin_hub) as stage:
        await stage.crash_through()
        made = await report(stage)
    assert stage.crashed == points
    assert made.acked == len(stage.said)
    assert made.faultless, made
