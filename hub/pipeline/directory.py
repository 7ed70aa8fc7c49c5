"""The accounts and connections of a running site, settings read by their channel's model, secrets opened."""

from typing import Protocol

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection as SqlConnection

from hub.api import Account, Address, AnyAccount, AnyConnection, Capabilities, Connection, UnknownAccount
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.secret_fields import joined
from hub.store import settings_rows
from hub.store.database import Store
from hub.store.rows import Row

CHANGES = frozenset({"account.changed", "connection.changed"})


class Channels(Protocol):
    """The channels the site's plugins carry."""

    def get(self, name: str) -> IsolatedChannel | None: ...


class Directory:
    """Read at start and whenever an account or a connection changes; look-ups are in memory."""

    def __init__(self, store: Store, channels: Channels) -> None:
        self._store = store
        self.channels = channels
        self.faults: dict[str, str] = {}
        self._rows: dict[int, Row] = {}
        self._accounts: dict[int, AnyAccount] = {}
        self._by_address: dict[tuple[str, str, str], int] = {}
        self._connections: dict[int, tuple[str, AnyConnection]] = {}

    async def refresh(self) -> None:
        """Read everything again."""
        connections, accounts = await self._store.read(_rows)
        self.faults = {}
        self._connections = {}
        for row in connections:
            self._add_connection(row)
        self._rows = {row["id"]: row for row in accounts}
        self._accounts = {}
        self._by_address = {}
        for row in accounts:
            self._add_account(row)

    def account(self, account_id: int) -> AnyAccount | None:
        """An enabled account."""
        return self._accounts.get(account_id)

    def row(self, account_id: int) -> Row:
        """The account's row: queue, department, flow, whether it opens tickets. Raises UnknownAccount."""
        row = self._rows.get(account_id)
        if row is None:
            raise UnknownAccount(f"account {account_id}")
        return row

    def find(self, channel: str, address: Address) -> AnyAccount | None:
        """The enabled account of a channel with this address."""
        account_id = self._by_address.get((channel, address.scheme, address.value))
        return self._accounts.get(account_id) if account_id is not None else None

    def accounts_of(self, channel: str) -> list[AnyAccount]:
        """All enabled accounts of a channel."""
        return [account for account in self._accounts.values() if account.channel == channel]

    def calling(self) -> list[AnyAccount]:
        """Enabled accounts that carry calls."""
        channels = {name: self.channels.get(name) for name in {each.channel for each in self._accounts.values()}}
        carrying = {name for name, channel in channels.items() if channel is not None and channel.calls is not None}
        return [account for account in self._accounts.values() if account.channel in carrying]

    def accounts_for(self, scheme: str) -> list[AnyAccount]:
        """Enabled accounts that may write first to an address of this scheme."""
        accounts = [account for account in self._accounts.values() if self.channels.get(account.channel)]
        return [each for each in accounts if self.channel_of(each).capabilities.start_scheme == scheme]

    def channel_of(self, account: AnyAccount) -> IsolatedChannel:
        """The channel that carries an account. Raises UnknownAccount when its plugin is not there."""
        channel = self.channels.get(account.channel)
        if channel is None:
            raise UnknownAccount(f"channel {account.channel} is not loaded")
        return channel

    def capabilities_of(self, account: AnyAccount) -> Capabilities:
        """What this account can carry. Raises UnknownAccount when its plugin is not there."""
        return self.channel_of(account).capabilities_of(account)

    def connection(self, connection_id: int | None) -> AnyConnection | None:
        """An enabled connection."""
        found = self._connections.get(connection_id) if connection_id is not None else None
        return found[1] if found else None

    def connections(self) -> list[tuple[str, AnyConnection]]:
        """Every enabled connection with its channel's name."""
        return list(self._connections.values())

    def _add_connection(self, row: Row) -> None:
        channel = self.channels.get(row["channel"])
        settings = self._settings(f"connection {row['name']}", row, channel.connection_model if channel else None)
        if settings is not None:
            connection = Connection(row["id"], row["name"], settings, row["cursor"])
            self._connections[row["id"]] = (row["channel"], connection)

    def _add_account(self, row: Row) -> None:
        channel = self.channels.get(row["channel"])
        settings = self._settings(f"account {row['name']}", row, channel.account_model if channel else None)
        if settings is None:
            return
        address = Address(row["scheme"], row["address"], row["name"])
        connection = self.connection(row["connection_id"])
        account = Account(
            row["id"], row["connection_id"], row["channel"], row["name"], address, settings, row["language"], connection
        )
        self._accounts[row["id"]] = account
        self._by_address[(row["channel"], row["scheme"], row["address"])] = row["id"]

    def _settings(self, what: str, row: Row, model: type[BaseModel] | None) -> BaseModel | None:
        if model is None:
            self.faults[what] = f"channel {row['channel']} is not loaded"
            return None
        try:
            return model.model_validate(joined(row["settings"], self._store.vault.decrypt(row["secrets"])))
        except ValidationError as error:
            self.faults[what] = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            return None


def _rows(conn: SqlConnection) -> tuple[list[Row], list[Row]]:
    return settings_rows.enabled_connections(conn), settings_rows.enabled_accounts(conn)
