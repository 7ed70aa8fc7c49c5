"""Killed between storing a text and answering it, or between sending and noting that: nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.report import report
from tests.chaos.scene import TEXT, scene
from tests.support.starting import Start

POINTS = ("after_raw_store", "after_commit_before_ack", "delivery_leased", "sent_before_marked")


@pytest.mark.process
@pytest.mark.timeout(600)
async def test_an_smsc_that_comes_again_is_known_and_a_reply_goes_once(
    tmp_path: Path, database_url: str, begin_hub: Start
) -> None:
    points = [f"{point}:2" for point in POINTS]
    async with scene(TEXT, database_url, tmp_path, points=points, begin=begin_hub) as stage:
        await stage.crash_through()
        made = await report(stage)
    assert stage.crashed == points
    assert made.acked == len(stage.said)
    assert not made.answered_twice
    assert made.faultless, made
