"""Killed between storing a text and answering it, or between sending and noting that: nothing is lost or doubled. And
killed while it tells whom to forget, it has told everybody in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.erasure import FUSE, erase, left_of
from tests.chaos.report import report
from tests.chaos.scene import TEXT, scene
from tests.support.starting import Start

POINTS = ("after_raw_store", "after_commit_before_ack", "delivery_leased", "sent_before_marked")
FIRST = "+8613800000001"


@pytest.mark.process
@pytest.mark.timeout(600)
async def test_an_smsc_that_comes_again_is_known_a_reply_goes_once_and_who_is_erased_is_forgotten(
    tmp_path: Path, database_url: str, begin_hub: Start
) -> None:
    points = [*(f"{point}:2" for point in POINTS), FUSE]
    async with scene(TEXT, database_url, tmp_path, points=points, begin=begin_hub) as stage:
        await stage.crash_through(but=FUSE)
        made = await report(stage)
        await erase(stage, FIRST)
        assert await left_of(stage, FIRST) == 0
    assert stage.crashed == points
    assert made.acked == len(stage.said)
    assert not made.answered_twice
    assert made.faultless, made
