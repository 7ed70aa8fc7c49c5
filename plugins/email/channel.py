"""The e-mail channel: mail in by SMTP and IMAP, out by a relay, all as the contract of hub.api has it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Final, cast

from pydantic import BaseModel

from hub.api import (
    Accepted,
    Account,
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Connection,
    Context,
    Emit,
    Medium,
    Misconfigured,
    Normalised,
    Outbound,
    Raw,
    Ready,
    Sent,
    TooLarge,
)
from plugins.email import addresses, compose, listener, normalise, templates
from plugins.email.acknowledge import Acknowledgements
from plugins.email.compose import Letterhead
from plugins.email.directory import Directory
from plugins.email.headers import Mailbox
from plugins.email.importer import Importer
from plugins.email.mailbox import probe as probe_folder
from plugins.email.message_id import MessageIds
from plugins.email.oauth import TokenSource
from plugins.email.relay import Relay
from plugins.email.settings import MEGABYTE, Auth, EmailAccount, EmailConnection, EmailSettings

NAME: Final = "email"


class EmailChannel:
    """Carries mail. One object for the whole site; connections and accounts come as arguments."""

    name = NAME
    connection: type[BaseModel] = EmailConnection
    account: type[BaseModel] = EmailAccount
    capabilities = Capabilities(
        medium=Medium.DEFERRED,
        html=True,
        attachments=True,
        max_attachment_bytes=25 * MEGABYTE,
        fields=("subject", "to", "cc", "bcc"),
        can_start=True,
        start_scheme=addresses.SCHEME,
        resend_is_safe=True,  # the same Message-ID each time, by which mail servers and readers know a repetition
        dedup_scope="channel",
    )

    def __init__(self, context: Context) -> None:
        self._defaults = cast("EmailSettings", context.settings)
        self._ids = MessageIds(context.key("message-id"))
        self._directory = Directory(context, NAME)
        self._tokens = TokenSource()
        self._relay = Relay(self._tokens)
        self._importer = Importer()
        self.acknowledgements = Acknowledgements(context, self._directory)

    def address(self, raw: Raw) -> Sequence[Address]:
        """The mailboxes `raw` was delivered to."""
        return normalise.delivered_to(raw)

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Anyone may write; SPF and DKIM are the border server's, whose verdict stays readable in the stored
        original.
        """

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        """Content, or receipts for mails of ours. Raises Malformed when nothing in `raw` is a mail."""
        return normalise.normalised(cast("Account[EmailAccount]", account), raw, self._ids)

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Hand one mail to the relay. Raises a SendError; see `Relay.send`."""
        if connection is None:
            raise Misconfigured("the account has no connection to send by")
        _check_size(message)
        way, own = cast("Connection[EmailConnection]", connection), cast("Account[EmailAccount]", account)
        message_id = self._ids.of(message.delivery_id, own.address.value.rpartition("@")[2])
        envelope = compose.compose(message, _letterhead(own, message), message_id, datetime.now(UTC))
        known_as = await self._relay.send(way.id, way.settings, envelope)
        return Sent(message_id, known_as=(message_id, *known_as))

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """Hear until cancelled, by each way the connection has; one that only sends just stays healthy."""
        way = cast("Connection[EmailConnection]", connection)
        ways: list[Coroutine[None, None, None]] = []
        gathered = _Gathered(ready, way.settings.listen + bool(way.settings.imap_host))
        noted = _Noted(emit, self.acknowledgements)
        if way.settings.listen:
            ways.append(listener.serve(self._defaults, way.settings, noted, self._directory.resolve, gathered))
        if way.settings.imap_host:
            ways.append(self._import(way, noted, gathered))
        await _all(ways or [_only_sends(ready)])

    async def probe(self, connection: AnyConnection) -> str:
        """Log in wherever the connection would; says where. Raises Unreachable or Misconfigured."""
        way = cast("Connection[EmailConnection]", connection)
        found = []
        if way.settings.relay_host:
            found.append(await self._relay.probe(way.settings))
        if way.settings.imap_host:
            token = await self._token(way.settings)
            found.append(await asyncio.to_thread(probe_folder, way.settings, token))
        return "; ".join(found) or "nothing to reach: the connection only listens"

    async def _token(self, settings: EmailConnection) -> str:
        return await self._tokens.token(settings) if settings.imap_auth is Auth.XOAUTH2 else ""

    async def close(self) -> None:
        """Say good-bye to the relays."""
        await self._relay.pools.close()

    async def _import(self, way: Connection[EmailConnection], emit: Emit, ready: Ready) -> None:
        token = await self._token(way.settings)

        async def recipients(body: bytes) -> Sequence[Address]:
            return await self._directory.of_mailbox(way.id, body)

        try:
            await self._importer.follow(way, token, emit, recipients, ready)
        except Misconfigured:
            self._tokens.forget(way.settings)
            raise


class _Gathered:
    """Ready when every way is: a connection that hears by half is not healthy."""

    def __init__(self, ready: Ready, ways: int) -> None:
        self._ready, self._missing = ready, ways
        self._details: list[str] = []

    def __call__(self, detail: str = "") -> None:
        self._missing -= 1
        self._details.append(detail)
        if self._missing == 0:
            self._ready(", ".join(self._details))


class _Noted:
    """Stores first, then lets the acknowledgements see what was new."""

    def __init__(self, emit: Emit, acknowledgements: Acknowledgements) -> None:
        self._emit, self._acknowledgements = emit, acknowledgements

    async def __call__(self, raw: Raw, cursor: str | None = None) -> Accepted:
        accepted = await self._emit(raw, cursor)
        if not accepted.duplicate:
            await self._acknowledgements.consider(raw)
        return accepted


async def _all(ways: list[Coroutine[None, None, None]]) -> None:
    """Run them together; the first that ends ends the others, and its error is the connection's.

    No TaskGroup: until Python 3.13 one leaves its parent marked as cancelled, which the hub takes for its own wish.
    """
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _only_sends(ready: Ready) -> None:
    ready("sends only")
    await asyncio.get_running_loop().create_future()


def _letterhead(account: Account[EmailAccount], message: Outbound) -> Letterhead:
    values = {"agent": message.agent_name, "account": account.name}
    name = templates.render(account.settings.display_name or "{account}", values)
    return Letterhead(
        Mailbox(account.address.value, name.strip()), templates.render(account.settings.signature, values).strip()
    )


def _check_size(message: Outbound) -> None:
    can = EmailChannel.capabilities
    if len(message.text) > can.max_text:
        raise TooLarge(f"{len(message.text)} characters; a mail may have {can.max_text}")
    if sum(len(file.content) for file in message.attachments) > can.max_attachment_bytes:
        raise TooLarge(f"the files of a mail may have {can.max_attachment_bytes} bytes together")
