"""First step in: find the account, check the sender, store the raw bytes. Only then is the far side told "accepted"."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.api import Accepted, AnyAccount, AnyConnection, Overloaded, Raw, UnknownAccount, crash_point
from hub.pipeline.directory import Directory
from hub.store import raws
from hub.store.database import Store
from hub.store.unit import Tx

MOST_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A raw input that is committed and now waits to be read."""

    raw_id: int
    account_id: int
    raw: Raw


class Receiver:
    """Takes what channels hear. `hand_on` gets every stored input, in the order of its commit; `waiting` counts those
    that have not been read yet."""

    def __init__(
        self, store: Store, directory: Directory, hand_on: Callable[[Stored], None], waiting: Callable[[], int]
    ) -> None:
        self._store = store
        self._directory = directory
        self._hand_on = hand_on
        self._waiting = waiting

    async def accept(
        self,
        channel: str,
        raw: Raw,
        *,
        account: AnyAccount | None,
        connection: AnyConnection | None,
        cursor: str | None,
    ) -> Accepted:
        """Store one input. Raises UnknownAccount, Unauthenticated (refused for good) or Overloaded (try again)."""
        if self._waiting() > MOST_WAITING:
            raise Overloaded("too much is waiting to be processed")
        crash_point("after_read")
        account = account or self._addressed(channel, raw)
        self._directory.channel_of(account).authenticate(account, raw)
        raw_id = await self._store.write(lambda tx: self._add(tx, account, connection, raw, cursor))
        crash_point("after_raw_store")
        self._hand_on(Stored(raw_id, account.id, raw))
        return Accepted(raw_id)

    def _addressed(self, channel: str, raw: Raw) -> AnyAccount:
        carrier = self._directory.channels.get(channel)
        for address in carrier.address(raw) if carrier else ():
            if account := self._directory.find(channel, address):
                return account
        raise UnknownAccount(f"no account of channel {channel} is addressed")

    def _add(self, tx: Tx, account: AnyAccount, connection: AnyConnection | None, raw: Raw, cursor: str | None) -> int:
        connection_id = connection.id if connection else account.connection_id
        if connection and cursor is not None:
            raws.advance_cursor(tx, connection.id, cursor)
        return raws.add(
            tx,
            channel=account.channel,
            account_id=account.id,
            connection_id=connection_id,
            body=raw.body,
            meta=dict(raw.meta),
            node=self._store.node,
        )
