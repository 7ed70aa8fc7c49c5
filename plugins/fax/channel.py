"""The channel: what the core asks of fax, and the calls that come to its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from pydantic import BaseModel

from hub.api import (
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Context,
    Line,
    Medium,
    MessageKind,
    Normalised,
    Outbound,
    Raw,
    Sent,
)
from plugins.fax.broadcast.running import Broadcasts
from plugins.fax.incoming.receiving import receive
from plugins.fax.incoming.room import Room
from plugins.fax.meaning import meaning, number_of
from plugins.fax.office import Office, settings_of
from plugins.fax.outgoing.sending import Sending
from plugins.fax.settings import MEGABYTE, NAME, SCHEME, FaxAccount, FaxConnection

WAIT_FOR_PAGES: Final = 20.0
"""Seconds a call that self-service passed on waits for the fax that is to go on it."""
SEND: Final = "send"
"""What a flow calls a call it passes on so that a fax is sent on it (the name in `transfer`)."""


class FaxChannel:
    """Faxes. It is what takes their calls, too (`hub.api.TakesCalls`)."""

    name = NAME
    connection: type[BaseModel] = FaxConnection
    account: type[BaseModel] = FaxAccount
    capabilities = Capabilities(
        Medium.DEFERRED,
        receipts=True,
        attachments=True,
        max_attachment_bytes=25 * MEGABYTE,
        max_text=20_000,
        fields=("subject",),
        kinds=(MessageKind.TEXT, MessageKind.FAX),
        can_start=True,
        start_scheme=SCHEME,
        resend_is_safe=True,  # the same delivery is the same fax, which knows whether it went
    )

    def __init__(self, context: Context) -> None:
        self.office = Office(context)
        self.sending = Sending(self.office)
        self.broadcasts = Broadcasts(self.office)
        self.room = Room(context, self.office.settings.most_incoming)

    def address(self, raw: Raw) -> Sequence[Address]:
        return [Address(SCHEME, number_of(raw))]

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Nothing is left to do: what reaches the core came by a call of the site's own telephony."""

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        return meaning(raw)

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Printed now, dialled soon; receipts say what became of it."""
        return await self.sending.take(account, message)

    def shared_with_voice(self, account: AnyAccount) -> bool:
        """Whether somebody may want to speak on this number, too."""
        return settings_of(account).shared

    async def on_call(self, account: AnyAccount, line: Line) -> None:
        """A fax comes in; or one waits to go out on the very call (fax on demand)."""
        if self.office.lacks:
            return
        if line.about.get("name") == SEND and await self._sent_on(account, line):
            return
        if self.room.full:
            await self.room.turn_away(line)
            return
        with self.room.taken():
            await receive(self.office, account, line)

    async def _sent_on(self, account: AnyAccount, line: Line) -> bool:
        """The flow's commit and its last words race: the pages may come a moment after the call."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_PAGES) as waiting:
                while not (job := await self.sending.claimed(account, line)):  # noqa: ASYNC110 - the commit is another's
                    await asyncio.sleep(0.25)
                waiting.reschedule(None)
                await self.sending.on_this_call(account, job, line)
                return True
        return False
