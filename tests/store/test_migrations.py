"""The migrations lead to just the tables the code knows, and back to none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select

from hub.store import migrate
from hub.store.offline import on_database
from hub.store.tables import accounts, callbacks, interactions, metadata, queues, roles, work

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BEAR = {"scheme": "toy", "value": "bear", "name": ""}


def _differences(conn: Connection) -> list[Any]:
    def known(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind in {"table", "index"} and str(name).startswith(("search_", "ix_search_", "alembic_")))

    context = MigrationContext.configure(conn, opts={"include_object": known, "compare_type": False})
    return list(compare_metadata(context, metadata))


def _down(conn: Connection) -> set[str]:
    config = migrate.configuration(migrate.CORE, migrate.CORE_VERSIONS)
    config.attributes["connection"] = conn
    command.downgrade(config, "base")
    return set(inspect(conn).get_table_names())


def _again(conn: Connection) -> tuple[list[Any], list[str]]:
    """A site of the last release has somebody waiting for a call; its database goes back, and forward again."""
    config = migrate.configuration(migrate.CORE, migrate.CORE_VERSIONS)
    config.attributes["connection"] = conn
    permissions = ["interactions.reply", "voicemails.hear"]
    role = insert(roles).values(name="old hand", permissions=permissions).returning(roles.c.id)
    number = conn.execute(role).scalar_one()
    command.downgrade(config, "0006")
    left = conn.execute(select(roles.c.permissions).where(roles.c.id == number)).scalar_one()
    queue = conn.execute(insert(queues).values(key="old", name="Old").returning(queues.c.id)).scalar_one()
    times = {"created_at": NOW, "updated_at": NOW}
    account = insert(accounts).values(channel="toy", name="Old", scheme="toy", address="old", queue_id=queue)
    of = {"account_id": conn.execute(account.returning(accounts.c.id)).scalar_one(), "channel": "toy"}
    asked = insert(interactions).values(state="CLOSED", reply_to=BEAR, **of, **times).returning(interactions.c.id)
    row = {"queue_id": queue, "medium": "VOICE", "channel": "toy", "place": 7, "enqueued_at": NOW, "created_at": NOW}
    row["interaction_id"] = conn.execute(asked).scalar_one()
    conn.execute(insert(work), [{**row, "kind": kind} for kind in ("callback", "interaction")])
    command.upgrade(config, "head")
    promised = select(callbacks.c.state, callbacks.c.to, callbacks.c.place, callbacks.c.enqueued_at, callbacks.c.tries)
    return [tuple(each) for each in conn.execute(promised)], left


def test_who_waits_for_a_call_in_an_older_database_is_promised_it(database_url: str) -> None:
    promised, left = on_database(database_url, _again)
    assert promised == [("WAITING", BEAR, 7, NOW, [])]
    assert left == ["interactions.reply"], "what an older release does not know is taken back"


def test_a_migrated_database_has_just_the_tables_the_code_knows(database_url: str) -> None:
    assert on_database(database_url, _differences) == []


def test_the_way_back_leaves_nothing(database_url: str) -> None:
    assert on_database(database_url, _down) == {migrate.CORE_VERSIONS}
