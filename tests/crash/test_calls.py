"""A hub, a media process or somebody's network that dies, with a call in every state there is: callers end cleanly or
are in the queue again, no leg is left, and agents are free."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from hub.api.faults import CALL_POINTS
from tests.chaos.calls.site import CallState
from tests.chaos.calls.switchroom import Switchroom, switchroom
from tests.farside.telephone import Phase
from tests.support.starting import Start

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]
S = CallState
ALL = frozenset(CallState)
SILENCE = 4.0


async def nothing_left(folder: Path) -> None:
    """No recording is on disk that the core has not. Raises TimeoutError."""
    async with asyncio.timeout(20):
        while list(folder.rglob("sip/recordings/*/*.wav")):  # noqa: ASYNC110, ASYNC240  # of files there is no news
            await asyncio.sleep(0.1)


async def everybody_off(room: Switchroom) -> None:
    """No telephone has a call any more. Raises AssertionError with those that have."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while room.on_the_line():  # noqa: ASYNC110  # of many there is no news
                await asyncio.sleep(0.1)
    assert room.on_the_line() == []


async def test_a_hub_that_is_killed_has_nobody_on_the_line_when_it_is_back(
    tmp_path: Path, database_url: str, begin_hub: Start
) -> None:
    async with switchroom(database_url, tmp_path, begin=begin_hub) as room:
        await room.arrange()
        talking = [phone for phone in room.phones if phone.phase is Phase.TALKING]
        await room.restart()
        said = await asyncio.gather(*(phone.hang_up() for phone in talking))
        assert set(said) == {481}
        await room.book.has_partial({S.TALKING, S.VOICEMAIL})
        await room.book.shows(dict.fromkeys(ALL - {S.WRAP_UP}, "FAILED") | {S.WRAP_UP: "CLOSED"})
        assert await room.left() == set()
        assert await room.book.not_ready() == set()
        await nothing_left(tmp_path)


async def test_a_hub_that_dies_at_any_point_of_a_call_has_none_when_it_is_back(
    tmp_path: Path, sqlite_url: str, begin_hub: Start
) -> None:
    async with switchroom(sqlite_url, tmp_path, states=[S.TALKING], begin=begin_hub) as room:
        died = [point for point in CALL_POINTS if await room.dies_at(point)]
        assert died == list(CALL_POINTS)
        await room.restart()
        assert await room.left() == set()
        assert set(await room.book.ends()) <= {"FAILED", "CLOSED", "ABANDONED"}
        assert await room.book.not_ready() == set()


async def test_audio_that_dies_ends_the_calls_it_carried(tmp_path: Path, sqlite_url: str, begin_hub: Start) -> None:
    async with switchroom(sqlite_url, tmp_path, begin=begin_hub) as room:
        await room.arrange()
        room.kill_media()
        await everybody_off(room)
        assert await room.left() == set()
        assert await room.book.not_ready() == set()


async def test_customers_whose_network_goes_are_off_the_line(tmp_path: Path, sqlite_url: str, begin_hub: Start) -> None:
    async with switchroom(sqlite_url, tmp_path, silence=SILENCE, begin=begin_hub) as room:
        await room.arrange()
        for phone in room.callers.values():
            phone.gone = True
        waited = {S.RINGING_IN, S.WAITING, S.AGENT_RINGING}
        await room.book.shows(dict.fromkeys(room.callers, "CLOSED") | dict.fromkeys(waited, "ABANDONED"))
        assert await room.book.heard_no_more() == len(room.callers) - 1, "all but who had hung up"
        for state in (S.DIALLING_OUT, S.RINGING_OUT):  # whoever we call there is not a caller
            await room.agents[state.agents[0]].hang_up()
        await everybody_off(room)
        assert await room.left() == set()
        assert await room.book.not_ready() == set()


async def test_agents_whose_network_goes_leave_their_customers_to_others(
    tmp_path: Path, sqlite_url: str, begin_hub: Start
) -> None:
    async with switchroom(sqlite_url, tmp_path, silence=SILENCE, begin=begin_hub) as room:
        await room.arrange()
        for phone in room.agents.values():
            phone.gone = True
        left = {S.AGENT_RINGING, S.TALKING, S.ON_HOLD, S.CONSULTING, S.CONFERENCED, S.TRANSFERRING}
        await room.book.shows(dict.fromkeys(left, "QUEUED") | {S.DIALLING_OUT: "FAILED", S.RINGING_OUT: "FAILED"})
        assert await room.book.not_ready() == {login for state in ALL - {S.WRAP_UP} for login in state.agents}
        await asyncio.gather(
            *(room.callers[state].hang_up() for state in set(room.callers) - {S.RINGING_IN, S.WRAP_UP})
        )
        await everybody_off(room)
        assert await room.left() == set()
