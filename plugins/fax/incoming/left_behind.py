"""What a crash left of faxes that were coming in: their whole pages are handed in at the next start, as partial."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Literal

from hub.api import Address, AnyAccount, InputError
from plugins.fax.incoming.folding import INTERRUPTED, Facts, folded
from plugins.fax.incoming.under_way import Note, Piece
from plugins.fax.office import Office
from plugins.fax.settings import NAME, SCHEME

log = logging.getLogger(__name__)
_NOBODY = Note("", "", "", "")
_ENTRY: Final = 12
"""Octets of one in a page's directory (TIFF 6.0 §2), which begins with their count and ends with the next one's
place."""


async def hand_in(office: Office) -> None:
    """All there is. One that cannot be handed in stays for the next start, and an administrator hears of it."""
    for piece in await asyncio.to_thread(office.under_way.left_behind):
        try:
            await _hand_in(office, piece)
        except (OSError, InputError, LookupError) as error:
            log.error("a fax that was left behind cannot be handed in: %s", type(error).__name__)
            office.context.fault("left_behind", error)


async def _hand_in(office: Office, piece: Piece) -> None:
    tiff = await asyncio.to_thread(piece.path.read_bytes)
    if whole_pages(tiff):
        note = await asyncio.to_thread(lambda: piece.note) or _NOBODY
        account = await _whose(office, note)
        raw = await folded(office.reader, piece.name, note, account.address.value, tiff, Facts(True, INTERRUPTED))
        await office.people.came(await office.emit(account, raw), note.caller)
    await asyncio.to_thread(piece.done)


def whole_pages(tiff: bytes) -> int:
    """How many pages its chain of directories names: each is entered once it is whole. Any octets will do."""
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    seen, at = set[int](), int.from_bytes(tiff[4:8], order)
    while at >= 8 and at not in seen:
        end = at + 2 + _ENTRY * int.from_bytes(tiff[at : at + 2], order)
        if end + 4 > len(tiff):
            break
        seen.add(at)
        at = int.from_bytes(tiff[end : end + 4], order)
    return len(seen)


async def _whose(office: Office, note: Note) -> AnyAccount:
    """The number it came to; any of ours, where that is gone. Raises LookupError."""
    account = await office.context.account(NAME, Address(SCHEME, note.account)) if note.account else None
    others = [account] if account is not None else await office.context.accounts(NAME)
    if not others:
        raise LookupError("no fax number is left to hand it in by")
    return others[0]
