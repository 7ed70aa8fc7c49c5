"""What providers hear, on its way into the hub: whose it is, what a report means for its delivery, who said STOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from hub.api import (
    Accepted,
    AnyAccount,
    AnyConnection,
    Context,
    Emit,
    Json,
    Malformed,
    Overloaded,
    Raw,
    Signal,
    UnknownAccount,
)
from plugins.sms import meaning, numbers
from plugins.sms.consent.confirming import Confirmations
from plugins.sms.consent.ledger import Consent, Ledger, Source
from plugins.sms.consent.words import Wish
from plugins.sms.provider import Cursor, Heard, News, Provider, Report
from plugins.sms.record import sent_parts
from plugins.sms.record.sent_parts import Verdict
from plugins.sms.sending import Sender
from plugins.sms.sessions import Sessions
from plugins.sms.settings import NAME, SmsSettings

_OVERTAKING: Final = 10.0
"""Seconds a report of something we do not know yet waits while submissions are under way."""


PARTS: Final = "parts"


class Intake:
    """Stores first; only then does the far side hear that we have it."""

    def __init__(
        self,
        context: Context,
        settings: SmsSettings,
        ledger: Ledger,
        sender: Sender,
        sessions: Sessions,
        confirmations: Confirmations,
    ) -> None:
        self._context, self._settings, self._ledger = context, settings, ledger
        self._sender, self._sessions, self._confirmations = sender, sessions, confirmations

    async def take(
        self,
        provider: Provider,
        connection: AnyConnection,
        emit: Emit,
        raw: Raw,
        cursor: Cursor | None = None,
        account: AnyAccount | None = None,
    ) -> Accepted | None:
        """One raw input, for `account` where that is known. None: noted, there is nothing to store. Raises
        UnknownAccount, Overloaded."""
        own = [each for each in await self._context.accounts(NAME) if each.connection_id == connection.id]
        raw = Raw(raw.body, {**raw.meta, "kind": provider.kind, "at": datetime.now(UTC).isoformat()})
        try:
            news = provider.read(raw, account)
        except Malformed:
            return await emit(_addressed(raw, account or _first(own)), cursor() if cursor else None)
        return await self._take(connection, emit, raw, cursor, account, news, own)

    async def _take(
        self,
        connection: AnyConnection,
        emit: Emit,
        raw: Raw,
        cursor: Cursor | None,
        account: AnyAccount | None,
        news: Sequence[News],
        own: Sequence[AnyAccount],
    ) -> Accepted | None:
        heard = [each for each in news if isinstance(each, Heard)]
        if account is None and heard:
            account = self._addressee(heard[0], own)
        wishes = [one for each in heard if (one := await self._wished(each, account or _first(own), raw))]
        verdicts = await self._verdicts(connection.id, [each for each in news if isinstance(each, Report)])
        await self._show(verdicts, [each for each in news if isinstance(each, Report)], own)
        if news and not heard and not any(_is_news(each) for each in verdicts.values()):
            return None
        account = account or _whose(verdicts, own) or _first(own)
        accepted = await emit(_addressed(_judged(raw, verdicts), account), cursor() if cursor else None)
        for sender in {numbers.normalise(each.sender, self._region(account)) for each in heard}:
            await self._sessions.watch(account, sender)
        for one in wishes:
            await self._confirmations.plan(account, *one)
        return accepted

    def _addressee(self, heard: Heard, own: Sequence[AnyAccount]) -> AnyAccount:
        found = numbers.account_of(heard.recipient, own, self._settings.region)
        if found is None:
            raise UnknownAccount("no account of this connection has the number a text is for")
        return found

    def _region(self, account: AnyAccount) -> str:
        return str(account.settings.region or self._settings.region)

    async def _wished(self, heard: Heard, account: AnyAccount, raw: Raw) -> tuple[str, Wish, str] | None:
        """STOP and START are kept before anything else is: who said it must not be written to, whatever comes next."""
        words, wanted = meaning.said(heard), meaning.wish_of(heard, self._settings)
        if wanted is Wish.NONE:
            return None
        number = numbers.normalise(heard.sender, self._region(account))
        evidence = heard.id or raw.body[:100].hex()
        await self._ledger.note(Consent(number, account.id, wanted, Source.KEYWORD, words, evidence))
        return number, wanted, "zh" if not words.isascii() else account.language

    async def _verdicts(self, connection_id: int, reports: Sequence[Report]) -> dict[str, Verdict | None]:
        return {report.refers_to: await self._verdict(connection_id, report) for report in reports}

    async def _verdict(self, connection_id: int, report: Report) -> Verdict | None:
        store = self._context.store
        found = await store.write(lambda sql: sent_parts.report(sql, connection_id, report))
        if found is None:
            await self._sender.landed(connection_id, _OVERTAKING)
            found = await store.write(lambda sql: sent_parts.report(sql, connection_id, report))
        return found

    async def _show(
        self, verdicts: Mapping[str, Verdict | None], reports: Sequence[Report], own: Sequence[AnyAccount]
    ) -> None:
        """A part of a text has arrived, and others not yet: nothing to store, and something to see."""
        for report in reports:
            verdict, account = verdicts[report.refers_to], _whose(verdicts, own)
            if verdict is None or verdict.state is not None or account is None or not report.recipient:
                continue
            number = numbers.normalise(report.recipient, self._region(account))
            signal = Signal(meaning.thread_key(number), PARTS, {"message": verdict.message_id})
            with suppress(Overloaded):  # whoever looks later sees it
                await self._context.emit_signal(account, signal)


def _is_news(verdict: Verdict | None) -> bool:
    """Unknown ones are stored too: somebody may want to know."""
    return verdict is None or verdict.state is not None


def _judged(raw: Raw, verdicts: dict[str, Verdict | None]) -> Raw:
    told: dict[str, Json] = {
        name.replace("\0", ""): [verdict.refers_to, verdict.state.value if verdict.state else ""]
        for name, verdict in verdicts.items()
        if verdict is not None
    }
    return Raw(raw.body, {**raw.meta, "reports": told}) if told else raw


def _addressed(raw: Raw, account: AnyAccount) -> Raw:
    return Raw(raw.body, {**raw.meta, "account": account.address.value})


def _whose(verdicts: Mapping[str, Verdict | None], own: Sequence[AnyAccount]) -> AnyAccount | None:
    named = {verdict.account for verdict in verdicts.values() if verdict is not None}
    return next((account for account in own if account.address.value in named), None)


def _first(own: Sequence[AnyAccount]) -> AnyAccount:
    if not own:
        raise UnknownAccount("the connection has no account")
    return own[0]
