"""When the database cannot serve, whoever reads or writes hears `Overloaded`; a mistake of their own stays one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from hub.api import Overloaded
from hub.store.database import Store
from hub.store.tables import accounts
from hub.store.unit import Tx
from hub.store.vault import Vault
from tests.support import databases, postgresql
from tests.support.postgresql import temporary_cluster


def one(conn: Connection) -> int:
    return int(conn.execute(text("SELECT 1")).scalar_one())


def kill_ourselves(conn: Connection) -> None:
    conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def raising(state: str) -> Callable[[Connection], None]:
    """Has the server fail with this SQLSTATE, as it does when it goes down, comes up or is full."""

    def work(conn: Connection) -> None:
        conn.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    return work


async def outcomes(store: Store, work: Callable[[Connection], object]) -> list[type[object]]:
    """What a reader, a writer alone and writers together are told."""
    writes = (store.write(lambda tx: work(tx.conn)) for _ in range(3))
    alone = await asyncio.gather(store.write(lambda tx: work(tx.conn)), return_exceptions=True)
    told = await asyncio.gather(store.read(work), *writes, return_exceptions=True)
    return [type(each) for each in (*alone, *told)]


@pytest.mark.parametrize("state", ["57P01", "57P03", "53300", "53100", "58030", "25006"])
async def test_a_server_in_trouble_is_overloaded_for_readers_and_writers(
    postgresql_url: str, tmp_path: Path, state: str
) -> None:
    store = await Store.open(postgresql_url, key_file=tmp_path / "site.key")
    assert set(await outcomes(store, raising(state))) == {Overloaded}
    await store.close()


async def test_a_connection_that_is_cut_is_overloaded_and_the_next_one_serves(
    postgresql_url: str, tmp_path: Path
) -> None:
    store = await Store.open(postgresql_url, key_file=tmp_path / "site.key")
    assert set(await outcomes(store, kill_ourselves)) == {Overloaded}
    assert set(await outcomes(store, one)) == {int}
    await store.close()


async def test_connections_that_were_cut_while_nobody_used_them_are_not_felt(
    postgresql_url: str, tmp_path: Path
) -> None:
    store = await Store.open(postgresql_url, key_file=tmp_path / "site.key")
    await outcomes(store, one)
    await cut_all(postgresql_url)
    assert set(await outcomes(store, one)) == {int}
    await cut_all(postgresql_url)
    assert await asyncio.gather(*(store.write(lambda tx: one(tx.conn)) for _ in range(3))) == [1, 1, 1]
    await store.close()


async def cut_all(url: str) -> None:
    """Every other connection to this database."""
    server = await asyncpg.connect(url)
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    await server.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
    await server.close()


@pytest.mark.postgresql
@pytest.mark.slow
async def test_a_server_that_is_down_is_overloaded_and_serves_when_it_is_back(tmp_path: Path) -> None:
    with temporary_cluster() as cluster:
        cluster.execute("CREATE DATABASE hub")
        databases.migrate(cluster.url("hub"))
        store = await Store.open(cluster.url("hub"), key_file=tmp_path / "site.key")
        await asyncio.to_thread(postgresql.stop, cluster.data)
        assert set(await outcomes(store, one)) == {Overloaded}
        await store.send("nobody hears this, and nobody minds")
        await asyncio.to_thread(postgresql.restart, cluster)
        assert set(await outcomes(store, one)) == {int}
        await store.close()


async def test_a_database_file_that_cannot_be_opened_is_overloaded(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path / "site.key")
    store = Store(f"sqlite:///{tmp_path}/nowhere/site.db", vault, "test")
    assert set(await outcomes(store, one)) == {Overloaded}
    await store.close()


async def test_a_wrong_statement_is_its_authors_mistake(store: Store) -> None:
    told = await outcomes(store, lambda conn: conn.execute(text("SELECT nothing FROM nowhere")))
    assert all(issubclass(each, DBAPIError) for each in told), told


async def test_who_asks_after_the_end_is_told_so_and_does_not_wait_for_ever(database_url: str, tmp_path: Path) -> None:
    store = await Store.open(database_url, key_file=tmp_path / "site.key")
    await store.close()
    async with asyncio.timeout(5):
        assert set(await outcomes(store, one)) == {Overloaded}


async def test_a_writer_goes_on_after_a_commit_that_failed_and_after_its_connection_was_lost(
    sqlite_url: str, tmp_path: Path
) -> None:
    def dangling(tx: Tx) -> None:
        tx.conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        tx.conn.execute(insert(accounts), {"channel": "x", "name": "never", "settings": {}, "connection_id": 99})

    def losing(tx: Tx) -> None:
        driver = tx.conn.connection.dbapi_connection
        assert driver is not None
        driver.close()
        tx.conn.execute(text("SELECT 1"))

    store = await Store.open(sqlite_url, key_file=tmp_path / "site.key")
    for broken, told in ((dangling, DBAPIError), (losing, Overloaded)):
        with pytest.raises(told):
            await store.write(broken)
        assert await store.write(lambda tx: one(tx.conn)) == 1
    assert await store.read(lambda conn: conn.execute(select(accounts.c.name)).all()) == []
    await store.close()
