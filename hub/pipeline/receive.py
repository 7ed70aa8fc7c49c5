"""First step in: find the account, check the sender, store the raw bytes. Only then is the far side told "accepted"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.api import Accepted, AnyAccount, AnyConnection, Overloaded, Raw, UnknownAccount, crash_point
from hub.model.credentials import without_credentials
from hub.pipeline.directory import Directory
from hub.pipeline.together import Together
from hub.store import raws
from hub.store.database import Store
from hub.store.raws import NewRaw
from hub.store.unit import Tx

MOST_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A raw input that is committed and now waits to be read."""

    raw_id: int
    account_id: int
    raw: Raw


@dataclass(frozen=True, slots=True)
class _Heard:
    account: AnyAccount
    connection: AnyConnection | None
    raw: Raw
    cursor: str | None

    @property
    def new(self) -> NewRaw:
        connection_id = self.connection.id if self.connection else self.account.connection_id
        return NewRaw(self.account.channel, self.account.id, connection_id, self.raw.body, self.raw.meta)


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
        self._together: Together[_Heard, int] = Together(self._keep)

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
        carrier = self._directory.channel_of(account)
        carrier.authenticate(account, raw)
        kept = without_credentials(carrier.redacted(account, raw))
        raw_id = await self._together.ask(_Heard(account, connection, kept, cursor))
        crash_point("after_raw_store")
        return Accepted(raw_id)

    def _addressed(self, channel: str, raw: Raw) -> AnyAccount:
        carrier = self._directory.channels.get(channel)
        for address in carrier.address(raw) if carrier else ():
            if account := self._directory.find(channel, address):
                return account
        raise UnknownAccount(f"no account of channel {channel} is addressed")

    async def _keep(self, heard: Sequence[_Heard]) -> Sequence[int | Exception]:
        """One commit for all that came in during the one before."""
        try:
            return await self._commit(heard)
        except Overloaded:
            raise
        except Exception as error:  # noqa: BLE001  # one of them cannot be stored; the others can
            return [error] if len(heard) == 1 else [await self._keep_one(one) for one in heard]

    async def _keep_one(self, one: _Heard) -> int | Exception:
        try:
            return (await self._commit([one]))[0]
        except Exception as error:  # noqa: BLE001  # raised where it was asked for
            return error

    async def _commit(self, heard: Sequence[_Heard]) -> Sequence[int]:
        ids = await self._store.write(lambda tx: _add(tx, heard, self._store.node))
        for raw_id, one in zip(ids, heard, strict=True):
            self._hand_on(Stored(raw_id, one.account.id, one.raw))
        return ids


def _add(tx: Tx, heard: Sequence[_Heard], node: str) -> list[int]:
    for one in heard:
        if one.connection and one.cursor is not None:
            raws.advance_cursor(tx, one.connection.id, one.cursor)
    return raws.add_all(tx, [one.new for one in heard], node)
