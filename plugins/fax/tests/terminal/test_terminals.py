"""The processes behind: what is asked of them comes about, one that dies ends its faxes, and the next starts."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from plugins.fax.terminal.ending import DIED, Cause, ending
from plugins.fax.terminal.job import Codec, Done, Event, PageDone, T38Options
from plugins.fax.terminal.process import FaxError
from plugins.fax.terminal.terminals import Session, Terminals
from plugins.fax.tests.terminal.charts import load, same, save, strip
from plugins.fax.tests.terminal.lines import receives, sends

pytestmark = pytest.mark.slow  # a process starts in each
PAGES = [strip(seed=1), strip(seed=2)]
UNPACED = T38Options(paced=False)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return save(tmp_path / "sent.tif", PAGES)


async def end_of(session: Session) -> Done:
    """Its last event."""
    *_, last = [event async for event in session.events()]
    assert isinstance(last, Done)
    return last


async def by_t38(one: Session, other: Session) -> None:
    """Each is the other's far side."""
    await asyncio.gather(one.t38(other.near, UNPACED), other.t38(one.near, UNPACED))


async def by_audio(one: Session, other: Session) -> None:
    await asyncio.gather(one.audio(other.near, Codec.PCMA), other.audio(one.near, "PCMA"))


async def test_a_fax_goes_from_process_to_process(tmp_path: Path, document: Path) -> None:
    async with Terminals(processes=2) as terminals:
        one = await terminals.open(sends(document))
        other = await terminals.open(receives(tmp_path / "got.tif"))
        assert len(terminals.pids) == 2
        await by_t38(one, other)
        ends = await asyncio.gather(end_of(one), end_of(other))
        assert all(done.ok and done.pages == 2 and done.t38 for done in ends)
        assert same(PAGES, load(tmp_path / "got.tif"))
        await asyncio.gather(one.stop(), other.stop())
        with pytest.raises(FaxError, match="over"):
            await one.audio(other.near, Codec.PCMU)
    assert terminals.pids == []


async def test_audio_may_become_t38_before_the_first_page(tmp_path: Path, document: Path) -> None:
    async with Terminals() as terminals:
        one = await terminals.open(sends(document))
        other = await terminals.open(receives(tmp_path / "got.tif"))
        await by_audio(one, other)
        await asyncio.sleep(0.2)
        await by_t38(one, other)
        ends = await asyncio.gather(end_of(one), end_of(other))
        assert all(done.ok and done.t38 for done in ends) and same(PAGES, load(tmp_path / "got.tif"))


async def test_a_call_that_ends_is_told_with_what_came(tmp_path: Path, document: Path) -> None:
    async with Terminals() as terminals:
        one = await terminals.open(sends(document))
        never_connected = await terminals.open(receives(tmp_path / "got.tif"))
        await one.audio(never_connected.near, Codec.PCMU)
        await asyncio.gather(one.stop(), never_connected.stop(), one.stop())
        for session in (one, never_connected):
            done = await end_of(session)
            assert not done.ok and ending(done.code).cause is Cause.LINE


async def test_a_dead_process_ends_its_faxes_and_is_replaced(tmp_path: Path) -> None:
    """The pages that were whole by then are kept, and told."""
    pages = [strip(seed=seed) for seed in range(250)]
    document, got = save(tmp_path / "sent.tif", pages), tmp_path / "got.tif"
    async with Terminals() as terminals:
        one, other = await terminals.open(sends(document)), await terminals.open(receives(got))
        await by_t38(one, other)
        told: list[Event] = []
        async for event in other.events():
            told.append(event)
            if isinstance(event, PageDone) and event.page == 1:  # others may be on their way by then
                os.kill(terminals.pids[0], signal.SIGKILL)
        whole = sum(isinstance(event, PageDone) for event in told)
        assert isinstance(told[-1], Done) and (told[-1].code, told[-1].pages) == (DIED, whole)
        assert (await end_of(one)).code == DIED
        assert 0 < whole < len(pages) and same(pages[:whole], load(got)[:whole])
        await one.stop()
        again = await terminals.open(receives(tmp_path / "again.tif"))
        await again.stop()
        assert len(terminals.pids) == 1


async def test_what_cannot_be_done_is_said(tmp_path: Path, document: Path) -> None:
    async with Terminals() as terminals:
        session = await terminals.open(sends(tmp_path / ("long" * 60)))
        with pytest.raises(FaxError, match="too long"):
            await session.audio(("127.0.0.1", 9), Codec.PCMU)
        assert not (await stopped(session)).ok


async def stopped(session: Session) -> Done:
    """Its end, when we make it."""
    await session.stop()
    return await end_of(session)


async def test_another_program_is_not_listened_to(tmp_path: Path, document: Path) -> None:
    """Who is not the far side may send what it likes."""
    async with Terminals() as terminals:
        one = await terminals.open(sends(document))
        other = await terminals.open(receives(tmp_path / "got.tif"))
        loop = asyncio.get_running_loop()
        stranger, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
        await by_t38(one, other)
        for octets in (b"", bytes(2000), bytes.fromhex("ffff 01 06 00 00")):
            stranger.sendto(octets, other.near)
        assert all(done.ok for done in await asyncio.gather(end_of(one), end_of(other)))
        stranger.close()
