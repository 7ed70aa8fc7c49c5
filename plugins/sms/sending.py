"""An agent's message on its way out: signed, cut up, handed over part by part, each part at most once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection as SqlConnection

from hub.api import (
    AnyAccount,
    AnyConnection,
    Context,
    Outbound,
    OutcomeUnknown,
    Overloaded,
    Rejected,
    SendError,
    Sent,
    Throttled,
    TooLarge,
    Unsupported,
)
from plugins.sms import numbers
from plugins.sms.consent.gate import Gate
from plugins.sms.consent.ledger import Consent, Ledger, Source
from plugins.sms.consent.words import Wish
from plugins.sms.meaning import thread_key
from plugins.sms.pace import Pace
from plugins.sms.pictures.limits import objection
from plugins.sms.provider import OptedOut, Outgoing, Provider, Segment, Submitted, narrow_of, pictures_of
from plugins.sms.record import sent_parts
from plugins.sms.record.sent_parts import Sending
from plugins.sms.settings import AtNight, SmsAccount
from plugins.sms.text import segments
from plugins.sms.text.wording import worded

_SHORT_WAIT: Final = 2.0
MOST_TEXT: Final = 5_000


class Sender:
    """Hands messages to their connection's provider. `under_way` counts what a report may be about already."""

    def __init__(self, context: Context, ledger: Ledger, gate: Gate) -> None:
        self._context, self._ledger, self._gate = context, ledger, gate
        self._paces: dict[int, Pace] = {}
        self._under_way: Counter[int] = Counter()
        self._landed = asyncio.Condition()

    async def send(self, provider: Provider, connection: AnyConnection, account: AnyAccount, message: Outbound) -> Sent:
        """All parts of one message. Raises a SendError; tried again, it goes on where it was."""
        _check(provider, connection, account, message)
        pieces = _pieces(provider, connection, account.settings, message)
        await self._wait_for_turn(account, message, len(pieces))
        async with self._flying(connection.id):
            ids = [await self._part(provider, connection, account, message, piece) for piece in pieces]
        return Sent(sent_parts.name(connection.id, ids[0]), known_as=(thread_key(message.to.value),))

    async def landed(self, connection_id: int, within: float) -> None:
        """Wait until nothing of this connection is under way any more: a report may overtake the answer it follows."""
        try:
            async with asyncio.timeout(within), self._landed:
                await self._landed.wait_for(lambda: not self._under_way[connection_id])
        except TimeoutError:
            return

    @asynccontextmanager
    async def _flying(self, connection_id: int) -> AsyncIterator[None]:
        self._under_way[connection_id] += 1
        try:
            yield
        finally:
            self._under_way[connection_id] -= 1
            async with self._landed:
                self._landed.notify_all()

    async def _part(
        self, provider: Provider, connection: AnyConnection, account: AnyAccount, message: Outbound, piece: Segment
    ) -> str:
        outgoing = _outgoing(account, message, piece)
        sending = Sending(outgoing, message.message_id, message.interaction_id, connection.id, message.attempt == 1)
        known = await self._context.store.write(lambda sql: sent_parts.begin(sql, sending, int(time.time())))
        if known:
            return known
        if known == "":
            raise OutcomeUnknown("it was being handed to the carrier when the hub ended")
        try:
            submitted = await provider.submit(connection, outgoing)
        except OutcomeUnknown:
            raise
        except SendError as error:
            await self._not_taken(outgoing, error)
            raise
        return await self._taken(outgoing, submitted)

    async def _taken(self, outgoing: Outgoing, submitted: Submitted) -> str:
        external_id = sent_parts.kept(submitted.external_id, sent_parts.LONGEST_ID) or _own_name(outgoing)
        named = replace(submitted, external_id=external_id)
        await self._for_sure(lambda sql: sent_parts.done(sql, outgoing, named))
        return named.external_id

    async def _not_taken(self, outgoing: Outgoing, error: SendError) -> None:
        await self._for_sure(lambda sql: sent_parts.undone(sql, outgoing))
        if isinstance(error, OptedOut):
            told = Consent(
                outgoing.to, outgoing.account.id, Wish.STOP, Source.CARRIER, error.detail, _own_name(outgoing)
            )
            await self._ledger.note(told)

    async def _for_sure(self, work: Callable[[SqlConnection], None]) -> None:
        """What has become of a part must be noted, however long the database is away: else nobody knows it."""
        while True:
            try:
                return await self._context.store.write(work)
            except Overloaded:
                await asyncio.sleep(1)

    async def _rest(self, account: AnyAccount, number: str) -> None:
        until = await self._gate.rests_until(account, number)
        if until is not None:
            seconds = (until - datetime.now(UTC)).total_seconds() + 1
            raise Throttled(f"quiet hours until {until:%H:%M}", retry_after=max(seconds, 1))

    async def _wait_for_turn(self, account: AnyAccount, message: Outbound, count: int) -> None:
        """Raises Throttled, with when to come again."""
        settings: SmsAccount = account.settings
        if message.automatic and settings.at_night is AtNight.DELAY:
            await self._rest(account, message.to.value)
        pace = self._paces.get(account.id)
        if pace is None or pace.per_second != settings.per_second:
            pace = self._paces[account.id] = Pace(settings.per_second)
        seconds = pace.wait(message.delivery_id, count, time.monotonic())
        if seconds > _SHORT_WAIT:
            raise Throttled("the account's own pace", retry_after=seconds)
        if seconds:
            await asyncio.sleep(seconds)
            pace.wait(message.delivery_id, count, time.monotonic())


def _check(provider: Provider, connection: AnyConnection, account: AnyAccount, message: Outbound) -> None:
    settings: SmsAccount = account.settings
    if message.to.scheme != numbers.SCHEME or not numbers.is_number(message.to.value):
        raise Rejected("this sender is a name or withheld, nobody can write to it")
    if message.html and not message.text:
        raise Unsupported("a text message has no HTML")
    if not message.text and not message.attachments:
        raise Unsupported("an empty text")
    if len(message.text) > MOST_TEXT:
        raise TooLarge(f"{len(message.text)} characters; a text may have {MOST_TEXT}")
    text = worded(settings, message.text)
    cost = segments.count(text, narrow_of(provider, connection))
    if message.attachments:
        if against := objection(pictures_of(provider, account), message.attachments, text):
            raise against
    elif cost.parts > settings.max_parts:
        raise TooLarge(f"{cost.parts} parts; the account allows {settings.max_parts}")


def _pieces(
    provider: Provider, connection: AnyConnection, settings: SmsAccount, message: Outbound
) -> Sequence[Segment]:
    text = worded(settings, message.text)
    if provider.segments:
        return segments.segments(text, message.delivery_id, narrow_of(provider, connection))
    coding = segments.count(text).coding
    return [Segment(text, coding, segments.octets(text, coding))]


def _outgoing(account: AnyAccount, message: Outbound, piece: Segment) -> Outgoing:
    settings: SmsAccount = account.settings
    return Outgoing(
        message.delivery_id,
        account,
        settings.sender or account.address.value,
        message.to.value,
        piece,
        settings.receipts,
        message.attachments,
        message.text,
    )


def _own_name(outgoing: Outgoing) -> str:
    """For a far side that gives none."""
    return f"delivery:{outgoing.delivery_id}/{outgoing.segment.index}"
