"""What a crash left of recordings, handed in at the next start: to their calls, marked as partial, or, where nobody
knows the call, into quarantine, where a person sees it."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from hub.api import Address, AnyAccount, Context, InputError, Json, Overloaded, Raw
from plugins.sip.media import wav
from plugins.sip.media.engine import MediaError
from plugins.sip.recordings.under_way import Note, Piece, UnderWay
from plugins.sip.settings import NAME, SCHEME

log = logging.getLogger(__name__)
AGAIN_AFTER: Final = 5.0
_NOTHING: Final = Note("recording", "", "unknown", "", "")


async def hand_in(context: Context, under_way: UnderWay) -> None:
    """All there is. One that cannot be handed in stays for the next start, and an administrator hears of it."""
    for piece in await asyncio.to_thread(under_way.left_behind):
        try:
            await _hand_in(context, piece)
        except (OSError, MediaError, InputError, LookupError) as error:
            log.error("a recording that was left behind cannot be handed in: %s", error)
            context.fault("recording", error)


async def _hand_in(context: Context, piece: Piece) -> None:
    seconds = await asyncio.to_thread(wav.mend, piece.path)
    if seconds:
        note = await asyncio.to_thread(lambda: piece.note) or _NOTHING
        account, known = await _whose(context, note)
        about: dict[str, Json] = {"what": note.what, "account": account.address.value, "thread": note.thread}
        about |= {"caller": note.caller, "place": piece.name, "seconds": round(seconds, 1), "partial": True}
        raw = Raw(await asyncio.to_thread(piece.path.read_bytes), about if known else {**about, "unknown": True})
        await _emit(context, account, raw)
    await asyncio.to_thread(piece.done)


async def _whose(context: Context, note: Note) -> tuple[AnyAccount, bool]:
    """The account it came by, and whether the call is known there; any, where it is not. Raises LookupError."""
    account = await context.account(NAME, Address(SCHEME, note.account))
    if account is not None and await context.conversation(account, note.thread, limit=1) is not None:
        return account, True
    others = [account] if account is not None else await context.accounts(NAME)
    if not others:
        raise LookupError("no account is left to hand it in by")
    return others[0], False


async def _emit(context: Context, account: AnyAccount, raw: Raw) -> None:
    while True:
        try:
            await context.emit(account, raw)
        except Overloaded:
            await asyncio.sleep(AGAIN_AFTER)
        else:
            return
