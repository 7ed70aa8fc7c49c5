"""The channel of text messages: whatever the provider, the same to the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Context,
    Emit,
    Medium,
    Normalised,
    Outbound,
    Raw,
    Ready,
    Sent,
)
from plugins.sms import meaning, numbers
from plugins.sms.consent.confirming import Confirmations
from plugins.sms.consent.gate import Gate
from plugins.sms.consent.ledger import Ledger
from plugins.sms.intake import Intake
from plugins.sms.provider import Conceals, Cursor, Hears
from plugins.sms.providers import Providers
from plugins.sms.record.forgetting import Forgetting
from plugins.sms.sending import MOST_TEXT, Sender
from plugins.sms.sessions import Sessions
from plugins.sms.settings import NAME, SmsAccount, SmsConnection, SmsSettings

LARGEST_PICTURE: Final = 5_000_000


class SmsChannel:
    """Carries texts. One object for the whole site; connections and accounts come as arguments."""

    name = NAME
    connection: type[BaseModel] = SmsConnection
    account: type[BaseModel] = SmsAccount
    capabilities = Capabilities(
        medium=Medium.DEFERRED,
        receipts=True,
        attachments=True,
        max_attachment_bytes=LARGEST_PICTURE,
        max_text=MOST_TEXT,
        can_start=True,
        start_scheme=numbers.SCHEME,
        resend_is_safe=True,  # each part is noted before it is handed over: one in doubt becomes UNKNOWN by ourselves
    )

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self.settings = settings if isinstance(settings, SmsSettings) else SmsSettings()
        self.providers = Providers(context)
        self.ledger = Ledger(context)
        self.gate = Gate(context, self.ledger)
        self.sessions = Sessions(context)
        self.forgetting = Forgetting(context, self.settings)
        self.confirmations = Confirmations(context, self.ledger)
        self._sender = Sender(context, self.ledger, self.gate)
        self.intake = Intake(context, self.settings, self.ledger, self._sender, self.sessions, self.confirmations)

    def capabilities_of(self, account: AnyAccount) -> Capabilities:
        """Most accounts carry text only."""
        limits = self.providers.pictures_of(account)
        most = min(limits.most_bytes, LARGEST_PICTURE) if limits else 0
        return replace(self.capabilities, attachments=most > 0, max_attachment_bytes=most)

    def address(self, raw: Raw) -> Sequence[Address]:
        """The account it was found to be for when it came."""
        return [Address(numbers.SCHEME, str(raw.meta["account"]))] if "account" in raw.meta else []

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Who may hand in texts is known before: by the bind, or by the webhook's signature."""

    def redacted(self, account: AnyAccount, raw: Raw) -> Raw:
        """What is stored: without a word that a gateway shows with every callback."""
        if account.connection is None:
            return raw
        provider: object = self.providers.of(account.connection)
        return provider.redacted(account.connection, raw) if isinstance(provider, Conceals) else raw

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        """Texts, and receipts for ours. Raises Malformed."""
        kind = str(raw.meta.get("kind") or "") or (account.connection and account.connection.settings.kind)
        return meaning.normalised(self.providers.named(str(kind)), account, raw, self.settings)

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Hand over every part. Raises a SendError; see `Sender.send`."""
        provider = self.providers.of(connection)
        assert connection is not None
        sent = await self._sender.send(provider, connection, account, message)
        await self.sessions.watch(account, message.to.value)
        return sent

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """Hear until cancelled; a provider that is called by webhooks just stays healthy."""
        provider = self.providers.of(connection)
        if not isinstance(provider, Hears):
            ready("hears by webhooks")
            await asyncio.get_running_loop().create_future()
            return

        async def take(raw: Raw, cursor: Cursor | None = None) -> Accepted | None:
            return await self.intake.take(provider, connection, emit, raw, cursor)

        await provider.listen(connection, take, ready)

    async def probe(self, connection: AnyConnection) -> str:
        """Try it without sending. Raises a SendError."""
        return await self.providers.of(connection).probe(connection)
