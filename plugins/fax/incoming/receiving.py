"""One fax comes in: answered, each page on the disk before the far machine is told it was taken, all handed in."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Final

from hub.api import Address, AnyAccount, HubError, Line
from plugins.fax import log_book
from plugins.fax.incoming.folding import Facts, folded
from plugins.fax.incoming.left_behind import whole_pages
from plugins.fax.incoming.under_way import Note, Piece
from plugins.fax.log_book import Call
from plugins.fax.office import Office, settings_of, station_of
from plugins.fax.on_the_line import fax
from plugins.fax.settings import NAME, SCHEME
from plugins.fax.terminal.ending import ending
from plugins.fax.terminal.job import Done, Event, Job
from plugins.fax.terminal.process import FaxError

CALL_DROPPED: Final = 49
"""As the machine counts it (`plugins.fax.terminal.ending`)."""


async def receive(office: Office, account: AnyAccount, line: Line) -> None:
    """For the life of the call. What reached the disk is handed in also when the hub ends: at its next start."""
    caller = line.caller.value if line.caller else ""
    note = Note.now(account.address.value, caller, line.called.value)
    piece = await asyncio.to_thread(office.under_way.begin, note)
    office.arriving.begins(piece.name, account, caller)
    began = time.monotonic()
    done: Done | None = None
    try:
        done = await _faxed(office, account, line, piece)
    except (HubError, FaxError) as error:
        office.context.fault("line", error)
    finally:
        # whatever ended it: also a call that is cancelled with the hub still there
        office.soon(_hand_in(office, account, piece, note, done, time.monotonic() - began))


async def _faxed(office: Office, account: AnyAccount, line: Line, piece: Piece) -> Done:
    own = settings_of(account)
    job = Job(calling=False, receive=piece.path, ident=station_of(account), ecm=own.ecm, page_seconds=own.page_seconds)

    def hear(event: Event) -> None:
        office.arriving.hears(piece.name, event)

    return await fax(office.terminals, line, job, own.t38, hear)


async def _hand_in(
    office: Office, account: AnyAccount, piece: Piece, note: Note, end: Done | None, seconds: float
) -> None:
    try:
        done = end if end is not None else await asyncio.to_thread(_cut_off, piece)
        office.arriving.reads(piece.name, done.pages)
        await _handed_in(office, account, piece, note, done, seconds)
    finally:
        office.arriving.over(piece.name)


async def _handed_in(office: Office, account: AnyAccount, piece: Piece, note: Note, done: Done, seconds: float) -> None:
    """Calls without a page (somebody spoke, a wrong number) stand in the account's log alone."""
    if done.pages and piece.path.exists():
        whose, queue = await _meant(office, account, done.sub_address)
        tiff = await asyncio.to_thread(piece.path.read_bytes)
        facts = Facts.of(done, seconds)
        raw = await folded(office.reader, piece.name, note, whose.address.value, tiff, facts, queue)
        await office.people.came(await office.emit(whose, raw), note.caller)
    await office.context.store.write(lambda conn: log_book.note(conn, _call(account, note, done, seconds)))
    await asyncio.to_thread(piece.done)


def _cut_off(piece: Piece) -> Done:
    """No machine told the end: the far side was told that each page on the disk was taken, so they count."""
    try:
        return Done(CALL_DROPPED, "", whole_pages(piece.path.read_bytes()), 0)
    except FileNotFoundError:
        return Done(CALL_DROPPED, "", 0, 0)


async def _meant(office: Office, account: AnyAccount, sub_address: str) -> tuple[AnyAccount, str]:
    """What the sub-address dialled leads to: another number of the site, or a queue, by its key; else the number that
    was called, and its own queue."""
    place = settings_of(account).sub_addresses.get(sub_address.strip(), "")
    found = await office.context.account(NAME, Address(SCHEME, place)) if place else None
    return (found, "") if found else (account, place.lower())


def _call(account: AnyAccount, note: Note, done: Done, seconds: float) -> Call:
    end, began = ending(done.code), datetime.fromisoformat(note.began).astimezone(UTC)
    return Call(
        account.id, "IN", note.caller, began, seconds, done.ok, end.name, end.text[account.language[:2]],
        done.remote_ident[:40], pages=done.pages, pages_expected=done.pages_expected, bit_rate=done.bit_rate,
        ecm=done.ecm, t38=done.t38, compression=done.compression[:20], bad_rows=done.bad_rows,
    )  # fmt: skip
