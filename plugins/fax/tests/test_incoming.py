"""What the far machine was told is taken is handed in, whatever ends the call."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Account, Address, Line
from hub.testing import FakeContext
from plugins.fax import log_book
from plugins.fax.incoming import receiving
from plugins.fax.incoming.folding import Facts, folded
from plugins.fax.incoming.left_behind import whole_pages
from plugins.fax.incoming.under_way import Note
from plugins.fax.office import Office
from plugins.fax.pages import PageError, Problem
from plugins.fax.settings import FaxAccount, FaxSettings
from plugins.fax.terminal.job import Job
from plugins.fax.tests.test_contract import ACCOUNT, NUMBER

MIGRATIONS = Path(__file__).parents[1] / "migrations"
TWO_PAGES = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HI", 0, 14) + struct.pack("<HI", 0, 0)


class Blind:
    """A reader that can read no page."""

    async def read(self, tiff: bytes) -> None:
        raise PageError(Problem.UNREADABLE, "")


@pytest.mark.parametrize("tiff", [TWO_PAGES, b""])
async def test_pages_of_a_call_that_is_cut_off_are_handed_in(tiff: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def cut_off(terminals: object, line: object, job: Job, *_: object) -> None:
        if tiff:
            cast("Path", job.receive).write_bytes(tiff)
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(receiving, "fax", cut_off)
    context = FakeContext("fax", FaxSettings(), accounts=[ACCOUNT], migrations=MIGRATIONS)
    office = Office(context)
    office.__dict__["reader"] = Blind()
    line: Any = SimpleNamespace(caller=None, called=Address("tel", "+861058880001"))
    call = asyncio.create_task(receiving.receive(office, ACCOUNT, cast("Line", line)))
    await begun.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await asyncio.gather(*office._tasks)

    assert [cast("Any", raw.meta["fields"])["partial"] for _, raw in context.emitted] == [True] * bool(tiff)
    (noted,) = await context.store.read(lambda conn: log_book.newest(conn, ACCOUNT.id))
    assert (noted.ok, noted.pages) == (False, 2 if tiff else 0)
    assert not list(office.under_way._folder().glob("*.tiff"))


@given(st.binary(max_size=80) | st.binary(max_size=80).map(lambda tail: b"II*\0\x08\0\0\0" + tail))
def test_any_octets_have_some_number_of_pages(octets: bytes) -> None:
    assert 0 <= whole_pages(octets) <= len(octets) // 6


def test_a_page_counts_once_its_directory_is_whole() -> None:
    assert [whole_pages(TWO_PAGES[:length]) for length in (8, 13, 14, 19, 20)] == [0, 0, 1, 1, 2]
    assert whole_pages(TWO_PAGES[:16] + struct.pack("<I", 8)) == 2  # a ring


@pytest.mark.parametrize(
    ("dialled", "number", "queue"),
    [("12 ", "+861058880002", ""), ("13", NUMBER, "parts"), ("99", NUMBER, ""), ("", NUMBER, "")],
)
async def test_a_sub_address_leads_to_a_number_or_a_queue(dialled: str, number: str, queue: str) -> None:
    own = FaxAccount(sub_addresses={"12": "+861058880002", "13": "Parts"})
    called = Account(1, 7, "fax", "Orders", Address("tel", NUMBER), own)
    other = Account(2, 7, "fax", "Spares", Address("tel", "+861058880002"), FaxAccount())
    office = Office(FakeContext("fax", FaxSettings(), accounts=[called, other], migrations=MIGRATIONS))
    whose, place = await receiving._meant(office, called, dialled)
    assert (whose.address.value, place) == (number, queue)
    if queue:
        note = Note.now(NUMBER, "", NUMBER)
        raw = await folded(cast("Any", Blind()), "a", note, NUMBER, TWO_PAGES, Facts(partial=False), place)
        assert raw.meta["queue"] == queue, "also of pages that nobody can read"
