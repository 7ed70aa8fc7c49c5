"""The site's mail accounts as a listener needs them: looked up for every recipient, read from the core once a second
at most.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, cast

from hub.api import Account, Address, Context, Misconfigured, Raw
from plugins.email import addresses
from plugins.email.normalise import delivered_to
from plugins.email.settings import EmailAccount

_FRESH: Final = 1.0


class Directory:
    """Accounts by any of their addresses."""

    def __init__(self, context: Context, channel: str) -> None:
        self._context, self._channel = context, channel
        self._accounts: Sequence[Account[EmailAccount]] = ()
        self._read_at = float("-inf")

    async def accounts(self) -> Sequence[Account[EmailAccount]]:
        """All enabled accounts, not older than a second."""
        if time.monotonic() - self._read_at > _FRESH:
            self._accounts = cast("Sequence[Account[EmailAccount]]", await self._context.accounts(self._channel))
            self._read_at = time.monotonic()
        return self._accounts

    async def resolve(self, address: str) -> Address | None:
        """The main address of the account that `address` leads to."""
        found = addresses.resolve(address, await self.accounts())
        return found.address if found else None

    async def of_mailbox(self, connection_id: int, body: bytes) -> Sequence[Address]:
        """Which of the connection's own accounts a fetched mail was for; the first of them when the mail does not
        say.

        Accounts of other connections do not count, whoever else the mail names: their mailboxes get a copy of their
        own.
        """
        own = [account for account in await self.accounts() if account.connection_id == connection_id]
        if not own:
            raise Misconfigured("the connection has no account; its mailbox is read as soon as it has one")
        named = [addresses.resolve(address.value, own) for address in delivered_to(Raw(body))]
        found = [account.address for account in named if account is not None]
        return addresses.unique(found or [own[0].address])
