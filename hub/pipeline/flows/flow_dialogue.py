"""What a flow is told of whom it speaks with."""

from sqlalchemy import Connection, select

from hub.api import Address, Dialogue, Json
from hub.store import settings_rows, work
from hub.store.rows import Row, one
from hub.store.tables import customers


def of(conn: Connection, interaction: Row) -> Dialogue:
    """As the interaction stands now."""
    account = settings_rows.account(conn, interaction["account_id"])
    queue = work.queue(conn, interaction["queue_id"] or (account["queue_id"] if account else None))
    said_by = interaction["reply_to"]
    return Dialogue(
        interaction["id"],
        interaction["account_id"],
        interaction["customer_id"],
        interaction["language"],
        medium=interaction["medium"],
        queue=queue["key"] if queue else "",
        sender=Address(said_by["scheme"], said_by["value"], said_by.get("name", "")) if said_by else None,
        called=Address(account["scheme"], account["address"], account["name"]) if account else None,
        customer=_customer(conn, interaction["customer_id"]),
        attributes=interaction["attributes"],
    )


def _customer(conn: Connection, customer_id: int | None) -> dict[str, Json]:
    columns = [customers.c[name] for name in ("name", "kind", "language", "attributes")]
    row = one(conn, select(*columns).where(customers.c.id == customer_id)) if customer_id is not None else None
    return dict(row) if row else {}
